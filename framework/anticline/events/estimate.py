"""How fast a run goes, and how long it will take: from what its tasks took so far.

A task that is still to run is taken to last as long as the finished tasks of its step
did in the mean; one that runs, what is then left of that. Queues that share a step form
a pool. With the work W_k [s] that is left for pool k, its m_k workers, and the longest
chain C [s] of tasks that wait for one another,

    max(W_k / m_k of every k, C)  <=  time left  <=  sum of W_k / m_k + C

in whatever order the tasks are taken: at any moment either some pool has all its
workers busy, or a task of the chain runs (R. L. Graham 1966, Bounds for certain
multiprocessing anomalies, doi:10.1002/j.1538-7305.1966.tb01709.x, for one pool). m_k is
how many tasks run in the pool now, or ran at a time in the mean of the last five
minutes; where that is nothing, how many ran at most. Steps with no finished task, and
iterations that a loop may still want, are not in it: the estimate then says "at least".
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from statistics import fmean

from anticline.events.progress import QueueRecord, State, StepRecord, TaskRecord
from anticline.events.query import RunState

WINDOW_S = 300.0
_SHORTEST_S = 1.0


@dataclass(frozen=True)
class TimeLeft:
    """Bounds of the time left [s], and what they rest on.

    workers : of all pools with work. unknown : steps and loops that are not in it.
    """

    low_s: float
    high_s: float
    workers: int
    unknown: tuple[str, ...] = ()


def time_left(state: RunState, now: float) -> TimeLeft | None:
    """Estimate the time left at ``now`` [s since 1970]; None: nothing to go by."""
    still = _still_to_run(state)
    work = _work(still, state, now)
    pool_of, pools = _pools(state)
    workers = {name: _workers(queues, state, now) for name, queues in pools.items()}
    sums: dict[str, float] = {}
    unknown: dict[str, None] = {}
    for name, task in still.items():
        left, pool = work[name], pool_of.get(task.step, "")
        if left is None or not workers.get(pool):
            unknown[task.step] = None
        else:
            sums[pool] = sums.get(pool, 0.0) + left
    if still and not sums:
        return None
    shares = [work_s / workers[pool] for pool, work_s in sums.items()]
    chain = _longest_chain(still, work)
    missing = [step for step in state.steps if step in unknown]
    missing += [loop for loop in state.open_loops if loop not in unknown]
    return TimeLeft(
        max([chain, *shares]),
        chain + sum(shares),
        sum(workers[pool] for pool in sums),
        tuple(missing),
    )


def throughput_per_min(state: RunState, now: float) -> float:
    """Count tasks that got done a minute, over the last five of this driver."""
    since = _since(state, now)
    done = len(state.finished_at) - bisect_left(state.finished_at, since)
    return 60 * done / max(now - since, _SHORTEST_S)


def _since(state: RunState, now: float) -> float:
    """Give when the last minutes began [s since 1970]."""
    begun = state.sessions[-1].begun if state.sessions else now - WINDOW_S
    return max(now - WINDOW_S, begun)


def _still_to_run(state: RunState) -> dict[str, TaskRecord]:
    over = (State.DONE, State.FAILED)
    held_up = state.held_up()
    return {
        name: task
        for name, task in state.tasks.items()
        if task.state not in over and name not in held_up
    }


def _work(
    still: Mapping[str, TaskRecord], state: RunState, now: float
) -> dict[str, float | None]:
    """Give the run time [s] that each task still needs; None: nobody can say."""
    expected = {name: _expected(step, state) for name, step in state.steps.items()}
    return {name: _left(t, expected[t.step], now) for name, t in still.items()}


def _expected(step: StepRecord, state: RunState) -> float | None:
    """Give the mean run time [s] of a step, or of others with its component."""
    if step.seconds:
        return fmean(step.seconds)
    alike = [s for s in state.steps.values() if s.component == step.component]
    seconds = [second for other in alike for second in other.seconds]
    return fmean(seconds) if seconds else None


def _left(task: TaskRecord, whole: float | None, now: float) -> float | None:
    last = task.last
    if whole is None or task.state is not State.RUNNING or last is None:
        return whole
    began = now if last.started is None else last.started
    return max(0.0, whole - max(0.0, now - began))


def _pools(state: RunState) -> tuple[dict[str, str], dict[str, set[str]]]:
    """Join queues that a step has used together; give each step's pool, and these."""
    pool = {name: {name} for name in state.queues}
    of_step: dict[str, str] = {}
    for step in state.steps.values():
        used = _queues_of(step, state)
        if not used:
            continue
        joined = set().union(*(pool[name] for name in used))
        pool |= dict.fromkeys(joined, joined)
        of_step[step.name] = min(used)
    pool_of = {step: min(pool[queue]) for step, queue in of_step.items()}
    return pool_of, {min(queues): queues for queues in pool.values()}


def _queues_of(step: StepRecord, state: RunState) -> set[str]:
    """Name the queues of a step's tasks; of a new one, those of its component."""
    used = _used(step, state)
    alike = [s for s in state.steps.values() if s.component == step.component]
    return used or {queue for other in alike for queue in _used(other, state)}


def _used(step: StepRecord, state: RunState) -> set[str]:
    lasts = (state.tasks[name].last for name in step.tasks)
    return {last.queue for last in lasts if last is not None} & state.queues.keys()


def _workers(queues: Iterable[str], state: RunState, now: float) -> int:
    records = [state.queues[name] for name in queues]
    running = sum(len(queue.running) for queue in records)
    lately = math.ceil(sum(_lately(q, _since(state, now), now) for q in records) - 0.1)
    return max(running, lately) or sum(queue.most for queue in records)


def _lately(queue: QueueRecord, since: float, now: float) -> float:
    """Count the tasks that ran at a time, in the mean of the last minutes."""
    recent = queue.finished[bisect_left(queue.finished, (since, 0.0)) :]
    work = sum(min(seconds, end - since) for end, seconds in recent)
    return work / max(now - since, _SHORTEST_S)


def _longest_chain(
    still: Mapping[str, TaskRecord], work: Mapping[str, float | None]
) -> float:
    graph = {
        name: [before for before in task.after if before in still]
        for name, task in still.items()
    }
    ends: dict[str, float] = {}
    try:
        for name in TopologicalSorter(graph).static_order():
            begin = max((ends[before] for before in graph[name]), default=0.0)
            ends[name] = begin + (work[name] or 0.0)
    except CycleError:  # no plan of ours; a log that was written by hand
        return 0.0
    return max(ends.values(), default=0.0)
