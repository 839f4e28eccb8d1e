"""Where a rank's cells lie in memory: flat arrays, z contiguous, rows aligned."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from anticline_solvers.domain.decomposition import Box, grow, shift

ALIGNMENT_BYTES = 64
MAX_REACH = 8

Array = NDArray[Any]


@dataclass(frozen=True)
class Layout:
    """The flat array of a box with halo: rows of z, each starting on 64 bytes.

    box : cells without halo, global cell numbers.
    halo : halo cells on both sides of each axis but the last.
    dtype : float32 or float64.

    A row is `lead` cells of margin, the cells of z, and at least MAX_REACH
    cells of margin up to the next multiple of 64 bytes. The margins stay zero
    (or hold the odd image of a free surface), so a stencil may read beyond
    both ends of every row.
    """

    box: Box
    halo: tuple[int, ...]
    dtype: np.dtype[Any]

    @classmethod
    def of(cls, box: Box, halo: tuple[int, ...], dtype: DTypeLike) -> Layout:
        """Make the layout of `box` with `halo` for any spelling of the dtype."""
        return cls(box, halo, np.dtype(dtype))

    @property
    def lead(self) -> int:
        """Cells before z = 0 in a row."""
        return ALIGNMENT_BYTES // self.dtype.itemsize

    @property
    def local_box(self) -> Box:
        """The box with its halo, global cell numbers."""
        return grow(self.box, self.halo)

    @property
    def origin(self) -> tuple[int, ...]:
        """Global cell number of local cell (0, ..., 0)."""
        return tuple(side.start for side in self.local_box)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array, row margins included."""
        sides = tuple(side.stop - side.start for side in self.local_box)
        row = self.lead + sides[-1] + MAX_REACH
        return (*sides[:-1], -(-row // self.lead) * self.lead)

    @property
    def strides(self) -> tuple[int, ...]:
        """Elements from one cell to the next along each axis."""
        return tuple(prod(self.shape[i + 1 :]) for i in range(len(self.shape)))

    @property
    def first(self) -> int:
        """Flat index of local cell (0, ..., 0)."""
        return self.lead

    def allocate(self) -> Array:
        """Allocate a flat array of zeros, aligned to 64 bytes."""
        spare = self.lead
        raw = np.zeros(prod(self.shape) + spare, self.dtype)
        offset = (-raw.ctypes.data // self.dtype.itemsize) % spare
        return raw[offset : offset + prod(self.shape)]

    def cells(self, flat: Array) -> Array:
        """View of the flat array by local cell, row margins cut off."""
        depth = self.local_box[-1].stop - self.local_box[-1].start
        return flat.reshape(self.shape)[..., self.lead : self.lead + depth]

    def view(self, flat: Array, box: Box) -> Array:
        """View of the cells of a global box that lies in the local box."""
        return self.cells(flat)[shift(box, self.origin)]
