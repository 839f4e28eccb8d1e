"""What the tasks of each step took, and how well they used what they held.

    CPU      processor time used / (run time x ranks x threads)       as `seff` counts
    memory   most memory held at once / memory asked for

(`seff`: the job efficiency script of Slurm's contribs.) Every attempt that ended
counts, those that failed too: they held their cores all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from anticline.events.progress import Attempt
from anticline.events.query import RunState

GIB = 2**30


@dataclass(frozen=True)
class Timing:
    """Run times [s] of the tasks of a step that are done.

    lower, upper : a quarter of the tasks was shorter, a quarter longer.
    """

    count: int
    median_s: float
    shortest_s: float
    longest_s: float
    lower_s: float
    upper_s: float
    total_s: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Timing | None:
        """Sum up; None: there are none."""
        if not seconds:
            return None
        lower, middle, upper = (
            quantiles(seconds, n=4, method="inclusive")
            if len(seconds) > 1
            else (seconds[0], median(seconds), seconds[0])
        )
        return cls(
            len(seconds), middle, min(seconds), max(seconds), lower, upper, sum(seconds)
        )


@dataclass(frozen=True)
class Efficiency:
    """What the attempts of a step used of what they held; None: not measured.

    cpu_used_s, cpu_held_s : [s] in sum. peak_bytes : the most of an attempt.
    asked_bytes : what that attempt had asked for. lost_s : run time [s] of attempts
    that did not end well.
    """

    attempts: int
    cpu_used_s: float | None
    cpu_held_s: float | None
    peak_bytes: float | None
    asked_bytes: float | None
    lost_s: float

    @property
    def cpu(self) -> float | None:
        """Share of the processor time that was used."""
        return _share(self.cpu_used_s, self.cpu_held_s)

    @property
    def memory(self) -> float | None:
        """Share of the memory that was used."""
        return _share(self.peak_bytes, self.asked_bytes)


def timing(state: RunState, step: str) -> Timing | None:
    """Sum up the run times of a step."""
    return Timing.of(state.steps[step].seconds)


def efficiency(state: RunState, step: str) -> Efficiency:
    """Sum up how a step used its processors and memory."""
    tasks = (state.tasks[task] for task in state.steps[step].tasks)
    ended = [a for task in tasks for a in task.attempts if a.seconds is not None]
    counted = [a for a in ended if a.cpu_seconds is not None]
    peak = max(
        (a for a in ended if a.peak_bytes),
        key=lambda attempt: attempt.peak_bytes or 0,
        default=None,
    )
    asked = None if peak is None or peak.memory_gib is None else peak.memory_gib * GIB
    return Efficiency(
        attempts=len(ended),
        cpu_used_s=_sum(a.cpu_seconds for a in counted),
        cpu_held_s=_sum(_held_s(a) for a in counted),
        peak_bytes=None if peak is None else peak.peak_bytes,
        asked_bytes=asked,
        lost_s=sum(a.seconds or 0.0 for a in ended if not a.done),
    )


def _held_s(attempt: Attempt) -> float:
    return (attempt.seconds or 0.0) * attempt.ranks * attempt.threads


def _sum(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _share(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else part / whole
