"""Progress as people see it: a bar on a terminal, a line per tenth elsewhere.

Rank 0 reports, the others stay silent. `mpirun` hands its ranks a pipe instead of
the terminal it runs in; the launcher then says so by ANTICLINE_TERMINAL, the
terminal's width in columns. ANTICLINE_QUIET silences rank 0 too.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as RichProgress

TERMINAL = "ANTICLINE_TERMINAL"
QUIET = "ANTICLINE_QUIET"


class Progress(Protocol):
    """A count of work done out of a total."""

    def advance(self, n: int = 1, note: str = "") -> None:
        """Add ``n`` finished pieces; ``note`` is shown beside the count."""

    def close(self) -> None:
        """End the display; a second call does nothing."""


class Reporter(Protocol):
    """Where a run's messages and progress go."""

    def log(self, text: str) -> None:
        """Show a line."""

    def progress(self, label: str, total: int) -> Progress:
        """Begin a count of ``total`` pieces."""


def reporter(rank: int, stream: TextIO | None = None) -> Reporter:
    """Choose how ``rank`` reports: a bar, plain lines, or silence."""
    if rank != 0 or os.environ.get(QUIET):
        return Silent()
    stream = stream or sys.stderr
    columns = os.environ.get(TERMINAL, "")
    if stream.isatty() or columns.isdigit():
        return OnTerminal(stream, int(columns) if columns.isdigit() else None)
    return InLines(stream)


class Silent:
    """Says nothing; its own progress."""

    def log(self, text: str) -> None:
        """Drop the text."""

    def progress(self, label: str, total: int) -> Progress:
        """Give a count that shows nothing."""
        return self

    def advance(self, n: int = 1, note: str = "") -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class InLines:
    """Plain lines, for log files."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def log(self, text: str) -> None:
        """Write a line at once."""
        print(text, file=self._stream, flush=True)

    def progress(self, label: str, total: int) -> Progress:
        """Begin a count that writes a line for every tenth of it."""
        return CountInLines(label, total, self.log)


class CountInLines:
    """A line whenever another tenth of the total is done."""

    def __init__(
        self,
        label: str,
        total: int,
        write: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._label, self._total = label, total
        self._write, self._clock = write, clock
        self._done = 0
        self._started = clock()

    def advance(self, n: int = 1, note: str = "") -> None:
        """Add ``n``; write a line when this passes a tenth."""
        tenth_before = self._tenths()
        self._done += n
        if self._tenths() > tenth_before:
            self._write(self._line(note))

    def close(self) -> None:
        """Do nothing: the last line is written."""

    def _tenths(self) -> int:
        return 10 * self._done // self._total if self._total > 0 else 0

    def _line(self, note: str) -> str:
        elapsed = self._clock() - self._started
        left = elapsed * (self._total - self._done) / self._done
        share = 100 * self._done // self._total
        text = f"{self._label}: {self._done}/{self._total} ({share} %)"
        when = f"{clock_time(left)} left" if left > 0 else f"in {clock_time(elapsed)}"
        return f"{text}, {when}" + (f", {note}" if note else "")


class OnTerminal:
    """Lines and bars on one terminal, kept apart by rich."""

    def __init__(self, stream: TextIO, columns: int | None) -> None:
        from rich.console import Console

        self._console: Console = Console(
            file=stream, force_terminal=True, width=columns, highlight=False
        )

    def log(self, text: str) -> None:
        """Write a line above the bar."""
        self._console.print(text, markup=False, soft_wrap=True)

    def progress(self, label: str, total: int) -> Progress:
        """Begin a bar."""
        return Bar(self._console, label, total)


class Bar:
    """A bar with count, time left and a note."""

    def __init__(self, console: Console, label: str, total: int) -> None:
        from rich import progress

        self._bar: RichProgress = progress.Progress(
            progress.TextColumn("{task.description}", markup=False),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TimeElapsedColumn(),
            progress.TextColumn("left"),
            progress.TimeRemainingColumn(),
            progress.TextColumn("{task.fields[note]}", markup=False),
            console=console,
            speed_estimate_period=3600,
        )
        self._task = self._bar.add_task(label, total=total, note="")
        self._bar.start()

    def advance(self, n: int = 1, note: str = "") -> None:
        """Move the bar by ``n``."""
        self._bar.update(self._task, advance=n, note=note)

    def close(self) -> None:
        """Leave the bar as it stands."""
        self._bar.stop()


def clock_time(seconds: float) -> str:
    """Write a duration [s] as a clock does: 1:02:03, 2:03, 0:03."""
    minutes, whole = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02d}:{whole:02d}"
    return f"{minutes}:{whole:02d}"
