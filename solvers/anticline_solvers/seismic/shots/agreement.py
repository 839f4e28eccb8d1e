"""What any rank wishes, known to all ranks of a group one call later.

At every time step each rank hands in a number. The largest is on its way while the
ranks compute that step (MPI_Iallreduce) and is read at the next, so nobody waits for
it, and all ranks read the same at the same time step.
"""

from __future__ import annotations

import numpy as np

from mpi4py import MPI


class Agreement:
    """The largest of the ranks' numbers, one call late."""

    def __init__(self, group: MPI.Comm) -> None:
        self._group = group
        self._mine, self._largest = np.zeros(1, np.int32), np.zeros(1, np.int32)
        self._under_way: MPI.Request | None = None

    def exchange(self, wish: int) -> int:
        """Hand in a number; give the largest of those of the call before, or 0."""
        agreed = self.settle()
        self._mine[0] = wish
        if self._group.size == 1:
            self._largest[0] = wish
        else:
            self._under_way = self._group.Iallreduce(self._mine, self._largest, MPI.MAX)
        return agreed

    def settle(self) -> int:
        """Wait for what is under way, on all ranks or none; give the largest, or 0."""
        if self._under_way is not None:
            self._under_way.Wait()
            self._under_way = None
        agreed, self._largest[0] = int(self._largest[0]), 0
        return agreed
