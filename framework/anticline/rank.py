"""The program each MPI rank runs: `anticline-rank COMPONENT CASE.yaml`.

    mpirun -n 4 anticline-rank seismic.rtm image.yaml

Rank 0 reads and checks the case; with a finding nothing runs. The world
communicator is named here and handed on, nowhere else. Exit codes are those of
`anticline.errors`: 0 done, 65 bad input, 70 failed, 75 interrupted with finished
work kept; a driver's error on one rank stops all ranks with one message. A component
that is an executable is started by every rank; see `anticline.execution.node.wrapped`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from anticline.component.stop import StopFlag
from anticline.errors import BadInput, ExitCode, Interrupted
from anticline.execution.node import failure, outcome, wrapped
from anticline.execution.node.component import Job, checked_case, drive, stopped_early
from anticline.execution.node.cores import share_cores
from anticline.execution.node.gpus import see_granted

if TYPE_CHECKING:
    from mpi4py import MPI

PEERS_WAIT_S = 60.0  # for the other ranks to stop too, or to be stopped


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a component on the ranks of this MPI world; returns the exit code."""
    stop = StopFlag()
    stop.install()  # first: a signal while MPI starts is remembered
    see_granted(os.environ)
    words = sys.argv[1:] if arguments is None else list(arguments)
    if wrapped.wraps(words):  # it may start MPI itself, so nothing does here
        given = _arguments(words, speaks=True)
        return wrapped.main(given.component, Path(given.case), stop)
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
    return run_on(world, job, stop)


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
            job = Job.of(checked_case(name, path, comm.size))
        except BadInput as error:
            print(error, file=sys.stderr, flush=True)
            outcome.leave(error)
    agreed: Job | None = comm.bcast(job)
    return agreed


def run_on(comm: MPI.Comm, job: Job, stop: StopFlag) -> int:
    """Call the driver (collective); returns the exit code."""
    try:
        drive(comm, job, stop)
    except Interrupted as error:
        return _interrupted(comm, job, error)
    except BaseException as error:
        _abort(comm, error, job)
    outcome.leave(None, comm)
    return ExitCode.DONE


def _interrupted(comm: MPI.Comm, job: Job, error: Interrupted) -> int:
    """Wait for all ranks to stop; abort those that do not."""
    request = comm.Ibarrier()
    until = time.monotonic() + PEERS_WAIT_S
    while not request.Test():
        if time.monotonic() > until:
            comm.Abort(ExitCode.INTERRUPTED)
        time.sleep(0.01)
    outcome.leave(error, comm)
    if comm.rank == 0:
        print(stopped_early(job, error), file=sys.stderr, flush=True)
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
        outcome.leave(error)
        report = job.report if job is not None and written else None
        print(failure.message(error, place, report), file=sys.stderr, flush=True)
        time.sleep(0.2)  # the launcher forwards the message before it stops
        if written and job is not None and isinstance(error, BadInput):
            job.report.unlink(missing_ok=True)  # its message says everything
            with contextlib.suppress(OSError):
                job.report.parent.rmdir()
    else:
        time.sleep(PEERS_WAIT_S)  # the rank that speaks stops this one
    comm.Abort(code)


if __name__ == "__main__":
    sys.exit(main())
