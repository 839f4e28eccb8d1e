"""Sources and receivers of one rank: cells and weights of off-grid points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.domain.decomposition import Box, intersect
from anticline_solvers.domain.layout import Array, Layout

Integers = NDArray[np.int64]

POINTS_AT_ONCE = 4096
"""Points whose footprints are expanded together: bounds the memory of set-up."""


@dataclass(frozen=True, eq=False)
class Footprint:
    """Cells of several points, one after the other.

    starts : int64 (n + 1,); cells of point i are [starts[i], starts[i + 1]).
    cells : int64, flat indices of the layout.
    weights : of the layout's dtype, same length as cells.
    """

    starts: Integers
    cells: Integers
    weights: Array


@dataclass(frozen=True, eq=False)
class Spread:
    """A footprint seen from the cells: what the points give to each of them.

    Every cell stands here once, so cells can be changed side by side without
    two of them meeting, and the sum of each has one order: that of the points.

    starts : int64 (n + 1,); contributions to cell k are [starts[k], starts[k + 1]).
    cells : int64 (n,), flat indices of the layout, rising.
    points : int64, the point of each contribution.
    weights : of the layout's dtype, same length as points.
    """

    starts: Integers
    cells: Integers
    points: Integers
    weights: Array


@dataclass(frozen=True, eq=False)
class Points:
    """A set of points on the ranks of a propagator.

    n : number of points, on all ranks together.
    owned : int64, the points whose nearest cell this rank owns; it reads them.
    spread : what all n points give to this rank's local cells.
    read : footprint of the owned points.
    """

    n: int
    owned: Integers
    spread: Spread
    read: Footprint

    def moved(self, place: Callable[[NDArray[Any]], Any]) -> Points:
        """Give the same points with the arrays that kernels read in other memory.

        place(array) : the array there.
        """
        spread = Spread(*(place(array) for array in vars(self.spread).values()))
        read = Footprint(*(place(array) for array in vars(self.read).values()))
        return Points(self.n, self.owned, spread, read)


def locate(
    first: Integers,
    weights: NDArray[np.float64],
    nearest: Integers,
    layout: Layout,
    shape: tuple[int, ...],
) -> Points:
    """Points from their interpolation weights.

    first : int64 (n, ndim), first footprint cell, global.
    weights : float64 (n, ndim, k) along each axis.
    nearest : int64 (n, ndim), the nearest cell, global: it decides the owner.
    shape : global cells, layers included; weights beyond them are dropped, since
        halo cells there must stay zero.
    """
    whole = tuple(slice(0, n) for n in shape)
    exists = intersect(layout.local_box, whole)
    owned = np.flatnonzero(_inside(nearest, layout.box))
    return Points(
        n=first.shape[0],
        owned=owned,
        spread=_by_cell(_footprint(first, weights, layout, exists)),
        read=_footprint(first[owned], weights[owned], layout, exists),
    )


def _inside(cells: Integers, box: Box) -> NDArray[np.bool_]:
    low = np.array([side.start for side in box])
    high = np.array([side.stop for side in box])
    return np.asarray(((cells >= low) & (cells < high)).all(axis=-1))


def _footprint(
    first: Integers, weights: NDArray[np.float64], layout: Layout, exists: Box
) -> Footprint:
    """Expand the points that touch this rank, a chunk at a time."""
    n, _, width = weights.shape
    low = np.array([side.start for side in exists])
    high = np.array([side.stop for side in exists])
    near = np.flatnonzero(((first < high) & (first + width > low)).all(axis=1))
    counts = np.zeros(n, np.int64)
    cells, values = [np.empty(0, np.int64)], [np.empty(0, layout.dtype)]
    for start in range(0, near.size, POINTS_AT_ONCE):
        some = near[start : start + POINTS_AT_ONCE]
        used, flat, weight = _expand(first[some], weights[some], layout, exists)
        counts[some] = used.sum(axis=1)
        cells.append(flat[used])
        values.append(weight[used].astype(layout.dtype))
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Footprint(starts, np.concatenate(cells), np.concatenate(values))


def _by_cell(footprint: Footprint) -> Spread:
    """Sort by cells; the contributions to a cell stay in the order of points."""
    points = np.repeat(np.arange(footprint.starts.size - 1), np.diff(footprint.starts))
    order = np.argsort(footprint.cells, kind="stable")
    cells, counts = np.unique(footprint.cells, return_counts=True)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Spread(starts, cells, points[order], footprint.weights[order])


def _expand(
    first: Integers, weights: NDArray[np.float64], layout: Layout, exists: Box
) -> tuple[NDArray[np.bool_], Integers, NDArray[np.float64]]:
    """Which footprint cells count, their flat indices and weights, (n, k^ndim)."""
    n, ndim, width = weights.shape
    offsets = np.array(list(product(range(width), repeat=ndim)), np.int64)
    cells = first[:, None, :] + offsets
    weight = np.ones((n, offsets.shape[0]))
    for axis in range(ndim):
        weight *= weights[:, axis, :][:, offsets[:, axis]]
    used = _inside(cells, exists) & (weight != 0.0)
    flat = ((cells - layout.origin) * layout.strides).sum(axis=-1) + layout.first
    return used, flat, weight
