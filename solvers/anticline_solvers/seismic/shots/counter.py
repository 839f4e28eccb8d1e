"""A shared counter that hands out work to groups of ranks, first come first served.

Two integers live in the memory of rank 0: the place in the list of the next
shot, and how many shots are done. They are read and raised by one-sided atomic
operations (MPI_Fetch_and_op), so no rank serves the others.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self, cast

import numpy as np

from mpi4py import MPI

_NEXT, _DONE = 0, 1
_STOPPED = 2**40


class Counter:
    """Places 0, 1, 2, ... each handed out once; a context manager.

    Making and closing it are collective over ``comm``; the rest is local to the
    caller. Places handed out after `stop` are at least 2**40.
    """

    def __init__(self, comm: MPI.Comm) -> None:
        """Allocate the two integers on rank 0 and zero them, collectively."""
        size = np.int64().itemsize
        self._window = MPI.Win.Allocate(
            2 * size if comm.rank == 0 else 0, size, comm=cast(MPI.Intracomm, comm)
        )
        if comm.rank == 0:
            np.asarray(self._window.tomemory()).view(np.int64)[:] = 0
        comm.Barrier()

    def __enter__(self) -> Self:
        """Give the counter itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Free the window, collectively, unless an error is under way."""
        if error is None:
            self._window.Free()

    def _fetch_and_add(self, which: int, amount: int) -> int:
        before, raised = np.zeros(1, np.int64), np.full(1, amount, np.int64)
        self._window.Lock(0, MPI.LOCK_SHARED)
        self._window.Fetch_and_op(raised, before, 0, which, MPI.SUM)
        self._window.Unlock(0)
        return int(before[0])

    def take(self) -> int:
        """Take the next place."""
        return self._fetch_and_add(_NEXT, 1)

    def finish(self) -> None:
        """Report one piece of work done."""
        self._fetch_and_add(_DONE, 1)

    def done(self) -> int:
        """Tell how many pieces of work are reported done."""
        return self._fetch_and_add(_DONE, 0)

    def stop(self) -> None:
        """Hand out no further place to anyone."""
        self._fetch_and_add(_NEXT, _STOPPED)

    def stopped(self) -> bool:
        """Tell whether anyone has called `stop`."""
        return self._fetch_and_add(_NEXT, 0) >= _STOPPED
