"""When which task ran where: attempts as bars, in lanes that none shares at a time."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import accumulate

from anticline.events.progress import Attempt, Block
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
    """The bars of a queue, and how many lanes they need; its Slurm jobs likewise."""

    queue: str
    lanes: int
    bars: tuple[Bar, ...]
    job_lanes: int = 0
    jobs: tuple[Bar, ...] = ()


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
    ran = sorted(of_queue, key=lambda q: order.index(q) if q in order else -1)
    return tuple(_track(queue, of_queue[queue], state, now, finest_s) for queue in ran)


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


def _track(
    queue: str, attempts: list[Attempt], state: RunState, now: float, finest_s: float
) -> Track:
    bars = [_bar(attempt, now) for attempt in attempts]
    record = state.queues.get(queue)
    jobs = [_job(b, now) for b in record.blocks.values() if b.began] if record else []
    lanes, job_lanes = _pack(bars, finest_s), _pack(jobs, 0.0)
    return Track(
        queue,
        len(lanes),
        tuple(bar for lane in lanes for bar in lane),
        len(job_lanes),
        tuple(bar for lane in job_lanes for bar in lane),
    )


def _pack(bars: Iterable[Bar], finest_s: float) -> list[list[Bar]]:
    """Put bars into the fewest lanes in which none overlap."""
    lanes: list[list[Bar]] = []
    free: list[tuple[float, int]] = []
    for bar in sorted(bars, key=lambda bar: bar.start):
        if free and free[0][0] <= bar.start:
            lane = heapq.heappop(free)[1]
        else:
            lane = len(lanes)
            lanes.append([])
        heapq.heappush(free, (bar.end, lane))
        _lay(lanes[lane], replace(bar, lane=lane), finest_s)
    return lanes


def _job(block: Block, now: float) -> Bar:
    began = block.began or block.since
    ended = block.state == "ended"
    end = max(began, block.since if ended else now)
    return Bar(0, "", f"job {block.job}", began, end, True, not ended)


def _bar(attempt: Attempt, now: float) -> Bar:
    name = attempt.task if attempt.number == 1 else f"{attempt.task}, {attempt.number}."
    start = attempt.started or 0.0
    end = max(start, now if attempt.ended is None else attempt.ended)
    well = attempt.open or attempt.done
    return Bar(0, attempt.step, name, start, end, well, attempt.open)


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
