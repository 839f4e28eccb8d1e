"""Where a model lies: its grid, the margins around it, and each rank's part.

A physics adds cells around the physical grid (absorbing layers); all cells are
divided among the ranks, and every rank keeps its own in flat arrays of one layout.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from anticline_solvers.domain.assembly import assemble, collect
from anticline_solvers.domain.decomposition import (
    Box,
    Decomposition,
    choose_process_grid,
    intersect,
    shift,
)
from anticline_solvers.domain.grid import Grid
from anticline_solvers.domain.layout import Array, Layout
from anticline_solvers.domain.points import Points

if TYPE_CHECKING:
    from mpi4py import MPI

Reader = Callable[[Box], Array]
"""read(box) -> the values of a box of the physical grid."""


@dataclass(frozen=True, eq=False)
class Placement:
    """A padded grid on the ranks of a communicator.

    grid : the physical grid.
    margins : cells added before and after it along each axis.
    decomposition : of the padded grid; the same on every rank.
    layout : of this rank's flat arrays, padded global cell numbers.
    comm : the ranks; None is one rank without MPI.
    """

    grid: Grid
    margins: tuple[tuple[int, int], ...]
    decomposition: Decomposition
    layout: Layout
    comm: MPI.Comm | None

    @classmethod
    def of(
        cls,
        grid: Grid,
        margins: tuple[tuple[int, int], ...],
        comm: MPI.Comm | None,
        *,
        halo: int,
        dtype: DTypeLike,
        process_grid: tuple[int, ...] | None = None,
    ) -> Placement:
        """Divide the padded grid; halo cells around every axis but the last.

        process_grid : ranks along each axis but z; chosen by halo area if None.

        Raises ValueError where the process grid does not have the ranks.
        """
        seat = (comm.rank, comm.size) if comm else (0, 1)
        decomposition, layout = divided(
            grid, margins, seat, halo=halo, dtype=dtype, process_grid=process_grid
        )
        return cls(grid, margins, decomposition, layout, comm)

    @classmethod
    def foreseen(
        cls,
        grid: Grid,
        margins: tuple[tuple[int, int], ...],
        seat: tuple[int, int],
        *,
        halo: int,
        dtype: DTypeLike,
    ) -> Placement:
        """Place a grid as rank seat[0] of seat[1] will, without those ranks."""
        made = divided(grid, margins, seat, halo=halo, dtype=dtype)
        return cls(grid, margins, *made, None)

    @property
    def rank(self) -> int:
        """The number of this rank."""
        return self.comm.rank if self.comm else 0

    @property
    def shape(self) -> tuple[int, ...]:
        """Cells of the padded grid."""
        return self.decomposition.shape

    @property
    def everything(self) -> Box:
        """All cells of the padded grid."""
        return tuple(slice(0, n) for n in self.shape)

    @property
    def low(self) -> tuple[int, ...]:
        """Padded cell number of the physical grid's first cell."""
        return tuple(low for low, _ in self.margins)

    @property
    def physical_box(self) -> Box:
        """The part of the physical grid that this rank owns (may be empty)."""
        whole = tuple(slice(0, n) for n in self.grid.shape)
        return intersect(shift(self.layout.box, self.low), whole)

    def extend(self, values: Reader | ArrayLike) -> Array:
        """Values of the physical grid on this rank's local cells, flat.

        values : array of the physical grid's shape, or a function of a box of it
            that returns that box. Margin cells take the nearest physical cell's.

        Raises ValueError for an array of another shape.
        """
        nearest = [
            np.clip(np.arange(side.start, side.stop) - low, 0, n - 1)
            for side, low, n in zip(
                self.layout.local_box, self.low, self.grid.shape, strict=True
            )
        ]
        read = self._reader(values)
        part = read(tuple(slice(int(i[0]), int(i[-1]) + 1) for i in nearest))
        flat = self.layout.allocate()
        self.layout.cells(flat)[...] = np.asarray(part)[
            np.ix_(*(i - i[0] for i in nearest))
        ]
        return flat

    def _reader(self, values: Reader | ArrayLike) -> Reader:
        if callable(values):
            return values
        whole = np.asarray(values)
        if whole.shape != self.grid.shape:
            msg = f"array {whole.shape} does not fit the grid {self.grid.shape}"
            raise ValueError(msg)
        return whole.__getitem__

    def view(self, flat: Array, margin: int = 0) -> Array:
        """View of a flat array on the physical cells of this rank.

        margin : cells around them to include, at most the halo and the row margin.
        """
        box = shift(self.physical_box, tuple(-low for low in self.low))
        local = shift(box, self.layout.origin)
        before = (0,) * (len(local) - 1) + (self.layout.lead,)
        part = tuple(
            slice(
                side.start + extra - margin,
                max(side.start, side.stop) + extra + margin,
            )
            for side, extra in zip(local, before, strict=True)
        )
        return flat.reshape(self.layout.shape)[part]

    def assemble(self, local: Array) -> Array | None:
        """Physical parts of every rank as one array on rank 0; None elsewhere."""
        return assemble(self.comm, self.grid.shape, self.physical_box, local)

    def gather_folded(self, owned: Array) -> Array | None:
        """Owned cells of every rank, margins folded, on rank 0; None elsewhere.

        owned : of the owned box's shape, margins included.

        Returns the transpose of `extend`, float64 of the grid's shape: what lies in a
        margin is added to the cell whose value it carries.
        """
        whole = assemble(self.comm, self.shape, self.layout.box, owned)
        return None if whole is None else folded(whole, self.margins)

    def collect(self, points: Points, traces: Array) -> Array | None:
        """Traces (owned, nt) of every rank as (n, nt) on rank 0; None elsewhere."""
        return collect(self.comm, points.n, points.owned, traces)


def folded(whole: Array, margins: tuple[tuple[int, int], ...]) -> Array:
    """Add the cells of margins to the nearest ones inside; float64, C contiguous."""
    inside = np.asarray(whole, np.float64)
    for axis, (low, high) in enumerate(margins):
        turned = np.moveaxis(inside, axis, 0)
        n = turned.shape[0] - high
        kept = turned[low:n].copy()
        kept[0] += turned[:low].sum(axis=0)
        kept[-1] += turned[n:].sum(axis=0)
        inside = np.moveaxis(kept, 0, axis)
    return np.ascontiguousarray(inside)


def divided(
    grid: Grid,
    margins: tuple[tuple[int, int], ...],
    seat: tuple[int, int],
    *,
    halo: int,
    dtype: DTypeLike,
    process_grid: tuple[int, ...] | None = None,
) -> tuple[Decomposition, Layout]:
    """Divide the padded grid among the ranks, and lay out one rank's part.

    seat : the rank's number, and how many there are.
    """
    rank, size = seat
    shape = tuple(
        n + sum(margin) for n, margin in zip(grid.shape, margins, strict=True)
    )
    chosen = process_grid or choose_process_grid(shape, size)
    decomposition = Decomposition(shape, chosen)
    if decomposition.size != size:
        msg = f"process grid {chosen} does not have {size} ranks"
        raise ValueError(msg)
    owned = decomposition.owned(rank)
    return decomposition, Layout.of(owned, (halo,) * (grid.ndim - 1), dtype)
