"""A run as somebody finds it: its folder, its events, whether a driver lives."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from anticline.errors import BadInput, ExitCode, Finding
from anticline.events.disk import events_on_disk, name_of, started
from anticline.events.driver import driver_of
from anticline.events.log import EVENTS, Reader
from anticline.events.progress import State
from anticline.events.query import RunState
from anticline.events.record import Event
from anticline.workflow.tasks.task import STEPS

RUNNING, STOPPED = "running", "stopped"
FINISHED, UNFINISHED, FAILED = "done", "unfinished", "failed"


@dataclass(frozen=True)
class Sight:
    """A run at one moment.

    folder : of the run. driver : the living one's name. now : the moment that ages
    are counted to [s since 1970]; that of the last event where no driver lives.
    logged : whether there is a log; else the tasks' folders were read. damaged :
    lines that are no events.
    """

    folder: Path
    state: RunState
    driver: str | None
    now: float
    logged: bool = True
    damaged: tuple[Finding, ...] = ()

    @property
    def word(self) -> str:
        """Say in a word how it is with the run.

        running; done, failed, interrupted (by a driver's own account); stopped (its
        driver was killed). Of one without a driver: done, failed or unfinished.
        """
        if self.driver is not None:
            return RUNNING
        if not self.logged:
            return self._word_of_tasks()
        return self.state.outcome or STOPPED

    @property
    def exit_code(self) -> ExitCode:
        """Give 0 for done, 70 for failed, 75 for what can go on."""
        codes = {FINISHED: ExitCode.DONE, FAILED: ExitCode.FAILED}
        return codes.get(self.word, ExitCode.INTERRUPTED)

    def _word_of_tasks(self) -> str:
        counts, held_up = self.state.counts, len(self.state.held_up())
        over = counts[State.DONE] + counts[State.FAILED] + held_up
        if over < len(self.state.tasks):
            return UNFINISHED
        return FAILED if counts[State.FAILED] else FINISHED

    @property
    def elapsed_s(self) -> float:
        """Time [s] in which a driver lived."""
        return self.state.driven_s(self.now)


class Follower:
    """Looks at a run again and again, and reads only what is new.

    news : the events that the latest look found.

    Raises
    ------
    BadInput
        From `look`: the folder is no run, or its log cannot be read.
    """

    def __init__(
        self, folder: Path | str, clock: Callable[[], float] = time.time
    ) -> None:
        self.folder = Path(folder)
        self._clock = clock
        self._reader = Reader(self.folder / EVENTS)
        self._state = RunState()
        self.news: list[Event] = []

    def look(self) -> Sight:
        """Give the run as it is now."""
        driver = driver_of(self.folder)  # before the log: its last words are read
        if not self._reader.path.exists():
            return self._without_log(driver)
        self.news = self._reader.read()
        for event in self.news:
            self._state.add(event)
        if driver is not None:
            self._find_running()
        latest = self._state.latest_s or 0.0
        now = latest if driver is None else max(self._clock(), latest)
        damaged = tuple(self._reader.damaged)
        return Sight(self.folder, self._state, driver, now, True, damaged)

    def _find_running(self) -> None:
        """Take from the tasks' folders which of the submitted ones run."""
        for queue in self._state.queues.values():
            for name in sorted(queue.queued):
                event = started(self.folder, self._state.tasks[name])
                if event is not None:
                    self._state.see(event)

    def _without_log(self, driver: str | None) -> Sight:
        if not (self.folder / STEPS).is_dir() and driver is None:
            text = "is no run: neither events.jsonl nor steps/ is in it"
            raise BadInput(Finding(str(self.folder), None, text))
        state = RunState.of(events_on_disk(self.folder))
        state.name = name_of(self.folder)
        now = self._clock() if state.running else state.latest_s or 0.0
        return Sight(self.folder, state, driver, now, False)


def look(folder: Path | str) -> Sight:
    """Look at a run once; BadInput where the folder is none."""
    return Follower(folder).look()
