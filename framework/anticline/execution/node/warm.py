"""A task of one rank in this very process, which goes on with the next one after.

What a rank of its own does is done here too, but no interpreter and no MPI starts.
An error ends the task and not the process.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from anticline.component.registry import resolve
from anticline.component.stop import SIGNALS, StopFlag
from anticline.errors import BadInput, Failed, Interrupted
from anticline.execution.node import failure
from anticline.execution.node.component import (
    Job,
    checked_case,
    components,
    drive,
    stopped_early,
)
from anticline.execution.node.order import Kind, Order
from anticline.execution.node.outcome import Outcome, kind_of_error, reason_of
from anticline.execution.node.pinning import set_threads

ALONE = ("OMPI_MCA_ess_singleton_isolated", "1")
"""Open MPI then starts no daemon (orted) beside a process that no mpirun started."""


def run_here(order: Order, stop: StopFlag) -> Outcome:
    """Run a task of one rank; what it prints goes where this process's output goes."""
    job = None
    try:
        job = _job(order)
        _drive_alone(job, stop)
    except Interrupted as error:
        if job is not None:
            print(stopped_early(job, error), file=sys.stderr)
        return Outcome(Kind.INTERRUPTED, reason_of(error))
    except BaseException as error:
        _say(order, job, error)
        return Outcome(kind_of_error(error), reason_of(error))
    return Outcome(Kind.DONE)


def _job(order: Order) -> Job:
    job = Job.of(checked_case(order.component, order.case, 1))
    resolve(job.case.component.run)  # loads what it needs, Numba for instance
    set_threads(order.threads)
    return job


def _drive_alone(job: Job, stop: StopFlag) -> None:
    os.environ.setdefault(*ALONE)
    try:
        from mpi4py import MPI
    except (ImportError, RuntimeError) as error:
        msg = f"MPI and mpi4py are needed ({error}); see: anticline doctor"
        raise Failed(msg) from error
    comm = MPI.COMM_SELF.Dup()
    try:
        drive(comm, job, stop)
    finally:
        comm.Free()


def _say(order: Order, job: Job | None, error: BaseException) -> None:
    """Say what went wrong as a rank of its own does."""
    place, report = f"{order.component} {order.case}", None
    if job is not None and not isinstance(error, BadInput):
        written = failure.claim_report(job.report, error, place)[1]
        report = job.report if written else None
    print(failure.message(error, place, report), file=sys.stderr)


def is_warm(order: Order) -> bool:
    """Whether a task can run in this process: one rank, and no program of its own."""
    component = components().components.get(order.component)
    own = getattr(component, "command", None) is not None
    return order.ranks == 1 and not own


@contextlib.contextmanager
def output_to(path: Path) -> Iterator[int]:
    """Let what is printed, by C libraries and programs too, go to a file's end.

    Gives the file's descriptor.

    Raises
    ------
    OSError
        The file cannot be opened.
    """
    append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    log = os.open(path, append, 0o644)
    _flush()
    kept = {number: os.dup(number) for number in (1, 2)}
    for number in kept:
        os.dup2(log, number)
    try:
        with (
            open(log, "w", buffering=1, closefd=False, errors="replace") as stream,
            contextlib.redirect_stdout(stream),
            contextlib.redirect_stderr(stream),
        ):
            yield log
    finally:
        _flush()
        for number, before in kept.items():
            os.dup2(before, number)
            os.close(before)
        os.close(log)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    with contextlib.suppress(OSError, AttributeError):
        _libc().fflush(None)


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)


@contextlib.contextmanager
def listening() -> Iterator[StopFlag]:
    """Let signals ask a task to stop, as long as it runs.

    Only the main thread may take signals; elsewhere nothing asks.
    """
    flag = StopFlag()
    if threading.current_thread() is not threading.main_thread():
        yield flag
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}
    flag.install()
    try:
        yield flag
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
