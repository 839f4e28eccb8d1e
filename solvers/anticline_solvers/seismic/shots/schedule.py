"""Spread shots over groups of ranks, and keep what is finished.

The ranks are divided into groups of consecutive ranks; a group computes one shot
at a time, domain-decomposed over its own communicator, and takes the next from a
shared counter. Each finished shot is a file of its own, so a run that is stopped
or killed repeats only the shots that were under way.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from mpi4py import MPI

from anticline.errors import Interrupted
from anticline_solvers.seismic.shots.counter import Counter
from anticline_solvers.seismic.shots.watch import Stopped, Watch

_WAIT_S = 0.02


class Context(Protocol):
    """The part of the run context that a survey needs."""

    @property
    def comm(self) -> MPI.Comm:
        """All ranks of the run."""

    def progress(self, label: str, total: int) -> Any:
        """Start a progress bar with ``advance`` and ``close``."""

    def stop_requested(self) -> bool:
        """Tell whether this process was asked to stop."""


def ranks_for_a_shot(asked: int, ndim: int, n_shots: int, n_ranks: int) -> int:
    """Decide the ranks of a group.

    ``asked`` 0 means: one rank a shot in 2-D where every rank has a shot to do,
    all ranks on each shot otherwise.
    """
    if asked:
        return min(asked, n_ranks)
    return 1 if ndim == 2 and n_ranks <= n_shots else n_ranks


def group_of(comm: MPI.Comm, ranks_per_shot: int) -> MPI.Comm:
    """Split ``comm`` into groups of consecutive ranks; collective."""
    return comm.Split(comm.rank // ranks_per_shot, comm.rank)


def each_shot(
    context: Context,
    group: MPI.Comm,
    pending: Sequence[int],
    compute: Callable[[int, Watch], None],
    label: str,
    checkpoint_interval_s: float = 0.0,
) -> None:
    """Compute all pending shots; collective over ``context.comm``.

    Parameters
    ----------
    pending : shot numbers still to do, the same on every rank
    compute : computes and writes one shot, collective over ``group``
    checkpoint_interval_s : wall time between checkpoints of a shot; 0, only at a stop

    Raises Interrupted on every rank where a stop was asked for before the last
    shot was done.
    """
    with Counter(context.comm) as counter:
        tally = _Tally(context, counter, label, len(pending))
        watch = Watch(context, group, checkpoint_interval_s, counter)
        try:
            while (place := _next_place(counter, group, watch)) < len(pending):
                compute(pending[place], watch)
                if group.rank == 0:
                    counter.finish()
                tally.show()
        except Stopped:
            counter.stop()
        watch.close()
        _wait_for_all(context.comm, tally)
        done = int(context.comm.bcast(counter.done()))
        tally.close()
    if done < len(pending):
        msg = f"{len(pending) - done} of {len(pending)} shots are left"
        raise Interrupted(msg)


def _next_place(counter: Counter, group: MPI.Comm, watch: Watch) -> int:
    if watch.asked():
        raise Stopped
    return int(group.bcast(counter.take() if group.rank == 0 else 0))


class _Tally:
    """Shows on rank 0 how many shots all groups have done."""

    def __init__(
        self, context: Context, counter: Counter, label: str, total: int
    ) -> None:
        self._counter = counter
        self._shown = 0
        self._bar = context.progress(label, total)
        self._here = context.comm.rank == 0

    def show(self) -> None:
        if self._here:
            done = self._counter.done()
            if done > self._shown:
                self._bar.advance(done - self._shown)
                self._shown = done

    def close(self) -> None:
        self.show()
        self._bar.close()


def _wait_for_all(comm: MPI.Comm, tally: _Tally) -> None:
    """Wait for the slowest group without burning its core."""
    request = comm.Ibarrier()
    while not request.Test():
        tally.show()
        time.sleep(_WAIT_S)
