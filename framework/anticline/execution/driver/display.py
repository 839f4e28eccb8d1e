"""A run as people see it while it goes on: bars on a terminal, lines elsewhere.

A bar for each step and one for all tasks, with the time left; without a terminal a
line whenever another tenth is done, and never two within `QUIET_S`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from anticline.component.progress import clock_time
from anticline.events.estimate import time_left
from anticline.events.progress import State, StepRecord
from anticline.events.query import RunState

if TYPE_CHECKING:
    from rich.progress import Progress

QUIET_S = 2.0
MOST_BARS = 12


class Silent:
    """Shows nothing."""

    def note(self, line: str) -> None:
        """Drop a line."""

    def look(self, state: RunState) -> None:
        """Show nothing."""

    def close(self) -> None:
        """Do nothing."""


class InLines:
    """Lines on a stream that is no terminal."""

    def __init__(
        self, stream: TextIO, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream, self._clock = stream, clock
        self._tenth, self._said = 0, clock()

    def note(self, line: str) -> None:
        """Write a line."""
        print(line, file=self._stream, flush=True)

    def look(self, state: RunState) -> None:
        """Write a line where another tenth is done."""
        done, total = count(state)
        tenth = 10 * done // max(1, total)
        if tenth != self._tenth and self._clock() - self._said >= QUIET_S:
            self._tenth, self._said = tenth, self._clock()
            self.note(f"{done}/{total} tasks{left_text(state)}; {steps_text(state)}")

    def close(self) -> None:
        """Do nothing: every line is written."""


class OnTerminal:
    """Bars on a terminal, with notes above them."""

    def __init__(
        self, stream: TextIO, clock: Callable[[], float] = time.monotonic
    ) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self._console = Console(file=stream, highlight=False)
        self._bars: Progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}", markup=False),
            console=self._console,
            refresh_per_second=2,
        )
        self._all = self._bars.add_task("all", total=None, note="")
        self._steps: dict[str, int] = {}
        self._clock, self._estimated, self._note = clock, -QUIET_S, ""
        self._bars.start()

    def note(self, line: str) -> None:
        """Write a line above the bars."""
        self._console.print(line, markup=False, soft_wrap=True)

    def look(self, state: RunState) -> None:
        """Move the bars."""
        done, total = count(state)
        if self._clock() - self._estimated >= QUIET_S:
            self._estimated = self._clock()
            self._note = left_text(state).removeprefix(", ")
        self._bars.update(self._all, completed=done, total=total, note=self._note)
        for step in list(state.steps.values())[:MOST_BARS]:
            self._move(step)

    def _move(self, step: StepRecord) -> None:
        if step.name not in self._steps:
            bar = self._bars.add_task(f"  {step.name}", total=None, note="")
            self._steps[step.name] = bar
        running, failed = step.counts[State.RUNNING], step.counts[State.FAILED]
        notes = [f"{running} running"] * bool(running) + [f"{failed} failed"] * bool(
            failed
        )
        self._bars.update(
            self._steps[step.name],  # type: ignore[arg-type]
            completed=step.counts[State.DONE],
            total=step.total,
            note=", ".join(notes),
        )

    def close(self) -> None:
        """Leave the bars as they stand."""
        self._bars.stop()


Display = Silent | InLines | OnTerminal


@contextmanager
def display(*, quiet: bool, stream: TextIO | None = None) -> Iterator[Display]:
    """Choose how a run is shown, for as long as it goes on."""
    stream = stream or sys.stderr
    show: Display = InLines(stream)
    if quiet:
        show = Silent()
    elif stream.isatty():
        show = OnTerminal(stream)
    try:
        yield show
    finally:
        show.close()


def count(state: RunState) -> tuple[int, int]:
    """Count the tasks that are done, and all that are known."""
    return state.counts[State.DONE], len(state.tasks)


def left_text(state: RunState) -> str:
    """Say how much time is left, as far as it is known."""
    left = time_left(state, time.time())
    if left is None or left.high_s <= 0:
        return ""
    least = "at least " if left.unknown else ""
    return f", {least}{clock_time((left.low_s + left.high_s) / 2)} left"


def steps_text(state: RunState) -> str:
    """Give each step that has begun and is not over, with its count."""
    parts = [
        f"{step.name} {step.counts[State.DONE]}/{step.total}"
        for step in state.steps.values()
        if 0 < step.counts[State.DONE] < step.total
    ]
    return ", ".join(parts[:MOST_BARS]) or "between two steps"
