"""What a node is told to run, and what it says when that has ended.

Both are small frozen data that travel as JSON: an order from the driver to a worker,
the answer back and, as `ended.json`, into the task's folder.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeVar

from anticline.errors import ExitCode
from anticline.workflow.tasks.task import CASE, ENDED, LOG


class Kind(StrEnum):
    """How a task ended; what is done about it depends on this."""

    DONE = "done"
    BAD_INPUT = "bad_input"
    """What was given cannot be run."""
    FAILED = "failed"
    """It went wrong while running."""
    DIVERGED = "diverged"
    """Its values are no numbers any more; it would be so again."""
    OUT_OF_MEMORY = "out_of_memory"
    INTERRUPTED = "interrupted"
    """It stopped on request; finished work is kept."""
    KILLED = "killed"
    """A signal ended it that is none of the above."""
    NO_TIME = "no_time"
    """It was not started: its node goes away too soon."""
    LOST = "lost"
    """Nobody can say: its worker or its node is gone."""


@dataclass(frozen=True)
class Order:
    """A task for a node.

    run : the run's folder, absolute. id, folder : of the task; the folder from the
    run's. key : of its result. attempt : counted from 1. queue : that it was sent
    to. nodes, ranks, threads, gpus : of MPI; threads and gpus of each rank.
    memory_gib : of all ranks together [GiB]; None: its cores' share of a node's.
    walltime_s : that it takes at most [s]; None: not known. launcher, mpi : how
    several ranks are started, and what `srun --mpi` is told.
    """

    run: str
    id: str
    folder: str
    component: str
    key: str
    attempt: int = 1
    queue: str = ""
    nodes: int = 1
    ranks: int = 1
    threads: int = 1
    gpus: int = 0
    memory_gib: float | None = None
    walltime_s: float | None = None
    launcher: Literal["srun", "mpirun"] = "mpirun"
    mpi: str = "pmix"

    @cached_property
    def place(self) -> Path:
        """The task's folder."""
        return Path(self.run) / self.folder

    @cached_property
    def case(self) -> Path:
        """The case that is run."""
        return self.place / CASE

    @cached_property
    def log(self) -> Path:
        """Where its output goes."""
        return self.place / LOG

    @cached_property
    def ended(self) -> Path:
        """Where it is kept how it ended."""
        return self.place / ENDED


@dataclass(frozen=True)
class Ended:
    """How an attempt ended.

    code : an `ExitCode`, or what the launcher gave; None: nobody knows. reason : in
    a line or two, empty where it is done. began_utc, ended_utc : ISO 8601 with
    microseconds. seconds : wall time [s]. cpu_seconds : of all ranks [s].
    peak_bytes : most memory at a time [bytes], of all ranks together. host : that it
    ran on. job : Slurm's number of its block, or empty. block : of its queue.
    """

    code: int | None
    kind: Kind
    reason: str
    began_utc: str
    ended_utc: str
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    host: str
    job: str
    queue: str
    ranks: int
    threads: int
    attempt: int
    key: str
    block: str = ""

    @property
    def done(self) -> bool:
        """Whether the outputs are there."""
        return self.kind == Kind.DONE


T = TypeVar("T", Order, Ended)
_NAMES = {cls: [field.name for field in fields(cls)] for cls in (Order, Ended)}


def keep(ended: Ended, path: Path) -> None:
    """Write an ended.json whole or not at all, whoever is killed meanwhile.

    It is not brought to disk: a machine that fails may leave an empty file, which says
    nothing, and the task is run again. Waiting for the disk would cost a small task
    more than all the rest.

    Raises
    ------
    OSError
        It cannot be written; ENOSPC where the disk is full.
    """
    part = path.with_suffix(".part")
    text = json.dumps(to_json(ended)).encode()
    try:
        with open(part, "wb") as stream:  # noqa: PTH123  half the time
            stream.write(text)
        os.replace(part, path)  # noqa: PTH105  the same
    except OSError:
        part.unlink(missing_ok=True)
        raise


def to_json(made: Order | Ended) -> dict[str, Any]:
    """Give plain JSON values."""
    known = vars(made)
    return {name: known[name] for name in _NAMES[type(made)]}


def from_json(cls: type[T], given: Mapping[str, Any]) -> T:
    """Make it of JSON values; names that are not known are left out.

    Raises
    ------
    KeyError, TypeError, ValueError
        They are none of an order or an end.
    """
    values = {name: given[name] for name in _NAMES[cls] if name in given}
    if cls is Ended:
        values["kind"] = Kind(values["kind"])
    return cls(**values)


def kind_of(code: int) -> Kind:
    """Tell the kind of an exit code; `killed` for one that is none of ours."""
    kinds = {
        ExitCode.DONE: Kind.DONE,
        ExitCode.BAD_INPUT: Kind.BAD_INPUT,
        ExitCode.FAILED: Kind.FAILED,
        ExitCode.INTERRUPTED: Kind.INTERRUPTED,
    }
    return kinds.get(code, Kind.KILLED)  # type: ignore[call-overload, no-any-return]
