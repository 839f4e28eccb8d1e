"""Where a run stands, in a few lines or as one JSON document.

The document of `anticline status RUN --json`:

    {"format": "anticline-status/1", "run": ..., "workflow": ..., "cluster": ...,
     "state": "running", "driver": "process 12 on head", "elapsed_s": 61.0,
     "tasks": {"total": 40, "waiting": 3, "queued": 8, "running": 4, "done": 24,
               "failed": 1},
     "steps": [{"name": ..., "component": ..., "total": ..., "waiting": ...}],
     "queues": [{"name": ..., "running": ..., "queued": ..., "done": ...,
                 "jobs": [{"job": "17", "state": "running"}]}],
     "loops": [{"name": ..., "iterations": 2, "enough": false}],
     "failed": [{"task": ..., "kind": ..., "reason": ..., "log": ...}],
     "held_up": {"image[7]": "shots[7]"},
     "time_left_s": [80.0, 120.0], "time_left_without": ["stack"],
     "done_per_min": 12.5, "damaged": [...]}

time_left_s is null where there is nothing to go by.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from anticline.errors import plain
from anticline.events.amounts import duration, plural
from anticline.events.estimate import TimeLeft, throughput_per_min, time_left
from anticline.events.progress import QueueRecord, State, TaskRecord
from anticline.events.runs import RUNNING, STOPPED, Sight
from anticline.workflow.tasks.places import folder_of
from anticline.workflow.tasks.task import LOG

FORMAT = "anticline-status/1"
_COLUMNS = (State.DONE, State.RUNNING, State.QUEUED, State.WAITING, State.FAILED)
_MOST_FAILURES = 10


def as_json(sight: Sight) -> str:
    """Write where a run stands as one JSON document."""
    state = sight.state
    left = _left(sight)
    document = {
        "format": FORMAT,
        "run": str(sight.folder),
        "workflow": state.name,
        "cluster": state.cluster,
        "state": sight.word,
        "driver": sight.driver,
        "elapsed_s": sight.elapsed_s,
        "tasks": {"total": len(state.tasks), **_named(state.counts)},
        "steps": [
            {
                "name": step.name,
                "component": step.component,
                "total": step.total,
                **_named({state: step.counts[state] for state in State}),
            }
            for step in state.steps.values()
        ],
        "queues": [_queue(queue) for queue in state.queues.values()],
        "loops": [
            {"name": loop.name, "iterations": loop.iterations, "enough": loop.enough}
            for loop in state.loops.values()
        ],
        "failed": [
            {"task": task.id, "kind": task.kind, "reason": task.note, "log": log}
            for task, log in ((task, _log(sight, task)) for task in state.failed)
        ],
        "held_up": state.held_up(),
        "time_left_s": None if left is None else [left.low_s, left.high_s],
        "time_left_without": [] if left is None else list(left.unknown),
        "done_per_min": throughput_per_min(state, sight.now),
        "damaged": [str(finding) for finding in sight.damaged],
    }
    return json.dumps(document, indent=2)


def lines(sight: Sight) -> Iterator[str]:
    """Describe where a run stands to a person."""
    state = sight.state
    yield headline(sight)
    if not sight.logged:
        yield "no driver wrote a log here; this is what the tasks' folders say"
    yield from _table(sight)
    for loop in state.loops.values():
        end = "that was enough" if loop.enough else "it goes on"
        yield f"loop {loop.name}: {plural(loop.iterations, 'iteration')}, {end}"
    for queue in state.queues.values():
        if sight.driver is not None and (text := queue_line(queue)):
            yield text
    yield from failures(sight)
    if sight.word == RUNNING:
        yield f"time left: {time_left_text(_left(sight))}"
    for finding in sight.damaged:
        yield str(finding)


def headline(sight: Sight) -> str:
    """Say in a line how it is with a run."""
    state = sight.state
    where = f" on {state.cluster}" if state.cluster else ""
    done, total = state.counts[State.DONE], len(state.tasks)
    word = sight.word
    if word == RUNNING:
        word = f"{word} ({sight.driver})"
    elif word == STOPPED:
        word = f"{word}, its driver was killed; go on: anticline resume {sight.folder}"
    took = duration(sight.elapsed_s)
    name = state.name or sight.folder.name
    return plain(
        f"{name}{where}: {word}; {done} of {plural(total, 'task')} done, {took}"
    )


def queue_line(queue: QueueRecord) -> str:
    """Describe what a queue does; empty: it holds nothing."""
    jobs = [f"{block.job} ({block.state})" for block in queue.living]
    if not (jobs or queue.running or queue.queued):
        return ""
    text = f"queue {queue.name}: {len(queue.running)} run, {len(queue.queued)} wait"
    shown = ", ".join(jobs[:5]) + (f" and {len(jobs) - 5} more" if jobs[5:] else "")
    return plain(
        f"{text}; {'job' if len(jobs) == 1 else 'jobs'} {shown}" if jobs else text
    )


def failures(sight: Sight) -> Iterator[str]:
    """Say what failed, why, where its log is, and what cannot run for it."""
    failed = sight.state.failed
    for task in failed[:_MOST_FAILURES]:
        kind = f" ({task.kind})" if task.kind else ""
        reason = f": {task.note}" if task.note else ""
        yield plain(f"failed: {task.id}{kind}{reason}; see {_log(sight, task)}")
    if more := failed[_MOST_FAILURES:]:
        yield f"{plural(len(more), 'more task')} failed"
    if held := len(sight.state.held_up()):
        yield f"{plural(held, 'task')} cannot run without them"


def time_left_text(left: TimeLeft | None) -> str:
    """Write an estimate, and what it leaves out."""
    if left is None:
        return "not known yet (no task of a kind has run to its end)"
    if not left.workers and not left.unknown:
        return "nothing more can run"
    low, high = duration(left.low_s), duration(left.high_s)
    text = low if low == high else f"{low} to {high}"
    text = f"{text} with {plural(left.workers, 'worker')}"
    if not left.unknown:
        return text
    return f"at least {text}; not in it: {', '.join(left.unknown)}"


def _table(sight: Sight) -> Iterator[str]:
    steps = list(sight.state.steps.values())
    width = max((len(step.name) for step in steps), default=4)
    titles = "".join(f"{column:>9}" for column in _COLUMNS)
    yield f"{'step':{width}}{titles}       of"
    for step in steps:
        counts = "".join(f"{step.counts[c] or '':>9}" for c in _COLUMNS)
        yield plain(f"{step.name:{width}}{counts}{step.total:>9}")


def _left(sight: Sight) -> TimeLeft | None:
    return time_left(sight.state, sight.now) if sight.word == RUNNING else None


def _named(counts: dict[State, int]) -> dict[str, int]:
    return {str(state): count for state, count in counts.items()}


def _queue(queue: QueueRecord) -> dict[str, Any]:
    return {
        "name": queue.name,
        "running": len(queue.running),
        "queued": len(queue.queued),
        "done": len(queue.finished),
        "jobs": [{"job": b.job, "state": b.state} for b in queue.living],
    }


def _log(sight: Sight, task: TaskRecord) -> str:
    return str(sight.folder / folder_of(task.id) / LOG)
