"""What a report says in figures and lists: values that the page only has to set."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from anticline.events.amounts import duration, percent, plural, size
from anticline.events.efficiency import Efficiency, Timing, efficiency, timing
from anticline.events.progress import State, TaskRecord
from anticline.events.query import RunState
from anticline.events.runs import Sight
from anticline.events.timeline import most_at_once
from anticline.workflow.tasks.places import folder_of
from anticline.workflow.tasks.task import LOG

LOG_TAIL_BYTES, LOG_TAIL_LINES = 8000, 30
MOST_FAILURES, MOST_REPEATS = 50, 200


@dataclass(frozen=True)
class Card:
    """A figure that is seen first. tone : "good", "bad" or none."""

    title: str
    value: str
    note: str = ""
    tone: str = ""


@dataclass(frozen=True)
class BoxPlot:
    """Run times on an axis that all steps share, in per cent of its width."""

    low: float
    lower: float
    middle: float
    upper: float
    high: float


@dataclass(frozen=True)
class StepRow:
    """A step in the table. color : index of its colour."""

    name: str
    component: str
    color: int
    done: int
    failed: int
    total: int
    timing: Timing | None
    plot: BoxPlot | None
    efficiency: Efficiency


@dataclass(frozen=True)
class Failure:
    """A task that failed, with the last lines of its log."""

    task: str
    kind: str
    reason: str
    attempts: int
    log: str
    tail: str


@dataclass(frozen=True)
class Repeat:
    """An attempt that had to be made again."""

    task: str
    attempt: int
    kind: str
    reason: str
    queue: str
    lost: str


def cards(sight: Sight) -> list[Card]:
    """Give the figures on top."""
    state = sight.state
    counts = state.counts
    done, total = counts[State.DONE], len(state.tasks)
    tone = {"done": "good", "failed": "bad", "stopped": "bad"}.get(sight.word, "")
    used = [efficiency(state, step) for step in state.steps]
    cpu = sum(e.cpu_used_s or 0.0 for e in used)
    held = sum(e.cpu_held_s or 0.0 for e in used)
    lost = sum(e.lost_s for e in used)
    repeated = sum(len(task.repeats) for task in state.tasks.values())
    failed = f"{counts[State.FAILED]} failed" if counts[State.FAILED] else ""
    return [
        Card("State", sight.word, _since(sight), tone),
        Card("Tasks done", f"{done} of {total}", failed, "bad" if failed else ""),
        Card("Time", duration(sight.elapsed_s), f"most at once: {most_at_once(state)}"),
        Card(
            "Core time held",
            duration(held),
            f"used: {percent(cpu / held) if held else '-'}",
        ),
        Card("Repeated", plural(repeated, "attempt"), f"{duration(lost)} lost"),
    ]


def _since(sight: Sight) -> str:
    begun = sight.state.begun_s
    return "" if begun is None else f"begun {moment(begun)}"


def moment(seconds: float | None) -> str:
    """Write a time [s since 1970] as 2026-11-23 16:40:01 UTC."""
    if seconds is None:
        return "-"
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def step_rows(state: RunState) -> list[StepRow]:
    """Give a row for each step, in the order of the workflow."""
    timings = {name: timing(state, name) for name in state.steps}
    known = [t for t in timings.values() if t is not None]
    low = min((t.shortest_s for t in known), default=0.0)
    high = max((t.longest_s for t in known), default=1.0)
    rows = []
    for color, (name, step) in enumerate(state.steps.items()):
        took = timings[name]
        rows.append(
            StepRow(
                name,
                step.component,
                color,
                step.counts[State.DONE],
                step.counts[State.FAILED],
                step.total,
                took,
                None if took is None else _plot(took, low, high),
                efficiency(state, name),
            )
        )
    return rows


def _plot(took: Timing, low: float, high: float) -> BoxPlot:
    """Place quartiles on a logarithmic axis from the shortest to the longest."""
    least = max(low, 1e-3)
    whole = math.log(max(high, 1.01 * least) / least)

    def at(seconds: float) -> float:
        return 100 * math.log(max(seconds, least) / least) / whole

    return BoxPlot(
        at(took.shortest_s),
        at(took.lower_s),
        at(took.median_s),
        at(took.upper_s),
        at(took.longest_s),
    )


def failures(sight: Sight) -> list[Failure]:
    """Give the tasks that failed."""
    return [_failure(sight, task) for task in sight.state.failed[:MOST_FAILURES]]


def _failure(sight: Sight, task: TaskRecord) -> Failure:
    log = folder_of(task.id) / LOG
    tail = tail_of(sight.folder / log)
    kind = task.kind.replace("_", " ")
    return Failure(task.id, kind, task.note, len(task.attempts), str(log), tail)


def tail_of(path: Path) -> str:
    """Read the last lines of a text; empty where it cannot be read."""
    try:
        with path.open("rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - LOG_TAIL_BYTES))
            text = stream.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-LOG_TAIL_LINES:])


def repeats(state: RunState) -> Iterator[Repeat]:
    """Give every attempt that was made again, in the order of the tasks."""
    for task in state.tasks.values():
        for attempt in task.repeats:
            ran = attempt.seconds
            if (
                ran is None
                and attempt.started is not None
                and attempt.ended is not None
            ):
                ran = attempt.ended - attempt.started
            kind = (attempt.kind or "not known").replace("_", " ")
            if attempt.done:
                kind = "done, and wanted anew"
            yield Repeat(
                task.id,
                attempt.number,
                kind,
                attempt.reason,
                attempt.queue,
                duration(ran),
            )


def memory(used: Efficiency) -> str:
    """Write the most memory, and what had been asked for."""
    if used.peak_bytes is None:
        return "-"
    asked = "" if used.asked_bytes is None else f" of {size(used.asked_bytes)}"
    return size(used.peak_bytes) + asked
