"""Subsurface-offset gathers: what the two wavefields say beside each other.

With s the source and r the receiver wavefield, at chosen image points x

    I(x, z, h) = sum_t s(x - h, z, t) r(x + h, z, t)

along one horizontal axis, h whole cells of half-offset; inverse scattering likewise
multiplies the slopes and the Laplacian at x - h with those at x + h. The gather at
h = 0 is the image. With the right velocity the energy of a reflection is at h = 0;
docs/explanation/imaging_conditions.md tells what a wrong velocity does to it.

Both points of a pair must lie in the shot's window. A rank owns the gathers of the
image points in its part of it; the columns of s and r that they need come from
whichever ranks own them, at every imaging step.

Sources: Rickett and Sava (2002), doi:10.1190/1.1484531; Sava and Vasconcelos (2011),
doi:10.1111/j.1365-2478.2010.00888.x.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mpi4py import MPI

from anticline_solvers.domain.assembly import assemble

Field = NDArray[np.float32]
Integers = NDArray[np.int64]
Box = tuple[slice, ...]


@dataclass(frozen=True)
class Lattice:
    """Image points and half-offsets, in cells of the whole grid.

    points : for each horizontal axis the cells of the image points, ascending; an
        image point is any combination.
    axis : 0 for half-offsets along x, 1 along y.
    most : the largest half-offset; they run from -most to most.
    """

    points: tuple[tuple[int, ...], ...]
    axis: int
    most: int

    @property
    def offsets(self) -> range:
        """Half-offsets of a gather [cells]."""
        return range(-self.most, self.most + 1)

    def shape(self, depth: int) -> tuple[int, ...]:
        """Image points along x [and y], half-offsets, cells of depth."""
        return (*map(len, self.points), len(self.offsets), depth)

    def within(self, box: Box) -> Box:
        """Place in the lattice of the image points in a box of the grid."""
        return tuple(
            slice(*(int(n) for n in np.searchsorted(cells, (side.start, side.stop))))
            for cells, side in zip(self.points, box, strict=False)
        )

    def cells(self, place: Box) -> Integers:
        """Cells of the image points at a place, int64 (points, axes), last fastest."""
        chosen = [cells[side] for cells, side in zip(self.points, place, strict=True)]
        found = np.array(list(product(*chosen)), np.int64)
        return found.reshape(-1, len(self.points))


@dataclass(frozen=True, eq=False)
class Pairs:
    """Which columns a rank multiplies.

    columns : int64 (columns, axes), the cells whose columns are needed, each once.
    places : int64 (pairs,), trace of the rank's gathers, flattened.
    at_s, at_r : int64 (pairs,), entries of ``columns``.
    """

    columns: Integers
    places: Integers
    at_s: Integers
    at_r: Integers


def pairs_of(lattice: Lattice, place: Box, window: Box) -> Pairs:
    """Pair x - h with x + h for the image points at a place of the lattice.

    Cells are those of the whole grid; pairs that leave the window are left out.
    """
    points = lattice.cells(place)
    step = np.zeros(points.shape[1], np.int64)
    step[lattice.axis] = 1
    offsets = np.array(lattice.offsets)[:, None] * step
    s = (points[:, None, :] - offsets).reshape(-1, points.shape[1])
    r = (points[:, None, :] + offsets).reshape(-1, points.shape[1])
    places = np.flatnonzero(inside(s, window) & inside(r, window))
    both = np.concatenate([s[places], r[places]])
    columns, which = np.unique(both, axis=0, return_inverse=True)
    which = which.reshape(-1).astype(np.int64)
    return Pairs(columns, places, which[: places.size], which[places.size :])


def inside(cells: Integers, box: Box) -> NDArray[np.bool_]:
    """Tell which cells (n, axes) lie in a box, its depth apart."""
    sides = box[: cells.shape[1]]
    low, high = (np.array([getattr(s, e) for s in sides]) for e in ("start", "stop"))
    return np.asarray(((cells >= low) & (cells < high)).all(axis=1))


class Columns:
    """Brings columns to the ranks that need them, from those that own them.

    columns : cells whose columns this rank needs. box : cells that this rank owns.
    Both in cells of one grid. Making it and `exchange` are collective over ``comm``.

    mine : int64 (n, axes), cells of ``box`` whose columns this rank hands out, with
        repeats, counted from the box's first cell.
    order : for each of ``columns`` its place among those that arrive.
    """

    def __init__(self, comm: MPI.Comm, columns: Integers, box: Box) -> None:
        self._comm = comm
        boxes = comm.allgather(box)
        owner = np.zeros(len(columns), np.int64)
        for rank, theirs in enumerate(boxes):
            owner[inside(columns, theirs)] = rank
        asked = [columns[owner == rank] for rank in range(comm.size)]
        wanted = comm.alltoall(asked)
        self._received = [len(cells) for cells in asked]
        self._sent = [len(cells) for cells in wanted]
        first = [side.start for side in box[: columns.shape[1]]]
        self.mine = np.ascontiguousarray(np.concatenate(wanted) - first)
        self.order = np.empty(len(columns), np.int64)
        self.order[np.argsort(owner, kind="stable")] = np.arange(len(columns))

    def exchange(self, terms: Field, arrived: Field) -> None:
        """Send terms (mine, m, nz), receive (columns, m, nz) in the order ``order``."""
        kind = MPI.FLOAT.Create_contiguous(math.prod(terms.shape[1:])).Commit()
        try:
            self._comm.Alltoallv(
                [terms, _spread(self._sent), kind],
                [arrived, _spread(self._received), kind],
            )
        finally:
            kind.Free()


def _spread(counts: Sequence[int]) -> tuple[list[int], list[int]]:
    """Give the counts and displacements of a vector message."""
    return list(counts), [sum(counts[:rank]) for rank in range(len(counts))]


class Terms(Protocol):
    """The kernels of one imaging condition, of either twin."""

    def __call__(
        self, s_terms: Field, r_terms: Field, s: Field, r: Field, cells: Integers
    ) -> None:
        """Take the terms of s and r above the cells."""


class Multiply(Protocol):
    """Multiplies terms pair by pair; `kernels.reference.multiply_terms`."""

    def __call__(
        self,
        gathers: Field,
        places: Integers,
        s_terms: Field,
        r_terms: Field,
        at_s: Integers,
        at_r: Integers,
    ) -> None:
        """Add the products to the traces of a gather."""


class ImageGathers:
    """The gathers of one shot at the image points of a rank.

    place : of them in the lattice; whole : of all image points of the shot.
    values : float32 (image points of each axis, half-offsets, nz), local; changed by
        `add`.

    Parameters
    ----------
    window : of the shot, and box : the part that this rank owns, in cells of the grid
    terms : products of the imaging condition
    comm : the ranks that share the shot

    Making it and `add` are collective over ``comm``.
    """

    def __init__(
        self, lattice: Lattice, window: Box, box: Box, terms: int, comm: MPI.Comm
    ) -> None:
        box = tuple(slice(side.start, max(side.start, side.stop)) for side in box)
        depth = box[-1].stop - box[-1].start
        self._comm, self.lattice = comm, lattice
        self.place, self.whole = lattice.within(box), lattice.within(window)
        points = (side.stop - side.start for side in self.place)
        self.values: Field = np.zeros(
            (*points, len(lattice.offsets), depth), np.float32
        )
        pairs = pairs_of(lattice, self.place, window)
        self._columns = Columns(comm, pairs.columns, box)
        self._places = pairs.places
        self._at_s = self._columns.order[pairs.at_s]
        self._at_r = self._columns.order[pairs.at_r]
        sent = (len(self._columns.mine), terms, depth)
        here = (len(pairs.columns), terms, depth)
        self._sent = np.empty(sent, np.float32), np.empty(sent, np.float32)
        self._here = np.empty(here, np.float32), np.empty(here, np.float32)

    def add(self, take: Terms, multiply: Multiply, s: Field, r: Field) -> None:
        """Add one imaging step; s, r as `imaging.Imaging.add` takes them."""
        take(*self._sent, s, r, self._columns.mine)
        for sent, here in zip(self._sent, self._here, strict=True):
            self._columns.exchange(sent, here)
        gathers = self.values.reshape(-1, self.values.shape[-1])
        multiply(gathers, self._places, *self._here, self._at_s, self._at_r)

    def assemble(self) -> Field | None:
        """Bring the gathers of all ranks to rank 0; None elsewhere. Collective."""
        shape, box = self.placed()
        return assemble(self._comm, shape, box, self.values)

    def placed(self) -> tuple[tuple[int, ...], Box]:
        """Give the shape of all gathers of the shot, and this rank's box of them."""
        ends = self.values.shape[-2:]
        first = [side.start for side in self.whole]
        shape = (*(side.stop - side.start for side in self.whole), *ends)
        box = tuple(
            slice(side.start - start, side.stop - start)
            for side, start in zip(self.place, first, strict=True)
        )
        return shape, (*box, *(slice(0, n) for n in ends))
