"""The errors anticline raises, and the exit code each ends a run with.

    AnticlineError            70  anything this project raises on purpose
    ├── BadInput              65  what was given cannot be run; carries findings
    │   ├── CaseError             a case file
    │   └── OutputExists          an output is there, made from another case
    ├── Failed                70  a run went wrong while running
    │   └── Diverged              its values are no numbers any more
    └── Interrupted           75  stopped early, finished work is kept

The codes are those of ``sysexits.h`` (EX_DATAERR, EX_SOFTWARE, EX_TEMPFAIL), so
that a batch script can tell "mend the case" from "submit it again".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path


class ExitCode(IntEnum):
    """How a run ended, as its process exit status."""

    DONE = 0
    BAD_INPUT = 65
    FAILED = 70
    INTERRUPTED = 75


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong, and where.

    ``file`` is the document or data file concerned (None: no file), ``line`` its
    line counted from 1 (None: the whole file), ``text`` what was found, what is
    needed and what to do, in one line.
    """

    file: str | None
    line: int | None
    text: str

    def __str__(self) -> str:
        """Give ``file:line  text``, one line that a terminal shows as it is."""
        if self.file is None:
            return plain(self.text)
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return plain(f"{place}  {self.text}")


def plain(text: str) -> str:
    """Write line ends, control characters and halves of characters as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


class AnticlineError(Exception):
    """Anything this project raises on purpose."""

    exit_code = ExitCode.FAILED


class BadInput(AnticlineError):
    """What was given cannot be run; every finding at once.

    Parameters
    ----------
    findings : Finding, str or an iterable of them
        A string is a finding without a place.
    """

    exit_code = ExitCode.BAD_INPUT

    def __init__(self, findings: Finding | str | Iterable[Finding | str]) -> None:
        single = isinstance(findings, Finding | str)
        several: Iterable[Finding | str] = [findings] if single else findings  # type: ignore[list-item, assignment]
        self.findings: tuple[Finding, ...] = tuple(
            Finding(None, None, item) if isinstance(item, str) else item
            for item in several
        )
        super().__init__(self.findings)

    def __str__(self) -> str:
        """Give one line per finding."""
        return "\n".join(str(finding) for finding in self.findings)


class CaseError(BadInput):
    """A case file that cannot be run."""


class OutputExists(BadInput):
    """An output file is there already, and it is another case's result."""

    @classmethod
    def at(cls, path: Path) -> OutputExists:
        """Name the file and the two ways out of it."""
        text = "exists from another case; remove it or name another output"
        return cls(Finding(str(path), None, text))


class Failed(AnticlineError):
    """A run went wrong while running (a NaN, a full disk, a lost peer)."""


class Diverged(Failed):
    """The values of a run are no numbers any more; the same case would end alike."""


class Interrupted(AnticlineError):
    """Stopped early on request; finished work is kept and used by the next run.

    A driver raises it on every rank of its communicator.
    """

    exit_code = ExitCode.INTERRUPTED
