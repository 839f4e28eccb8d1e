"""When which task ran: a bar an attempt, a lane a worker's place, a band a queue.

Long times in which nothing ran (a night between two drivers) are cut out of the axis
and marked, so that the bars of both days can be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from anticline.events.amounts import duration
from anticline.events.query import RunState
from anticline.events.timeline import Bar, Track, timeline

WIDTH, LEFT, CUT_PX = 1000.0, 8.0, 26.0
LANE_H, LEAST_LANE_H, LABEL_H, AXIS_H, JOB_H = 15.0, 4.0, 22.0, 26.0, 4.0
_TALLEST = 700.0
_LEAST_PX = 1.0
_STEPS_S = (
    0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
    14400, 21600, 43200, 86400, 172800, 604800,
)  # fmt: skip


@dataclass(frozen=True)
class Rect:
    """A bar on the page.

    color : index of its step's colour. kind : well, lost, running; job: a Slurm job.
    """

    x: float
    y: float
    width: float
    height: float
    color: int
    kind: str
    title: str


@dataclass(frozen=True)
class Band:
    """A queue's label and the ground below its lanes."""

    label: str
    y: float
    height: float


@dataclass(frozen=True)
class Tick:
    """A mark on the axis; without a label: a cut."""

    x: float
    label: str


@dataclass(frozen=True)
class Chart:
    """A timeline in units of a pixel."""

    width: float
    height: float
    rects: tuple[Rect, ...]
    bands: tuple[Band, ...]
    ticks: tuple[Tick, ...]
    cuts: tuple[Tick, ...]


@dataclass(frozen=True)
class Span:
    """A stretch of time in which something ran [s], and where it lies on the page."""

    start: float
    end: float
    x: float
    width: float


class Axis:
    """Puts moments [s since 1970] on the page."""

    def __init__(self, bars: Iterable[Bar]) -> None:
        busy = _busy([(bar.start, bar.end) for bar in bars])
        whole = sum(end - start for start, end in busy) or 1.0
        room = WIDTH - 2 * LEFT - CUT_PX * (len(busy) - 1)
        self.per_s = room / whole
        self.spans: list[Span] = []
        x = LEFT
        for start, end in busy:
            width = (end - start) * self.per_s
            self.spans.append(Span(start, end, x, width))
            x += width + CUT_PX

    def x(self, moment: float) -> float:
        """Give where a moment lies."""
        for span in self.spans:
            if moment <= span.end:
                return span.x + max(0.0, moment - span.start) * self.per_s
        last = self.spans[-1]
        return last.x + last.width

    def ticks(self) -> list[Tick]:
        """Give marks at round times since the first moment."""
        zero = self.spans[0].start
        every = next((s for s in _STEPS_S if s * self.per_s >= 80), _STEPS_S[-1])
        ticks = []
        for span in self.spans:
            k = -int(-(span.start - zero) // every)
            while zero + k * every <= span.end + 1e-9:
                moment = zero + k * every
                ticks.append(Tick(self.x(moment), _since(k * every)))
                k += 1
        return ticks

    def cuts(self) -> list[Tick]:
        """Give the places where time is left out, and how much."""
        return [
            Tick(
                (first.x + first.width + second.x) / 2,
                f"{duration(second.start - first.end)} in which nothing ran",
            )
            for first, second in pairwise(self.spans)
        ]


def _since(seconds: float) -> str:
    """Write a round time since the first task."""
    return f"{seconds:g} s" if seconds < 10 else duration(seconds)


def draw(state: RunState, now: float) -> Chart | None:
    """Draw a run's timeline; None: nothing ran."""
    bars = [bar for track in timeline(state, now) for bar in track.bars]
    if not bars:
        return None
    axis = Axis(bars)
    tracks = timeline(state, now, _LEAST_PX / axis.per_s)
    lanes = sum(track.lanes for track in tracks)
    lane_h = min(LANE_H, max(LEAST_LANE_H, _TALLEST / lanes))
    colors = {name: k for k, name in enumerate(state.steps)}
    rects: list[Rect] = []
    bands: list[Band] = []
    y = 0.0
    for track in tracks:
        jobs_h = JOB_H * track.job_lanes
        height = jobs_h + track.lanes * lane_h
        bands.append(Band(_label(track), y, height))
        top = y + LABEL_H
        rects += [_job(bar, axis, top) for bar in track.jobs]
        top += jobs_h
        rects += [_rect(bar, axis, top, lane_h, colors) for bar in track.bars]
        y += LABEL_H + height + 8
    ticks, cuts = tuple(axis.ticks()), tuple(axis.cuts())
    return Chart(WIDTH, y + AXIS_H, tuple(rects), tuple(bands), ticks, cuts)


def _label(track: Track) -> str:
    name = f"queue {track.queue}" if track.queue else "queue not known"
    return f"{name}, at most {track.lanes} at a time"


def _rect(
    bar: Bar, axis: Axis, top: float, lane_h: float, colors: dict[str, int]
) -> Rect:
    x = axis.x(bar.start)
    kind = "running" if bar.running else "well" if bar.well else "lost"
    word = {"running": "runs", "well": "done", "lost": "did not end well"}[kind]
    return Rect(
        x=x,
        y=top + bar.lane * lane_h,
        width=max(axis.x(bar.end) - x, _LEAST_PX),
        height=lane_h - (1.5 if lane_h > 6 else 0.5),
        color=colors.get(bar.step, 0),
        kind=kind,
        title=f"{bar.label}: {duration(bar.end - bar.start)}, {word}",
    )


def _job(bar: Bar, axis: Axis, top: float) -> Rect:
    """Draw a Slurm job as a thin line over the tasks that ran in it."""
    x = axis.x(bar.start)
    width = max(axis.x(bar.end) - x, _LEAST_PX)
    title = f"{bar.label}: {duration(bar.end - bar.start)}"
    return Rect(x, top + bar.lane * JOB_H, width, JOB_H - 1.5, 0, "job", title)


def _busy(intervals: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Join intervals; short pauses between them belong to what is shown."""
    joined: list[list[float]] = []
    for start, end in sorted(intervals):
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    busy = sum(end - start for start, end in joined)
    longest_pause = max(60.0, 0.25 * busy)
    shown = joined[:1]
    for start, end in joined[1:]:
        if start - shown[-1][1] > longest_pause:
            shown.append([start, end])
        else:
            shown[-1][1] = end
    return [(start, end) for start, end in shown]
