"""The events of a run, one JSON object a line in RUN/events.jsonl.

    {"utc": "2026-11-23T16:40:01.123456+00:00", "event": "ended", "task": "image[7]",
     "attempt": 1, "code": 0, "seconds": 21.4, ...}

| event      | of   | says                                                         |
|------------|------|--------------------------------------------------------------|
| begun      | run  | a driver took the run up: pid, host, cluster, code           |
| planned    | task | it is known; step, component, after                          |
| kept       | task | it was done before and is not repeated                       |
| submitted  | task | its inputs exist and it waits for a worker: queue, attempt   |
| started    | task | it runs: queue, host, job                                    |
| ended      | task | code, seconds, cpu_seconds, peak_bytes, ranks, threads, ...  |
| postponed  | task | interrupted with its work kept, or its node was lost; reason |
| retried    | task | it failed and is tried again: kind, remedy                   |
| given_up   | task | it failed for good: kind, reason                             |
| looped     | loop | an iteration ended: iteration, enough                        |
| block      | queue| a Slurm job came or went: job, state                         |
| finished   | run  | done, failed or interrupted; what remains                    |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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

KINDS = (
    BEGUN, PLANNED, KEPT, SUBMITTED, STARTED, ENDED, POSTPONED, RETRIED, GIVEN_UP,
    LOOPED, BLOCK, FINISHED,
)  # fmt: skip


@dataclass(frozen=True)
class Event:
    """Something that happened, once.

    utc : ISO 8601 with microseconds. event : one of KINDS. task : an id; None: of the
    run. facts : what the table above says, plain JSON values.
    """

    utc: str
    event: str
    task: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
