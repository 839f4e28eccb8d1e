"""Where a run stands: its events folded, one after the other, into one state.

The fold knows nothing but the events: the same log gives the same state, whether it
is read at once or followed line by line. An event that is not known is passed over.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Self

from anticline.events import record
from anticline.events.progress import (
    Attempt,
    Block,
    LoopRecord,
    QueueRecord,
    Session,
    State,
    StepRecord,
    TaskRecord,
    seconds_of,
)
from anticline.events.record import Event
from anticline.workflow.tasks.places import step_of

LAST = 200
_ASKED = ("ranks", "threads", "gpus", "memory_gib")
_MEASURED = ("seconds", "cpu_seconds", "peak_bytes", *_ASKED)


class RunState:
    """What the events so far say of a run.

    name, cluster : as `begun` gives them. sessions : one for every driver. tasks,
    steps, queues, loops : by name, in the order they came up. begun_s, latest_s :
    times of the first and the latest event [s since 1970]. finished_at :
    when tasks got done. last : the newest events.
    """

    def __init__(self) -> None:
        self.name = ""
        self.cluster = ""
        self.sessions: list[Session] = []
        self.tasks: dict[str, TaskRecord] = {}
        self.steps: dict[str, StepRecord] = {}
        self.queues: dict[str, QueueRecord] = {}
        self.loops: dict[str, LoopRecord] = {}
        self.finished_at: list[float] = []
        self.begun_s: float | None = None
        self.latest_s: float | None = None
        self._before_s = 0.0
        self.last: deque[Event] = deque(maxlen=LAST)

    @classmethod
    def of(cls, events: Iterable[Event]) -> Self:
        """Fold events from the beginning."""
        state = cls()
        for event in events:
            state.add(event)
        return state

    def add(self, event: Event) -> None:
        """Fold in the next event."""
        now = seconds_of(event.utc)
        if self.begun_s is None:
            self.begun_s = now
        self._before_s = self.latest_s or now
        if event.event != record.CLEANED:  # the run itself had ended
            self.latest_s = max(now, self._before_s)
        self.last.append(event)
        self.see(event)

    def see(self, event: Event) -> None:
        """Fold in what somebody saw, and no log tells (yet): it is no news."""
        now = seconds_of(event.utc)
        if event.task is not None:
            task = self.tasks.get(event.task) or self._new_task(event.task)
            if (fold := _OF_TASK.get(event.event)) is not None:
                fold(self, task, event.facts, now)
        elif (fold_run := _OF_RUN.get(event.event)) is not None:
            fold_run(self, event.facts, now)

    @property
    def counts(self) -> dict[State, int]:
        """How many tasks stand where."""
        sums = dict.fromkeys(State, 0)
        for step in self.steps.values():
            for state, count in step.counts.items():
                sums[state] += count
        return sums

    @property
    def running(self) -> int:
        """How many tasks run."""
        return sum(step.counts[State.RUNNING] for step in self.steps.values())

    @property
    def open_loops(self) -> list[str]:
        """Loops whose further iterations are not known yet."""
        begun = {task.partition("(")[0] for task in self.tasks if "(" in task}
        ended = {loop.name for loop in self.loops.values() if loop.enough}
        return sorted(begun - ended)

    @property
    def outcome(self) -> str | None:
        """How the latest driver ended; None: it lives, or was killed."""
        return self.sessions[-1].outcome if self.sessions else None

    def driven_s(self, now: float) -> float:
        """Sum up the time [s] in which a driver lived; without one, of the tasks."""
        if not self.sessions:
            ran = (a.started for t in self.tasks.values() for a in t.attempts)
            return now - min((start for start in ran if start), default=now)
        ends = [now if s.ended is None else s.ended for s in self.sessions]
        return sum(
            end - session.begun
            for end, session in zip(ends, self.sessions, strict=True)
        )

    @property
    def failed(self) -> list[TaskRecord]:
        """The tasks that failed, in order."""
        return [task for task in self.tasks.values() if task.state is State.FAILED]

    def held_up(self) -> dict[str, str]:
        """Give waiting tasks that can never run, and the failed one each waits for."""
        why: dict[str, str] = {task.id: task.id for task in self.failed}
        readers: dict[str, list[str]] = {}
        for task in self.tasks.values():
            for needed in task.after:
                readers.setdefault(needed, []).append(task.id)
        stack = list(why)
        while stack:
            culprit = stack.pop()
            for reader in readers.get(culprit, ()):
                if reader not in why and self.tasks[reader].state is State.WAITING:
                    why[reader] = why[culprit]
                    stack.append(reader)
        return {task: culprit for task, culprit in why.items() if task != culprit}

    def _new_task(self, name: str) -> TaskRecord:
        step = step_of(name)
        task = self.tasks[name] = TaskRecord(name, step)
        self._step(step).tasks.append(name)
        self._step(step).counts[State.WAITING] += 1
        return task

    def _step(self, name: str) -> StepRecord:
        if (step := self.steps.get(name)) is None:
            step = self.steps[name] = StepRecord(name)
        return step

    def _queue(self, name: str) -> QueueRecord:
        if (queue := self.queues.get(name)) is None:
            queue = self.queues[name] = QueueRecord(name)
        return queue

    def _move(self, task: TaskRecord, state: State) -> None:
        counts = self.steps[task.step].counts
        counts[task.state] -= 1
        counts[state] += 1
        task.state = state
        if (last := task.last) is not None and last.queue:
            queue = self._queue(last.queue)
            queue.running.discard(task.id)
            queue.queued.discard(task.id)
            if state is State.RUNNING:
                queue.running.add(task.id)
                queue.most = max(queue.most, len(queue.running))
            elif state is State.QUEUED:
                queue.queued.add(task.id)

    def _planned(self, task: TaskRecord, facts: Mapping[str, Any], now: float) -> None:
        name = facts.get("step", task.step)
        if name != task.step:
            self._change_step(task, name)
        task.component = facts.get("component", task.component)
        task.after = tuple(facts.get("after", task.after))
        self.steps[name].component = task.component
        task.session = len(self.sessions)
        task.failed_for_good = task.kept = False
        self._move(task, State.WAITING)

    def _change_step(self, task: TaskRecord, name: str) -> None:
        old, new = self.steps[task.step], self._step(name)
        old.tasks.remove(task.id)
        old.counts[task.state] -= 1
        new.tasks.append(task.id)
        new.counts[task.state] += 1
        task.step = name
        if not old.tasks:
            del self.steps[old.name]

    def _kept(self, task: TaskRecord, facts: Mapping[str, Any], now: float) -> None:
        if not any(attempt.done for attempt in task.attempts) and "seconds" in facts:
            attempt = Attempt(task.id, task.step)
            task.attempts.append(attempt)
            _measure(attempt, {"code": 0, **facts}, now)
        task.kept, task.note = True, ""
        self._move(task, State.DONE)

    def _submitted(
        self, task: TaskRecord, facts: Mapping[str, Any], now: float
    ) -> None:
        self._close(task, now)
        number = facts.get("attempt", len(task.attempts) + 1)
        attempt = Attempt(task.id, task.step, number, submitted=now)
        _fill(attempt, facts, ("queue", *_ASKED))
        task.attempts.append(attempt)
        self._move(task, State.QUEUED)

    def _started(self, task: TaskRecord, facts: Mapping[str, Any], now: float) -> None:
        attempt = self._current(task, facts)
        if facts.get("queue", attempt.queue) != attempt.queue:
            self._move(task, State.WAITING)  # leaves the queue it was in
        attempt.started = now
        _fill(attempt, facts, ("queue", "host", "job"))
        self._move(task, State.RUNNING)

    def _ended(self, task: TaskRecord, facts: Mapping[str, Any], now: float) -> None:
        attempt = self._current(task, facts)
        _measure(attempt, facts, now)
        task.note, task.kind = attempt.reason, attempt.kind or ""
        task.cleaned = False
        self._move(task, State.DONE if attempt.done else State.FAILED)
        if attempt.done:
            self.finished_at.append(now)
            if attempt.seconds is not None:
                self.steps[task.step].seconds.append(attempt.seconds)
            queue = self._queue(attempt.queue)
            queue.finished.append((now, attempt.seconds or 0.0))

    def _current(self, task: TaskRecord, facts: Mapping[str, Any]) -> Attempt:
        """Give the open attempt; make one where the log has none."""
        if (last := task.last) is not None and last.open:
            return last
        number = facts.get("attempt", len(task.attempts) + 1)
        task.attempts.append(Attempt(task.id, task.step, number))
        return task.attempts[-1]

    def _again(self, task: TaskRecord, facts: Mapping[str, Any], now: float) -> None:
        task.kind = facts.get("kind", task.kind)
        task.note = facts.get("remedy") or facts.get("reason") or task.note
        self._close(task, now)
        self._move(task, State.WAITING)

    def _given_up(self, task: TaskRecord, facts: Mapping[str, Any], now: float) -> None:
        task.failed_for_good = True
        task.kind = facts.get("kind", task.kind)
        task.note = facts.get("reason", task.note)
        self._close(task, now)
        self._move(task, State.FAILED)

    def _cleaned(self, task: TaskRecord, facts: Mapping[str, Any], now: float) -> None:
        task.cleaned = True

    def _close(self, task: TaskRecord, now: float) -> None:
        """End an attempt whose own end nobody told."""
        if (last := task.last) is not None and last.open:
            self._move(task, State.WAITING)
            last.ended = now
            last.kind = task.kind or "lost"

    def _begun(self, facts: Mapping[str, Any], now: float) -> None:
        self._lose_driver(self._before_s)
        self.name = facts.get("workflow", self.name)
        self.cluster = facts.get("cluster", self.cluster)
        session = Session(
            now, facts.get("pid"), facts.get("host", ""), str(facts.get("code", ""))
        )
        self.sessions.append(session)

    def _lose_driver(self, then: float) -> None:
        """Take back what an earlier driver left open."""
        self._end_session(then, None, None)
        for task in self.tasks.values():
            if task.state in (State.QUEUED, State.RUNNING):
                lost = {"kind": "lost", "reason": "the driver ended before it did"}
                self._again(task, lost, then)
        for queue in self.queues.values():
            for block in queue.living:
                block.state, block.since = "ended", then

    def _end_session(
        self, now: float, outcome: str | None, remains: int | None
    ) -> None:
        if self.sessions and self.sessions[-1].ended is None:
            self.sessions[-1] = replace(
                self.sessions[-1], ended=now, outcome=outcome, remains=remains
            )

    def _finished(self, facts: Mapping[str, Any], now: float) -> None:
        remains = facts.get("remains")
        count = len(remains) if isinstance(remains, list) else remains
        outcome = facts.get("outcome", "done")
        self._end_session(now, outcome, count)
        if outcome == "done":
            self._forget_former_plans()

    def _forget_former_plans(self) -> None:
        """Drop tasks that only earlier drivers planned: the workflow was another."""
        latest = len(self.sessions)
        for task in list(self.tasks.values()):
            if 0 < task.session < latest:
                step = self.steps[task.step]
                step.tasks.remove(task.id)
                step.counts[task.state] -= 1
                del self.tasks[task.id]
                if not step.tasks:
                    del self.steps[step.name]

    def _looped(self, facts: Mapping[str, Any], now: float) -> None:
        name = str(facts.get("loop", ""))
        loop = self.loops.setdefault(name, LoopRecord(name))
        loop.iterations = int(facts.get("iteration", 0))
        loop.enough = bool(facts.get("enough", False))

    def _block(self, facts: Mapping[str, Any], now: float) -> None:
        job, state = str(facts.get("job", "")), str(facts.get("state", ""))
        blocks = self._queue(str(facts.get("queue", ""))).blocks
        began = blocks[job].began if job in blocks else None
        if began is None and state == "running":
            began = now
        blocks[job] = Block(job, state, now, str(facts.get("reason") or ""), began)


def _fill(attempt: Attempt, facts: Mapping[str, Any], names: Iterable[str]) -> None:
    for name in names:
        if (value := facts.get(name)) is not None:
            setattr(attempt, name, value)


def _measure(attempt: Attempt, facts: Mapping[str, Any], now: float) -> None:
    """Take over what an attempt's end says."""
    _fill(attempt, facts, ("queue", "host", "job", "code", "kind", "reason"))
    _fill(attempt, facts, _MEASURED)
    if began := facts.get("began_utc"):
        attempt.started = seconds_of(began)
    attempt.ended = seconds_of(facts["ended_utc"]) if facts.get("ended_utc") else now
    if attempt.started is None and attempt.seconds is not None:
        attempt.started = attempt.ended - attempt.seconds


_OfTask = Callable[[RunState, TaskRecord, Mapping[str, Any], float], None]
_OfRun = Callable[[RunState, Mapping[str, Any], float], None]
_OF_TASK: dict[str, _OfTask] = {
    record.PLANNED: RunState._planned,
    record.KEPT: RunState._kept,
    record.SUBMITTED: RunState._submitted,
    record.STARTED: RunState._started,
    record.ENDED: RunState._ended,
    record.POSTPONED: RunState._again,
    record.RETRIED: RunState._again,
    record.GIVEN_UP: RunState._given_up,
    record.CLEANED: RunState._cleaned,
}
_OF_RUN: dict[str, _OfRun] = {
    record.BEGUN: RunState._begun,
    record.FINISHED: RunState._finished,
    record.LOOPED: RunState._looped,
    record.BLOCK: RunState._block,
}
