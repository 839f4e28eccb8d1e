"""The program each MPI rank runs: `anticline-rank COMPONENT CASE.yaml`.

    mpirun -n 4 anticline-rank seismic.rtm image.yaml

Rank 0 reads and checks the case; with a finding nothing runs. The world
communicator is named here and handed on, nowhere else. Exit codes are those of
`anticline.errors`: 0 done, 65 bad input, 70 failed, 75 interrupted with finished
work kept; a driver's error on one rank stops all ranks with one message.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from anticline.component.case import Case, load_case
from anticline.component.checking import check_case
from anticline.component.context import RunContext, work_folder
from anticline.component.registry import Registry, resolve
from anticline.component.stop import StopFlag
from anticline.errors import BadInput, CaseError, ExitCode, Interrupted
from anticline.execution import failure
from anticline.execution.cores import share_cores

if TYPE_CHECKING:
    from mpi4py import MPI

PEERS_WAIT_S = 60.0  # for the other ranks to stop too, or to be stopped


@dataclass(frozen=True)
class Job:
    """What the ranks agree on: a checked case, and the name of this run."""

    case: Case
    run: str

    @property
    def report(self) -> Path:
        """The file where a failing rank leaves its traceback."""
        return work_folder(self.case) / f"failed-{self.run}.txt"

    def place(self, comm: MPI.Comm) -> str:
        """Say which rank of which run speaks."""
        name, path = self.case.component.name, self.case.path
        return f"{name} {path}: rank {comm.rank} of {comm.size}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a component on the ranks of this MPI world; returns the exit code."""
    stop = StopFlag()
    stop.install()  # first: a signal while MPI starts is remembered
    try:
        from mpi4py import MPI
    except (ImportError, RuntimeError) as error:
        text = f"anticline-rank needs MPI and mpi4py ({error}); see: anticline doctor"
        print(text, file=sys.stderr)
        return ExitCode.FAILED
    world = MPI.COMM_WORLD
    try:
        given = _arguments(arguments, speaks=world.rank == 0)
        share_cores(world)
        job = agree(world, given.component, Path(given.case))
    except Exception as error:
        _abort(world, error, None)
    if job is None:
        return ExitCode.BAD_INPUT
    return drive(world, job, stop)


def _arguments(given: Sequence[str] | None, *, speaks: bool) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="anticline-rank", description="Run a component on the ranks of mpirun."
    )
    parser.add_argument("component", help="its name; see: anticline components")
    parser.add_argument("case", help="a case file (YAML)")
    with contextlib.ExitStack() as stack:
        if not speaks:
            sink = stack.enter_context(Path(os.devnull).open("w", encoding="utf-8"))
            stack.enter_context(contextlib.redirect_stdout(sink))
            stack.enter_context(contextlib.redirect_stderr(sink))
        return parser.parse_args(given)


def agree(comm: MPI.Comm, name: str, path: Path) -> Job | None:
    """Read and check the case on rank 0 (collective); None: findings were shown."""
    job = None
    if comm.rank == 0:
        try:
            case = checked_case(name, path, comm.size)
            job = Job(case, time.strftime("%Y%m%dT%H%M%S") + f"-{os.getpid()}")
        except BadInput as error:
            print(error, file=sys.stderr, flush=True)
    agreed: Job | None = comm.bcast(job)
    return agreed


def checked_case(name: str, path: Path, ranks: int) -> Case:
    """Load a case and ask its component whether it can run on ``ranks``.

    Raises
    ------
    BadInput
        With every finding.
    """
    case = load_case(path, Registry.discover())
    if case.component.name != name:
        text = f"the case is for '{case.component.name}', '{name}' was asked for"
        raise CaseError(case.finding("component", text))
    if findings := check_case(case, ranks):
        raise CaseError(findings)
    return case


def drive(comm: MPI.Comm, job: Job, stop: StopFlag) -> int:
    """Call the driver (collective); returns the exit code."""
    try:
        context = RunContext.open(job.case, comm, stop)
        if comm.rank == 0:
            failure.remove_reports(context.folder)
        comm.Barrier()
        resolve(job.case.component.run)(job.case, context)
    except Interrupted as error:
        return _interrupted(comm, job, error)
    except BaseException as error:
        _abort(comm, error, job)
    comm.Barrier()
    if comm.rank == 0:
        with contextlib.suppress(OSError):
            context.folder.rmdir()  # nothing to restart from
    return ExitCode.DONE


def _interrupted(comm: MPI.Comm, job: Job, error: Interrupted) -> int:
    """Wait for all ranks to stop; abort those that do not."""
    request = comm.Ibarrier()
    until = time.monotonic() + PEERS_WAIT_S
    while not request.Test():
        if time.monotonic() > until:
            comm.Abort(ExitCode.INTERRUPTED)
        time.sleep(0.01)
    if comm.rank == 0:
        print(
            f"{job.case.component.name} {job.case.path}: stopped early: {error}\n"
            "  finished work is kept; run the same command again to go on",
            file=sys.stderr,
            flush=True,
        )
    return ExitCode.INTERRUPTED


def _abort(comm: MPI.Comm, error: BaseException, job: Job | None) -> NoReturn:
    """Say what went wrong, once, and stop every rank."""
    code = failure.exit_code(error)
    speaks, written = True, False
    place = f"anticline-rank: rank {comm.rank} of {comm.size}"
    if job is not None:
        place = job.place(comm)
        speaks, written = failure.claim_report(job.report, error, place)
    if speaks:
        report = job.report if job is not None and written else None
        print(failure.message(error, place, report), file=sys.stderr, flush=True)
        time.sleep(0.2)  # the launcher forwards the message before it stops
        if written and job is not None and isinstance(error, BadInput):
            job.report.unlink(missing_ok=True)  # its message says everything
    else:
        time.sleep(PEERS_WAIT_S)  # the rank that speaks stops this one
    comm.Abort(code)


if __name__ == "__main__":
    sys.exit(main())
