"""When which task ran where: attempts as bars, in lanes that none shares at a time."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from anticline.events.progress import Attempt
from anticline.events.query import RunState


@dataclass(frozen=True)
class Bar:
    """One or more attempts side by side in a lane.

    start, end : [s since 1970]. well : they are done, or still run. count : how many
    attempts of the step it stands for.
    """

    lane: int
    step: str
    label: str
    start: float
    end: float
    well: bool
    running: bool = False
    count: int = 1


@dataclass(frozen=True)
class Track:
    """The bars of a queue, and how many lanes they need."""

    queue: str
    lanes: int
    bars: tuple[Bar, ...]


def timeline(state: RunState, now: float, finest_s: float = 0.0) -> tuple[Track, ...]:
    """Lay out every attempt that ran, per queue.

    A lane is a worker's place: the fewest lanes in which no two bars overlap.
    Neighbours of a step in a lane are drawn as one where both the bar and the gap
    are shorter than ``finest_s`` [s], so that a page stays small.
    """
    of_queue: dict[str, list[Attempt]] = {}
    for task in state.tasks.values():
        for attempt in task.attempts:
            if attempt.started is not None:
                of_queue.setdefault(attempt.queue, []).append(attempt)
    order = list(state.queues)
    return tuple(
        _track(queue, of_queue[queue], now, finest_s)
        for queue in sorted(
            of_queue, key=lambda q: order.index(q) if q in order else -1
        )
    )


def span(tracks: Iterable[Track]) -> tuple[float, float] | None:
    """Give the earliest start and the latest end [s since 1970]; None: no bar."""
    bars = [bar for track in tracks for bar in track.bars]
    if not bars:
        return None
    return min(bar.start for bar in bars), max(bar.end for bar in bars)


def most_at_once(state: RunState) -> int:
    """Count the attempts that ran at the same time, at most."""
    ran = [a for task in state.tasks.values() for a in task.attempts if a.started]
    turns = [(a.started or 0.0, 1) for a in ran]
    turns += [(a.ended, -1) for a in ran if a.ended is not None]
    return max(accumulate(turn for _, turn in sorted(turns)), default=0)


def _track(queue: str, attempts: list[Attempt], now: float, finest_s: float) -> Track:
    lanes: list[list[Bar]] = []
    free: list[tuple[float, int]] = []
    for attempt in sorted(attempts, key=_start):
        start = _start(attempt)
        end = max(start, now if attempt.ended is None else attempt.ended)
        if free and free[0][0] <= start:
            lane = heapq.heappop(free)[1]
        else:
            lane = len(lanes)
            lanes.append([])
        heapq.heappush(free, (end, lane))
        _lay(lanes[lane], _bar(attempt, lane, start, end), finest_s)
    bars = tuple(bar for lane_bars in lanes for bar in lane_bars)
    return Track(queue, len(lanes), bars)


def _bar(attempt: Attempt, lane: int, start: float, end: float) -> Bar:
    name = attempt.task if attempt.number == 1 else f"{attempt.task}, {attempt.number}."
    well = attempt.open or attempt.done
    return Bar(lane, attempt.step, name, start, end, well, attempt.open)


def _lay(lane: list[Bar], bar: Bar, finest_s: float) -> None:
    """Add a bar to its lane, or let the one before it take it in."""
    last = lane[-1] if lane else None
    if (
        last is not None
        and (last.step, last.well, last.running) == (bar.step, bar.well, False)
        and bar.end - bar.start < finest_s
        and bar.start - last.end < finest_s
    ):
        count = last.count + 1
        label = f"{count} tasks of {bar.step}"
        lane[-1] = Bar(
            bar.lane, bar.step, label, last.start, bar.end, bar.well, False, count
        )
    else:
        lane.append(bar)


def _start(attempt: Attempt) -> float:
    return attempt.started or 0.0
