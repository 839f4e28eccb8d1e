"""The loop of a run: what can start is sent, what ends is judged, all is written down.

Each message (an attempt that ended, a moment, a wish to stop) costs what it touches
and no more: nothing goes through all tasks. Events of all messages that came together
are written together, before anything else is sent.
"""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import islice

from anticline.errors import Failed
from anticline.events import record
from anticline.execution.driver.book import Book, Turn
from anticline.execution.driver.dispatch import Dispatcher, Trial
from anticline.execution.driver.droughts import Droughts
from anticline.execution.driver.folders import NOTHING, kept
from anticline.execution.driver.frontier import Frontier, needed
from anticline.execution.driver.inbox import (
    Again,
    Changed,
    Inbox,
    Landed,
    Message,
    Moment,
    Stop,
)
from anticline.execution.driver.notes import Notes
from anticline.execution.driver.orders import ends_of, facts_of, order_for, prepare
from anticline.execution.driver.runfolder import STOP
from anticline.execution.driver.setting import Setting, Show
from anticline.execution.driver.verdicts import Lost, Outcome
from anticline.execution.driver.workers import Block, Workers
from anticline.execution.node.claim import running, withdraw
from anticline.execution.node.order import Ended, Kind, Order
from anticline.recovery.policy import Action, Ending, Verdict, judge
from anticline.workflow.tasks.task import LOG, Task

TICK_S = 0.5
MOST_LOOKED_AT = 128
"""Waiting tasks that are looked at in a tick: more than begin in one."""
FULL = ("No space left on device", "Disk quota exceeded")


