"""The events of a run, one JSON object a line in RUN/events.jsonl.

    {"utc": "2026-11-23T16:40:01.123456+00:00", "event": "ended", "task": "image[7]",
     "attempt": 1, "code": 0, "seconds": 21.4, ...}

| event     | of   | facts                                                         |
|-----------|------|---------------------------------------------------------------|
| begun     | run  | a driver took the run up: pid, host, workflow, cluster, code  |
| planned   | task | it is known: step, component, after                           |
| kept      | task | it was done before and is not repeated; those of its ended    |
| submitted | task | its inputs exist, it waits for a worker: queue, attempt,      |
|           |      | ranks, threads, gpus, memory_gib, walltime_s (what it asks)   |
| started   | task | it runs: queue, host, job, attempt                            |
| ended     | task | an attempt is over: what ended.json says                      |
| postponed | task | interrupted with its work kept, or node lost: kind, reason    |
| retried   | task | it failed and is tried again: kind, remedy                    |
| given_up  | task | it failed for good: kind, reason                              |
| looped    | run  | an iteration ended: loop, iteration, enough                   |
| block     | run  | a Slurm job came or went: queue, job, state (pending,         |
|           |      | running, ended), reason                                       |
| finished  | run  | outcome (done, failed, interrupted), remains (tasks not done) |
| cleaned   | task | its outputs were removed, made again if needed: bytes         |

Every fact with its type and unit: docs/reference/events.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

FORMAT = "anticline-events/1"

BEGUN = "begun"
PLANNED = "planned"
KEPT = "kept"
SUBMITTED = "submitted"
STARTED = "started"
ENDED = "ended"
POSTPONED = "postponed"
RETRIED = "retried"
GIVEN_UP = "given_up"
LOOPED = "looped"
BLOCK = "block"
FINISHED = "finished"
CLEANED = "cleaned"

KINDS = (
    BEGUN, PLANNED, KEPT, SUBMITTED, STARTED, ENDED, POSTPONED, RETRIED, GIVEN_UP,
    LOOPED, BLOCK, FINISHED, CLEANED,
)  # fmt: skip

_OWN = frozenset(("utc", "event", "task"))
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
_decode = json.JSONDecoder().decode


@dataclass(frozen=True)
class Event:
    """Something that happened, once.

    utc : ISO 8601 with microseconds. event : one of KINDS. task : an id; None: of the
    run. facts : those of the table above that are known, plain JSON values.
    """

    utc: str
    event: str
    task: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def now(cls, event: str, task: str | None = None, /, **facts: Any) -> Event:
        """Make an event of this moment."""
        return cls(utc_now(), event, task, facts)


def utc_now() -> str:
    """Tell the time as events write it."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def to_line(event: Event) -> bytes:
    """Write an event as one line of ASCII, its end included.

    Raises
    ------
    ValueError
        A fact that is no JSON value, or has a name that an event needs itself.
    """
    if taken := _OWN & event.facts.keys():
        msg = f"an event has a {min(taken)} of its own; name the fact otherwise"
        raise ValueError(msg)
    plain: dict[str, Any] = {"utc": event.utc, "event": event.event}
    if event.task is not None:
        plain["task"] = event.task
    if event.event == BEGUN:
        plain["format"] = FORMAT
    try:
        return _encode({**plain, **event.facts}).encode("ascii") + b"\n"
    except TypeError as error:
        msg = f"event '{event.event}': {error}; facts are plain JSON values"
        raise ValueError(msg) from error


def from_line(line: bytes) -> Event:
    """Read an event from its line.

    Raises
    ------
    ValueError
        The line is no event.
    """
    facts = _decode(line.decode())
    if not isinstance(facts, dict):
        msg = "a JSON object is needed"
        raise ValueError(msg)
    utc, event = facts.pop("utc", None), facts.pop("event", None)
    task = facts.pop("task", None)
    if type(utc) is not str or type(event) is not str:
        msg = "an event needs utc and event"
        raise ValueError(msg)
    if task is not None and type(task) is not str:
        msg = "the task of an event is an id"
        raise ValueError(msg)
    return Event(utc, event, task, facts)
