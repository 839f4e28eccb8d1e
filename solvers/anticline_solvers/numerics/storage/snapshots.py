"""Snapshots in memory as they are, in one array that is made once."""

from __future__ import annotations

import numpy as np

from anticline_solvers.numerics.storage.protocol import Array


class Snapshots:
    """A `Store` of float32 snapshots, all of one shape and dtype.

    It lies in the memory of the snapshots: a device's, if they come from one.
    """

    def __init__(self, capacity: int) -> None:
        """Make room for `capacity` snapshots, once the first one is put."""
        self._capacity = capacity
        self._numbers: list[int] = []
        self._store: Array | None = None

    def put(self, k: int, snapshot: Array) -> None:
        """Copy the snapshot of imaging step k."""
        if self._store is None:
            shape = (self._capacity, *snapshot.shape)
            self._store = np.empty_like(snapshot, shape=shape, order="C")
        self._store[len(self._numbers)] = snapshot
        self._numbers.append(k)

    def take(self, k: int) -> Array:
        """Give a view of the last snapshot, that of k."""
        snapshot: Array = self._array()[self._numbers.index(k)]
        return snapshot

    def drop(self, k: int) -> None:
        """Forget the last snapshot, that of k."""
        self._numbers.remove(k)

    def held(self) -> list[int]:
        """Give the imaging steps kept, rising."""
        return list(self._numbers)

    @property
    def held_bytes(self) -> int:
        """Bytes of the kept snapshots."""
        return self._array()[: len(self._numbers)].nbytes

    def close(self) -> None:
        """Give the memory back."""
        self._numbers.clear()
        self._store = None

    def _array(self) -> Array:
        return np.empty((0,), np.float32) if self._store is None else self._store