class Driver:
    """One driver's time with a run; `drive` is called once."""

    def __init__(
        self,
        setting: Setting,
        book: Book,
        workers: Workers,
        notes: Notes,
        inbox: Inbox,
        show: Show,
    ) -> None:
        self._setting, self._book, self._workers = setting, book, workers
        self._notes, self._inbox, self._show = notes, inbox, show
        self._dispatcher = Dispatcher(setting.cluster, setting.registry.components)
        self._frontier = Frontier()
        self._flying: dict[str, Trial] = {}
        self._waiting: dict[str, Trial] = {}  # those that have not begun yet
        self._lost: list[Lost] = []
        self._stopped: str | None = None
        self._droughts = Droughts(setting.cluster)
        self._done = self._kept = 0

    def drive(self) -> Outcome:
        """Run what is to be run; returns when all is over or was asked to stop.

        Raises
        ------
        Failed
            The run's folder cannot be written; the text says why.
        """
        self._open()
        self._inbox.put_later(Moment.TICK, TICK_S)
        while self._goes_on():
            self._send()
            self._notes.write()
            for message in self._inbox.wait():
                self._take(message)
            self._notes.write()
        return self._close()

    def _goes_on(self) -> bool:
        """Whether there is something to wait for; once stopped, what has begun."""
        if self._stopped is not None:
            self._note_starts(len(self._waiting))
            return len(self._flying) > len(self._waiting)
        return self._frontier.left > 0

    # -- what is known ------------------------------------------------------------

    def _open(self) -> None:
        """Take in the tasks that are known, and what of them is done."""
        turns = list(self._book.pages())
        self._take_in(list(self._book.tasks.values()))
        for turn in turns:
            self._tell_turn(turn)

    def _take_in(self, new: list[Task]) -> None:
        """Take in tasks that came to be known, and those that they need again."""
        book = self._book
        wanted = needed(list(book.tasks.values()), book.valid)
        names = {task.id for task in new}
        again = [t for n, t in book.tasks.items() if n in wanted and n not in names]
        again = [task for task in again if task.id in self._frontier.done]
        self._kept -= len(again)
        coming = [*again, *new]
        for task in new:
            self._plan(task)
        kept_now = names - wanted
        self._kept += len(kept_now)
        for name in kept_now:
            past = book.past.get(name)
            self._notes.tell(record.KEPT, name, **(facts_of(past) if past else {}))
        for task in self._frontier.add(coming, kept_now):
            self._make_wait(task)

    def _plan(self, task: Task) -> None:
        self._notes.tell(
            record.PLANNED,
            task.id,
            step=task.step,
            component=task.component,
            after=list(task.after),
        )

    def _tell_turn(self, turn: Turn) -> None:
        self._notes.tell(
            record.LOOPED, loop=turn.loop, iteration=turn.iteration, enough=turn.enough
        )

    def _make_wait(self, task: Task) -> None:
        """Let a task whose inputs are there wait for a queue."""
        past = self._notes.state.tasks.get(task.id)
        trial = Trial(
            task,
            self._book.key(task),
            scattered="[" in task.id,
            level=self._frontier.level[task.id],
            attempt=past.last.number if past and past.last else 0,
        )
        self._wait(trial)

    def _wait(self, trial: Trial) -> None:
        if not self._dispatcher.add(trial):
            self._give_up(trial, Kind.BAD_INPUT, "no queue can hold it")

    # -- sending ------------------------------------------------------------------

    def _send(self) -> None:
        """Send what waits to the queues that have room."""
        while self._stopped is None and (trials := self._dispatcher.next()):
            try:
                orders = [self._order(trial) for trial in trials]
            except OSError as error:
                for trial in trials:
                    self._dispatcher.give_back(trial, None)
                    self._inbox.put(Again(trial))
                self._stop(f"{self._setting.run}: {error.strerror}")
            else:
                self._submit(trials, orders)

    def _order(self, trial: Trial) -> Order:
        """Make a task ready for its next attempt; OSError where that cannot be."""
        trial.attempt += 1
        order = order_for(trial, self._setting.run, self._setting.cluster)
        afresh = prepare(trial, order)
        trial.kept = NOTHING if afresh else kept(self._setting.run, trial.task)
        return order

    def _submit(self, trials: list[Trial], orders: list[Order]) -> None:
        for trial, order in zip(trials, orders, strict=True):
            self._tell_submitted(trial, order)
            self._flying[trial.task.id] = self._waiting[trial.task.id] = trial
        future = self._workers.submit(orders, trials[0].queue)
        future.add_done_callback(lambda done: self._inbox.put(Landed(orders, done)))

    def _tell_submitted(self, trial: Trial, order: Order) -> None:
        self._notes.tell(
            record.SUBMITTED,
            trial.task.id,
            queue=trial.queue,
            attempt=trial.attempt,
            ranks=order.ranks,
            threads=order.threads,
            gpus=order.gpus,
            memory_gib=order.memory_gib,
            walltime_s=order.walltime_s,
        )

    # -- what happens -------------------------------------------------------------

    def _take(self, message: Message) -> None:
        match message:
            case Landed(orders, future):
                for order, ended in zip(orders, ends_of(orders, future), strict=True):
                    self._land(order, ended)
            case Changed(block):
                self._change(block)
            case Again(trial):
                self._wait(trial)
            case Stop() if self._stopped is not None:
                self._flying.clear()  # asked twice
                self._waiting.clear()
            case Stop(reason):
                self._stop(reason)
            case Moment.TICK:
                self._tick()
            case Moment.TIME_IS_UP:
                self._flying.clear()
                self._waiting.clear()

    def _land(self, order: Order, ended: Ended) -> None:
        trial = self._flying.get(order.id)
        if trial is None or trial.attempt != order.attempt:
            return  # a later attempt took its place
        del self._flying[order.id]
        self._waiting.pop(order.id, None)
        ran = ended.kind not in (Kind.LOST, Kind.NO_TIME)
        self._dispatcher.give_back(trial, ended.seconds if ran else None)
        self._notes.tell(record.ENDED, order.id, **facts_of(ended))
        self._judge(trial, ended)

    def _judge(self, trial: Trial, ended: Ended) -> None:
        asked = trial.needs
        assert asked is not None
        past = replace(trial.history, ranks=asked.ranks, memory_gib=asked.memory_gib)
        gained = not ended.done and (kept(self._setting.run, trial.task) != trial.kept)
        ending = Ending(str(ended.kind), trial.queue, gained, ended.reason)
        verdict = judge(
            ending, past, self._dispatcher.room(trial), self._setting.limits
        )
        if verdict.action is Action.DONE:
            self._finish(trial)
        elif self._stopped is not None:
            self._notes.tell(
                record.POSTPONED, trial.task.id, kind=ended.kind, reason=self._stopped
            )
        elif any(text in ended.reason for text in FULL):
            self._stop(f"{trial.task.id}: {ended.reason}")
            self._notes.tell(
                record.POSTPONED, trial.task.id, kind=ended.kind, reason=ended.reason
            )
        elif verdict.action is Action.GIVE_UP:
            self._give_up(trial, ended.kind, verdict.remedy or ended.reason)
        else:
            self._try_again(trial, ended, verdict)

    def _finish(self, trial: Trial) -> None:
        self._done += 1
        name = trial.task.id
        self._book.valid.add(name)
        try:
            turn = self._book.turn_of(name)
        except Failed as error:
            self._give_up(trial, Kind.FAILED, str(error))
            return
        for task in self._frontier.finish(name):
            self._make_wait(task)
        if turn is not None:
            self._tell_turn(turn)
            self._take_in(self._book.page())

    def _try_again(self, trial: Trial, ended: Ended, verdict: Verdict) -> None:
        asked, history = trial.needs, verdict.history
        assert asked is not None
        same = (history.ranks, history.memory_gib) == (asked.ranks, asked.memory_gib)
        unchanged = trial.history.ranks, trial.history.memory_gib
        if same:  # what another queue would give it of itself stays open
            history = replace(history, ranks=unchanged[0], memory_gib=unchanged[1])
        trial.history = history
        kinds = {Action.POSTPONE: record.POSTPONED, Action.RETRY: record.RETRIED}
        self._notes.tell(
            kinds[verdict.action],
            trial.task.id,
            kind=ended.kind,
            reason=ended.reason,
            remedy=verdict.remedy,
        )
        self._show.note(
            f"{trial.task.id}: {ended.kind}: {ended.reason}; {verdict.remedy}"
        )
        self._inbox.put_later(Again(trial), verdict.pause_s)

    def _give_up(self, trial: Trial, kind: str, reason: str) -> None:
        name = trial.task.id
        self._notes.tell(record.GIVEN_UP, name, kind=kind, reason=reason)
        log = self._setting.run / trial.task.folder / LOG
        self._lost.append(Lost(name, kind, reason, log))
        self._frontier.fail(name)
        self._show.note(f"failed: {name}: {kind}")

    # -- time ---------------------------------------------------------------------

    def _tick(self) -> None:
        """Look at what nobody tells: the time, a wish to stop by a file."""
        self._inbox.put_later(Moment.TICK, TICK_S)
        if (self._setting.run / STOP).exists():
            self._stop("cancelled")
        self._note_starts(MOST_LOOKED_AT)
        self._turn_to_others()
        self._show.look(self._notes.state)

    def _change(self, block: Block) -> None:
        """Note a block's new state."""
        self._droughts.change(block)
        self._notes.tell(
            record.BLOCK,
            queue=block.queue,
            job=block.job,
            state=block.state,
            reason=block.reason or None,
        )

    def _turn_to_others(self) -> None:
        """Let what waits in a dry queue wait for another, where it may."""
        waiting = list(self._waiting.values())
        closed = self._dispatcher.loads.closed
        dry = self._droughts.dry(time.monotonic(), (trial.queue for trial in waiting))
        for name in dry - closed:
            self._show.note(f"queue {name} has no node; its tasks go elsewhere")
        closed.clear()
        closed.update(dry)
        for trial in waiting:
            if trial.queue in dry and self._dispatcher.elsewhere(trial):
                self._withdraw(trial)

    def _withdraw(self, trial: Trial) -> None:
        """Take a task back from its queue, unless it began this moment."""
        name = trial.task.id
        if not withdraw(order_for(trial, self._setting.run, self._setting.cluster)):
            return
        del self._flying[name], self._waiting[name]
        self._dispatcher.give_back(trial, None)
        reason = f"queue {trial.queue} has no node"
        self._notes.tell(record.POSTPONED, name, kind="no_capacity", reason=reason)
        self._wait(trial)

    def _stop(self, reason: str) -> None:
        """Begin nothing more; ask what runs to keep its work."""
        if self._stopped is not None:
            return
        self._stopped = reason
        self._show.note(f"stopping: {reason}; what runs keeps its work")
        self._workers.stop()
        self._inbox.put_later(Moment.TIME_IS_UP, self._setting.grace_s)

    def _note_starts(self, most: int) -> None:
        """Look which of the tasks that wait longest have begun; they begin in order."""
        for name, trial in list(islice(self._waiting.items(), most)):
            said = running(self._setting.run / trial.task.folder)
            if said is not None and said.get("attempt") == trial.attempt:
                del self._waiting[name]
                facts = {key: said[key] for key in ("host", "job") if said.get(key)}
                self._notes.tell(record.STARTED, name, queue=trial.queue, **facts)

    def _close(self) -> Outcome:
        remains = len(self._frontier.tasks) - len(self._frontier.done)
        remains += len(self._book.open_loops())
        outcome = Outcome(
            run=self._setting.run,
            done=self._done,
            kept=self._kept,
            lost=tuple(self._lost),
            held=dict(self._frontier.held),
            remains=remains,
            stopped=self._stopped,
        )
        self._notes.tell(record.FINISHED, outcome=outcome.name, remains=remains)
        self._notes.write()
        self._show.look(self._notes.state)
        return outcome
