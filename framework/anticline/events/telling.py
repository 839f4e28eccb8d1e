"""Events as lines for a person: what happened, to which task, in a few words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from anticline.errors import plain
from anticline.events import record
from anticline.events.amounts import duration, plural
from anticline.events.progress import seconds_of
from anticline.events.record import Event

_QUIET = (record.PLANNED, record.KEPT, record.SUBMITTED)


def is_news(event: Event) -> bool:
    """Tell whether an event is worth a line of its own in a list of many."""
    return event.event not in _QUIET


def tell(event: Event) -> str:
    """Write "16:40:21  image[7] done in 21 s on x86", in local time."""
    moment = datetime.fromtimestamp(seconds_of(event.utc), UTC).astimezone()
    words = _WORDS.get(event.event, _other)(event.facts)
    return plain(f"{moment:%H:%M:%S}  {event.task or 'run'} {words or event.event}")


def _begun(facts: Mapping[str, Any]) -> str:
    return f"taken up by process {facts.get('pid', '?')} on {facts.get('host', '?')}"


def _ended(facts: Mapping[str, Any]) -> str:
    seconds = facts.get("seconds")
    after = "" if seconds is None else f" in {duration(seconds)}"
    if facts.get("code") == 0:
        return f"done{after}{_place(facts)}"
    return f"{_kind(facts) or 'failed'}{after}{_place(facts)}{_because(facts)}"


def _started(facts: Mapping[str, Any]) -> str:
    attempt = facts.get("attempt", 1)
    again = f", attempt {attempt}" if attempt != 1 else ""
    return f"runs{_place(facts)}{again}"


def _submitted(facts: Mapping[str, Any]) -> str:
    return f"waits for a worker{_place(facts)}"


def _postponed(facts: Mapping[str, Any]) -> str:
    return f"postponed{_because(facts)}"


def _retried(facts: Mapping[str, Any]) -> str:
    return f"is tried again: {facts.get('remedy') or _kind(facts)}"


def _given_up(facts: Mapping[str, Any]) -> str:
    return f"given up ({_kind(facts)}){_because(facts)}"


def _looped(facts: Mapping[str, Any]) -> str:
    end = ", enough" if facts.get("enough") else ""
    return f"loop {facts.get('loop')}: iteration {facts.get('iteration')} ended{end}"


def _block(facts: Mapping[str, Any]) -> str:
    job = f"job {facts.get('job')}{_place(facts)}: {facts.get('state')}"
    return f"{job}{_because(facts)}"


def _finished(facts: Mapping[str, Any]) -> str:
    remains = facts.get("remains") or 0
    count = len(remains) if isinstance(remains, list) else remains
    rest = f", {plural(count, 'task')} not done" if count else ""
    return f"ended: {facts.get('outcome')}{rest}"


def _other(facts: Mapping[str, Any]) -> str:
    return ""


def _place(facts: Mapping[str, Any]) -> str:
    return f" on {facts['queue']}" if facts.get("queue") else ""


def _kind(facts: Mapping[str, Any]) -> str:
    return str(facts.get("kind") or "").replace("_", " ")


def _because(facts: Mapping[str, Any]) -> str:
    return f": {facts['reason']}" if facts.get("reason") else ""


_WORDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    record.BEGUN: _begun,
    record.SUBMITTED: _submitted,
    record.STARTED: _started,
    record.ENDED: _ended,
    record.POSTPONED: _postponed,
    record.RETRIED: _retried,
    record.GIVEN_UP: _given_up,
    record.LOOPED: _looped,
    record.BLOCK: _block,
    record.FINISHED: _finished,
}
