"""Calling a component's driver: the same for ranks of their own and warm workers."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from anticline.component.case import Case, load_case
from anticline.component.checking import check_case
from anticline.component.context import RunContext, work_folder
from anticline.component.registry import Registry, resolve
from anticline.component.stop import StopFlag
from anticline.errors import CaseError
from anticline.execution.node import failure

if TYPE_CHECKING:
    from mpi4py import MPI


@dataclass(frozen=True)
class Job:
    """What the ranks agree on: a checked case, and the name of this run."""

    case: Case
    run: str

    @classmethod
    def of(cls, case: Case) -> Job:
        """Name a run by the clock and this process."""
        return cls(case, time.strftime("%Y%m%dT%H%M%S") + f"-{os.getpid()}")

    @property
    def report(self) -> Path:
        """The file where a failing rank leaves its traceback."""
        return work_folder(self.case) / f"failed-{self.run}.txt"

    def place(self, comm: MPI.Comm) -> str:
        """Say which rank of which run speaks."""
        name, path = self.case.component.name, self.case.path
        return f"{name} {path}: rank {comm.rank} of {comm.size}"


@cache
def components() -> Registry:
    """Find the components of this installation, once in a process."""
    return Registry.discover()


def checked_case(name: str, path: Path, ranks: int) -> Case:
    """Load a case and ask its component whether it can run on ``ranks``.

    Raises
    ------
    BadInput
        With every finding.
    """
    case = load_case(path, components())
    if case.component.name != name:
        text = f"the case is for '{case.component.name}', '{name}' was asked for"
        raise CaseError(case.finding("component", text))
    if findings := check_case(case, ranks):
        raise CaseError(findings)
    return case


def drive(comm: MPI.Comm, job: Job, stop: StopFlag) -> None:
    """Call the driver (collective).

    Raises
    ------
    Exception
        Whatever the driver raises, on the ranks where it does.
    """
    context = RunContext.open(job.case, comm, stop)
    if comm.rank == 0:
        failure.remove_reports(context.place)
    comm.Barrier()
    resolve(job.case.component.run)(job.case, context)
    comm.Barrier()
    if comm.rank == 0:
        with contextlib.suppress(OSError):
            os.rmdir(context.place)  # noqa: PTH106  nothing to restart from


def stopped_early(job: Job, error: BaseException) -> str:
    """Say that a run was interrupted, and how it goes on."""
    return (
        f"{job.case.component.name} {job.case.path}: stopped early: {error}\n"
        "  finished work is kept; run the same command again to go on"
    )
