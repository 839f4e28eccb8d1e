"""Inside a shot's time loop: when to write a checkpoint, and when to stop.

A group's ranks look at every time step. One of them that was asked to stop, or a
checkpoint that is due, makes all of them write at the same time step, the next one.
A stop in one group is a stop in all: it is told through the shared counter.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from mpi4py import MPI

from anticline_solvers.seismic.shots.agreement import Agreement
from anticline_solvers.seismic.shots.counter import Counter

NOTHING, WRITE, STOP = 0, 1, 2
_ASK_OTHERS_S = 2.0


class Context(Protocol):
    """The part of the run context that a watch needs."""

    @property
    def comm(self) -> MPI.Comm:
        """All ranks of the run."""

    def stop_requested(self) -> bool:
        """Tell whether this process was asked to stop."""


class Stopped(Exception):
    """Raised inside a shot, at the same time step on all ranks of its group."""


class Watch:
    """Looks for a request to stop, on behalf of a group.

    interval_s : wall time between two checkpoints of a shot; 0, only at a stop.
    counter : where other groups tell that they stop; None looks at this one alone.
    """

    def __init__(
        self,
        context: Context,
        group: MPI.Comm,
        interval_s: float = 0.0,
        counter: Counter | None = None,
    ) -> None:
        self._context, self._group, self._counter = context, group, counter
        self._agreement = Agreement(group)
        self._interval_s = interval_s
        self._write: Callable[[], None] | None = None
        self._written = self._asked_others = time.monotonic()
        self._wished = False

    @contextmanager
    def saving(self, write: Callable[[], None]) -> Iterator[None]:
        """Call `write`, on all ranks of the group, whenever a checkpoint is wanted."""
        before, self._write = self._write, write
        self._written, self._wished = time.monotonic(), False
        try:
            yield
        finally:
            self._write = before

    def look(self) -> None:
        """Count one time step, complete on all ranks of the group.

        Writes a checkpoint, or raises Stopped, on all of them or none.
        """
        self._context.comm.Iprobe()  # lets MPI serve the counter meanwhile
        agreed = self._agreement.exchange(self._wish())
        if agreed == NOTHING:
            return
        if self._write is not None:
            self._write()
            self._written, self._wished = time.monotonic(), False
        if agreed == STOP:
            self._agreement.settle()
            raise Stopped

    def asked(self) -> bool:
        """Agree in the group, between two shots, whether to stop."""
        mine = self._wish() == STOP
        return bool(self._group.allreduce(mine, MPI.LOR))

    def close(self) -> None:
        """End what is under way; on all ranks of the group."""
        self._agreement.settle()

    def _wish(self) -> int:
        if self._context.stop_requested():
            return STOP
        if self._group.rank:
            return NOTHING
        now = time.monotonic()
        if self._counter is not None and now - self._asked_others > _ASK_OTHERS_S:
            self._asked_others = now
            if self._counter.stopped():
                return STOP
        due = self._interval_s and now - self._written >= self._interval_s
        if not due or self._wished or self._write is None:
            return NOTHING
        self._wished = True  # it is known to all, and done, at the next step
        return WRITE
