"""The parts of a run as its events tell them: tasks, attempts, steps, queues, loops.

    waiting --> queued --> running --> done        cleaned: done, its files removed
       ^          |           |
       '----------+-----------+--> failed          given up, or not yet decided on

Times are seconds since 1970, UTC; None: not known (yet).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

NO_TIME = "no_time"


class State(StrEnum):
    """Where a task stands."""

    WAITING = "waiting"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(slots=True)
class Attempt:
    """One try at a task.

    ranks, threads, gpus, memory_gib : what it asked for, memory [GiB] of all ranks.
    seconds : run time. cpu_seconds : processor time of all ranks. peak_bytes : memory
    of all ranks. code, kind : how it ended; None while it lasts.
    """

    task: str
    step: str
    number: int = 1
    queue: str = ""
    host: str = ""
    job: str = ""
    submitted: float | None = None
    started: float | None = None
    ended: float | None = None
    seconds: float | None = None
    cpu_seconds: float | None = None
    peak_bytes: float | None = None
    ranks: int = 1
    threads: int = 1
    gpus: int = 0
    memory_gib: float | None = None
    code: int | None = None
    kind: str | None = None
    reason: str = ""

    @property
    def done(self) -> bool:
        """Whether it ended well."""
        return self.code == 0

    @property
    def ran(self) -> bool:
        """Whether it came to run, as far as is known."""
        return self.kind != NO_TIME and (self.started is not None or not self.open)

    @property
    def open(self) -> bool:
        """Whether it has not ended."""
        return self.ended is None


@dataclass(slots=True)
class TaskRecord:
    """A task and every attempt at it.

    failed_for_good : nothing more is tried. kept : it was done when a driver came.
    cleaned : its outputs were removed. note : why it waits again or failed.
    session : number of the driver that planned it last, from 1; 0: none did.
    """

    id: str
    step: str = ""
    component: str = ""
    after: tuple[str, ...] = ()
    state: State = State.WAITING
    attempts: list[Attempt] = field(default_factory=list)
    failed_for_good: bool = False
    kept: bool = False
    cleaned: bool = False
    kind: str = ""
    note: str = ""
    session: int = 0

    @property
    def last(self) -> Attempt | None:
        """The newest attempt."""
        return self.attempts[-1] if self.attempts else None

    @property
    def repeats(self) -> list[Attempt]:
        """Attempts that ran and had to be made again."""
        return [a for a in self.attempts[:-1] if a.ran]


@dataclass(slots=True)
class StepRecord:
    """The tasks of a step: how many stand where, and what the finished ones took.

    tasks : ids in the order they were planned. seconds : run times [s] of the
    attempts that ended well.
    """

    name: str
    component: str = ""
    tasks: list[str] = field(default_factory=list)
    counts: Counter[State] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many tasks are known."""
        return len(self.tasks)


@dataclass(slots=True)
class Block:
    """A Slurm job that holds workers of a queue.

    since : when it came into its state. began : when it began to run.
    """

    job: str
    state: str
    since: float
    reason: str = ""
    began: float | None = None


@dataclass(slots=True)
class QueueRecord:
    """A queue: its blocks by job, its tasks by state, and what it has finished.

    most : tasks that ran at once. finished : when each got done, and how long it had
    run [s].
    """

    name: str
    blocks: dict[str, Block] = field(default_factory=dict)
    running: set[str] = field(default_factory=set)
    queued: set[str] = field(default_factory=set)
    most: int = 0
    finished: list[tuple[float, float]] = field(default_factory=list)

    @property
    def living(self) -> list[Block]:
        """Blocks that have not ended."""
        return [block for block in self.blocks.values() if block.state != "ended"]


@dataclass(slots=True)
class LoopRecord:
    """A loop: how many iterations have ended, and whether that was enough."""

    name: str
    iterations: int = 0
    enough: bool = False


@dataclass(frozen=True)
class Session:
    """One driver's time with the run: from `begun` to `finished`, or to its death.

    outcome : done, failed or interrupted; None: it lives, or was killed.
    """

    begun: float
    pid: int | None = None
    host: str = ""
    code: str = ""
    ended: float | None = None
    outcome: str | None = None
    remains: int | None = None


def seconds_of(utc: str) -> float:
    """Give seconds since 1970 of an event's time; 0 where it is none."""
    try:
        return datetime.fromisoformat(utc).timestamp()
    except ValueError:
        return 0.0
