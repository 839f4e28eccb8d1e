"""Where the layers' memory variables of one rank lie in one flat array.

Each side of each axis that has an absorbing layer owns a slab: the layer and R
cells of the grid beside it (R the stencil's reach), padded by R cells of zeros
at both ends, over the rank's whole local extent of the other axes. A slab
holds psi and zeta. All slabs of a rank are pieces of one flat array, kept
twice (before and after a time step), which starts on 64 bytes, as every row of
its slabs does. In the R cells beside a layer no memory has any effect: what a
kernel leaves there, zeros or finite numbers, is its own affair.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.acoustic.equations import MEMORIES
from anticline_solvers.domain.decomposition import Box
from anticline_solvers.domain.layout import ALIGNMENT_BYTES, Array, Layout
from anticline_solvers.numerics.absorbing import Boundary

TABLE_COLUMNS = ("start", "stop", "profile", "psi", "zeta", "stride_x", "stride_y")


@dataclass(frozen=True)
class Slab:
    """One side of one axis on one rank.

    axis, high : which side.
    slab : global cells [start, stop) of the layer and the R cells beside it.
    start, stop : the part of it within the rank's local cells, local numbers.
    shape : of psi (and of zeta), padding included.
    offset : of psi's first element in the flat array; zeta follows psi.
    profile : what to add to a local cell number to index the slab's profiles.
    """

    axis: int
    high: bool
    slab: slice
    start: int
    stop: int
    shape: tuple[int, ...]
    offset: int
    profile: int
    reach: int

    @property
    def size(self) -> int:
        """Elements of psi."""
        return prod(self.shape)

    @property
    def layer(self) -> tuple[int, int]:
        """Local cells [first, last) of the layer itself."""
        return (self._edge, self.stop) if self.high else (self.start, self._edge)

    @property
    def beside(self) -> tuple[int, int]:
        """Local cells [first, last) of the R cells beside the layer."""
        return (self.start, self._edge) if self.high else (self._edge, self.stop)

    @property
    def _edge(self) -> int:
        """Local cell number where layer and grid meet, kept within the slab."""
        cells = self.slab.stop - self.slab.start
        edge = self.reach if self.high else cells - self.reach
        return min(max(self.reach - self.profile + edge, self.start), self.stop)

    @property
    def side(self) -> int:
        """Row of this side in the kernels' tables: 2 axis + (1 if high)."""
        return 2 * self.axis + self.high

    def array(self, flat: Array, memory: str) -> Array:
        """View of psi or zeta, shape `shape`."""
        start = self.offset + MEMORIES.index(memory) * self.size
        return flat[start : start + self.size].reshape(self.shape)

    def region(self, grid_box: Box) -> Box:
        """Global cells where this side's memory exists."""
        box = list(grid_box)
        box[self.axis] = self.slab
        return tuple(box)

    def array_origin(self, layout: Layout) -> tuple[int, ...]:
        """Global cell number of array[0, ..., 0] along the split axes."""
        origin = list(layout.origin[:-1])
        if self.axis < len(origin):
            origin[self.axis] += self.start - self.reach
        return tuple(origin)


def slabs(
    shape: tuple[int, ...], boundary: Boundary, reach: int, layout: Layout
) -> tuple[Slab, ...]:
    """Find the slabs that touch a rank's local cells, with their places in memory.

    shape : global cells, layers included.
    """
    found: list[Slab] = []
    offset = 0
    for slab in _sides(shape, boundary, reach, layout):
        placed = replace(slab, offset=offset)
        found.append(placed)
        offset += len(MEMORIES) * placed.size
    return tuple(found)


def _sides(
    shape: tuple[int, ...], boundary: Boundary, reach: int, layout: Layout
) -> Iterator[Slab]:
    for axis, margins in enumerate(boundary.margins(len(shape))):
        for high, width in enumerate(margins):
            if width == 0:
                continue
            n, cells = shape[axis], width + reach
            slab = slice(n - cells, n) if high else slice(0, cells)
            local = layout.local_box[axis]
            start = max(slab.start, local.start) - local.start
            stop = min(slab.stop, local.stop) - local.start
            if stop <= start:
                continue
            yield Slab(
                axis=axis,
                high=bool(high),
                slab=slab,
                start=start,
                stop=stop,
                shape=_array_shape(axis, stop - start + 2 * reach, layout),
                offset=0,
                profile=local.start - slab.start + reach,
                reach=reach,
            )


def _array_shape(axis: int, extent: int, layout: Layout) -> tuple[int, ...]:
    shape = list(layout.shape)
    row = ALIGNMENT_BYTES // layout.dtype.itemsize
    shape[axis] = -(-extent // row) * row if axis == len(shape) - 1 else extent
    return tuple(shape)


def table(found: tuple[Slab, ...], layout: Layout) -> NDArray[np.int64]:
    """Tabulate the slabs as the kernels read them, int64 (2 ndim, len(TABLE_COLUMNS)).

    A local cell (x[, y], z) lies at psi + x stride_x + y stride_y + z in the
    flat array. Sides without a slab have start = stop = 0.
    """
    ndim = len(layout.shape)
    out = np.zeros((2 * ndim, len(TABLE_COLUMNS)), np.int64)
    for slab in found:
        strides = [prod(slab.shape[i + 1 :]) for i in range(ndim)]
        shift = slab.start - slab.reach
        lead = 0 if slab.axis == ndim - 1 else layout.lead
        psi = slab.offset + lead - shift * strides[slab.axis]
        middle = strides[1] if ndim == 3 else 0
        out[slab.side] = (
            slab.start,
            slab.stop,
            slab.profile,
            psi,
            psi + slab.size,
            strides[0],
            middle,
        )
    return out


def flat_size(found: tuple[Slab, ...]) -> int:
    """Elements of the flat array of all slabs (at least 1)."""
    return max(1, sum(len(MEMORIES) * slab.size for slab in found))


def state_bytes(layout: Layout, found: tuple[Slab, ...]) -> int:
    """Bytes of two wavefields, a rank's memories, and the count of steps."""
    cells = 2 * prod(layout.shape) + flat_size(found)
    return cells * layout.dtype.itemsize + np.dtype(np.int64).itemsize


def allocate(found: tuple[Slab, ...], layout: Layout) -> Array:
    """Allocate the flat array of all slabs, zeros, aligned to 64 bytes."""
    size, spare = flat_size(found), ALIGNMENT_BYTES // layout.dtype.itemsize
    raw = np.zeros(size + spare, layout.dtype)
    offset = (-raw.ctypes.data // layout.dtype.itemsize) % spare
    return raw[offset : offset + size]
