"""How fast a run goes, and how long it will take: from what its tasks took so far.

A task that is still to run is taken to last as long as the finished tasks of its step
did in the mean; one that runs, what is then left of that. With the work W [s] so
summed, the longest chain C [s] of tasks that wait for one another, and m workers,

    max(W / m, C)  <=  time left  <=  W / m + C

whatever order the tasks are taken in (R. L. Graham 1966, Bounds for certain
multiprocessing anomalies, doi:10.1002/j.1538-7305.1966.tb01709.x). m is how many
tasks run now; where that is not known, how many ran at a time in the mean of the last
five minutes. Steps with no finished task and iterations that a loop may still want are
not in it: the estimate then says "at least".
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from statistics import fmean

from anticline.events.progress import State, StepRecord, TaskRecord
from anticline.events.query import RunState

WINDOW_S = 300.0
_SHORTEST_S = 1.0


@dataclass(frozen=True)
class TimeLeft:
    """Bounds of the time left [s], and what they rest on.

    workers : m. unknown : steps and loops that are not in it.
    """

    low_s: float
    high_s: float
    workers: int
    unknown: tuple[str, ...] = ()


def time_left(state: RunState, now: float) -> TimeLeft | None:
    """Estimate the time left at ``now`` [s since 1970]; None: nothing to go by."""
    workers = state.running or _recently_at_once(state, now)
    held_up = state.held_up()
    still = {
        name: task
        for name, task in state.tasks.items()
        if task.state not in (State.DONE, State.FAILED) and name not in held_up
    }
    expected = {name: _expected(step, state) for name, step in state.steps.items()}
    work = {name: _left(task, expected, now) for name, task in still.items()}
    known = [left for left in work.values() if left is not None]
    if not workers or not (known or not work):
        return None
    together, chain = sum(known), _longest_chain(still, work)
    steps = {still[name].step for name, left in work.items() if left is None}
    unknown = [name for name in state.steps if name in steps]
    share = together / workers
    loops = [loop for loop in state.open_loops if loop not in unknown]
    return TimeLeft(max(share, chain), share + chain, workers, tuple(unknown + loops))


def throughput_per_min(state: RunState, now: float) -> float:
    """Count tasks that got done a minute, over the last five of this driver."""
    since, recent = _recent(state, now)
    return 60 * len(recent) / max(now - since, _SHORTEST_S)


def _recent(state: RunState, now: float) -> tuple[float, list[tuple[float, float]]]:
    """Give the begin of the last minutes, and what got done in them."""
    since = now - WINDOW_S
    if state.sessions:
        since = max(since, state.sessions[-1].begun)
    return since, state.finished[bisect_left(state.finished, (since, 0.0)) :]


def _recently_at_once(state: RunState, now: float) -> int:
    """Count the tasks that ran at a time, in the mean; 0: none got done."""
    since, recent = _recent(state, now)
    work = sum(min(seconds, end - since) for end, seconds in recent)
    return math.ceil(work / max(now - since, _SHORTEST_S))


def _expected(step: StepRecord, state: RunState) -> float | None:
    """Give the mean run time [s] of a step, or of others with its component."""
    if step.seconds:
        return fmean(step.seconds)
    alike = [s for s in state.steps.values() if s.component == step.component]
    seconds = [second for other in alike for second in other.seconds]
    return fmean(seconds) if seconds else None


def _left(
    task: TaskRecord, expected: Mapping[str, float | None], now: float
) -> float | None:
    whole, last = expected[task.step], task.last
    if whole is None or task.state is not State.RUNNING:
        return whole
    began = now if last is None or last.started is None else last.started
    return max(0.0, whole - max(0.0, now - began))


def _longest_chain(
    still: Mapping[str, TaskRecord], work: Mapping[str, float | None]
) -> float:
    graph = {
        name: [a for a in task.after if a in still] for name, task in still.items()
    }
    ends: dict[str, float] = {}
    try:
        for name in TopologicalSorter(graph).static_order():
            begin = max((ends[before] for before in graph[name]), default=0.0)
            ends[name] = begin + (work[name] or 0.0)
    except CycleError:  # no plan of ours; a log that was written by hand
        return 0.0
    return max(ends.values(), default=0.0)
