"""Sources and receivers between the cells, compiled: on all rows, or on some.

In a tile of rows and time steps a source acts on the cells of the rows that are about
to be updated, and receivers' cells are read as soon as they are: their sums are made
afterwards, in the order in which `sample` makes them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.backends.cpu import jit
from anticline_solvers.domain.layout import Array, Layout
from anticline_solvers.domain.points import Footprint

Integers = NDArray[np.int64]


class Sources(NamedTuple):
    """What acts on a rank's rows in some time steps.

    rows : int64 (rows + 1,); row j has the cells [rows[j], rows[j + 1]) of `spread`.
    starts, cells, points, weights : of `domain.points.Spread`.
    values : (steps, points), C contiguous.
    """

    rows: Integers
    starts: Integers
    cells: Integers
    points: Integers
    weights: Array
    values: Array


class Receivers(NamedTuple):
    """Cells that are read in some time steps.

    rows : as of `Sources`. cells : int64, flat indices, rising, each once.
    values : (steps, cells), filled.
    """

    rows: Integers
    cells: Integers
    values: Array


class Heard(NamedTuple):
    """The cells of a footprint, each once.

    rows, cells : as of `Receivers`. places : int64, of each of its entries in cells.
    """

    rows: Integers
    cells: Integers
    places: Integers


def heard_cells(read: Footprint, layout: Layout) -> Heard:
    """Sort the cells of a footprint by rows of the layout."""
    cells, places = np.unique(read.cells, return_inverse=True)
    return Heard(rows_of(cells, layout), cells, places.astype(np.int64))


def rows_of(cells: Integers, layout: Layout) -> Integers:
    """Tell where the cells of each row begin, int64 (rows + 1,); cells rise."""
    rows = int(np.prod(layout.shape[:-1]))
    ends = np.arange(rows + 1, dtype=np.int64) * layout.shape[-1]
    return np.asarray(np.searchsorted(cells, ends), np.int64)


@jit
def inject_some(
    previous: Array,
    scale: Array,
    starts: Array,
    cells: Array,
    points: Array,
    weights: Array,
    values: Array,
    first: int,
    last: int,
) -> None:
    """previous[cell] -= scale weight value, for the cells first to last, in place."""
    for k in range(first, last):
        i = cells[k]
        for j in range(starts[k], starts[k + 1]):
            previous[i] -= scale[i] * (weights[j] * values[points[j]])


@jit
def inject(
    previous: Array,
    scale: Array,
    starts: Array,
    cells: Array,
    points: Array,
    weights: Array,
    values: Array,
) -> None:
    """previous[cell] -= scale weight value, cell after cell, in place.

    starts : int64 (n + 1,), contributions to cell k are [starts[k], starts[k + 1]).
    cells : int64 (n,), flat indices, each once.
    points : int64, of each contribution.   weights : same length.
    values : of each point.
    """
    inject_some(previous, scale, starts, cells, points, weights, values, 0, cells.size)


@jit
def sample(
    current: Array, starts: Array, cells: Array, weights: Array, out: Array
) -> None:
    """out[i] = sum of weight times current over the cells of point i; out (n,)."""
    for i in range(out.size):
        total = out.dtype.type(0)
        for j in range(starts[i], starts[i + 1]):
            total += weights[j] * current[cells[j]]
        out[i] = total


@jit
def act(
    previous: Array,
    scale: Array,
    given: Sources,
    t: int,
    ny: int,
    xa: int,
    xb: int,
    ya: int,
    yb: int,
) -> None:
    """Let the sources of step t act on rows xa <= x < xb, ya <= y < yb; ny in all."""
    if given.cells.size == 0:
        return
    for x in range(xa, xb):
        inject_some(
            previous, scale, given.starts, given.cells, given.points, given.weights,
            given.values[t], given.rows[x * ny + ya], given.rows[x * ny + yb],
        )  # fmt: skip


@jit
def hear(
    current: Array,
    given: Receivers,
    t: int,
    ny: int,
    xa: int,
    xb: int,
    ya: int,
    yb: int,
) -> None:
    """Read the receivers' cells on rows xa <= x < xb, ya <= y < yb after step t."""
    if given.cells.size == 0:
        return
    for x in range(xa, xb):
        for k in range(given.rows[x * ny + ya], given.rows[x * ny + yb]):
            given.values[t, k] = current[given.cells[k]]
