"""How a run of a workflow ended, and what a person is told of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from anticline.errors import ExitCode

MOST_SHOWN = 20


@dataclass(frozen=True)
class Lost:
    """A task that was given up: why, and where it says more."""

    task: str
    kind: str
    reason: str
    log: Path

    def __str__(self) -> str:
        """Write it in one line."""
        reason = " ".join(self.reason.split()) or "no reason is known"
        return f"{self.task}: {self.kind}: {reason}; see {self.log}"


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    done, kept : tasks run now, and found done. lost : given up ones. held : tasks
    that were not run, by the task to blame. remains : tasks that are not done.
    stopped : why it ended early; None: it did not. run : its folder.
    """

    run: Path
    done: int
    kept: int
    lost: tuple[Lost, ...] = ()
    held: Mapping[str, str] = field(default_factory=dict)
    remains: int = 0
    stopped: str | None = None

    @property
    def name(self) -> str:
        """Name the outcome as the log does."""
        if self.stopped is not None:
            return "interrupted"
        return "failed" if self.lost or self.remains else "done"

    @property
    def code(self) -> ExitCode:
        """Give the exit code."""
        codes = {"done": ExitCode.DONE, "failed": ExitCode.FAILED}
        return codes.get(self.name, ExitCode.INTERRUPTED)

    def lines(self) -> Iterator[str]:
        """Say it to a person."""
        yield from (f"failed: {one}" for one in self.lost[:MOST_SHOWN])
        if len(self.lost) > MOST_SHOWN:
            yield f"failed: {len(self.lost) - MOST_SHOWN} more; anticline status"
        for blame, count in Counter(self.held.values()).items():
            yield f"not run because of {blame}: {_some(self.held, blame, count)}"
        kept = f", {self.kept} were done before" if self.kept else ""
        counts = f"{self.done} tasks done{kept}"
        if self.stopped is not None:
            yield f"stopped: {self.stopped}; {counts}, {self.remains} to do"
        elif self.name == "failed":
            yield f"failed: {len(self.lost)} tasks; {counts}, {self.remains} not done"
        else:
            yield f"done: {counts}"
        if self.name != "done":
            yield f"what is done is kept; go on with: anticline resume {self.run}"


def _some(held: Mapping[str, str], blame: str, count: int) -> str:
    names = [name for name, by in held.items() if by == blame][:5]
    more = f" and {count - len(names)} more" if count > len(names) else ""
    return ", ".join(names) + more
