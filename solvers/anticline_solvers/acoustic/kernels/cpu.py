"""The acoustic update on CPUs: generated rows, compiled by Numba, threaded.

Sums are contracted (fused multiply-add) but never reassociated, and rows are
never split, so the result does not depend on threads, tiles or ranks.
"""

from __future__ import annotations

from collections.abc import Callable

import numba as nb
import numpy as np
from numpy.typing import NDArray

from anticline_solvers.acoustic.kernels import compiled, generate
from anticline_solvers.acoustic.kernels.setup import Medium, Setup, Update
from anticline_solvers.acoustic.memory import TABLE_COLUMNS, table
from anticline_solvers.backends.cpu import jit
from anticline_solvers.backends.streaming import LINE_BYTES
from anticline_solvers.domain.decomposition import Box
from anticline_solvers.domain.layout import Array

TILE_ROWS = 32
"""Rows along y of a tile: 2 R + 1 planes of them stay in the L2 cache."""

MARGIN = 16
"""Cells by which whole vectors may go beyond a layer."""


def kernel_source(setup: Setup) -> str:
    """Return the text that `build` compiles for this setup."""
    return generate.source(
        setup.ndim,
        setup.order,
        setup.layout.dtype.name,
        setup.terms,
        "transpose" if setup.transpose else "forward",
        setup.boundary.width + setup.reach,
    )


def build(setup: Setup) -> Update:
    """Build the update of `kernels.setup.Update` for one rank."""
    function = _compile(setup)
    constants = (
        setup.second(),
        setup.first(),
        _profiles(setup),
        _sides(setup),
        _geometry(setup),
    )
    threads = setup.threads

    def update(
        previous: Array, current: Array, medium: Medium, old: Array, new: Array,
        box: Box,
    ) -> None:  # fmt: skip
        if new.ctypes.data % LINE_BYTES:
            msg = "memories must start on 64 bytes: acoustic.memory.allocate makes them"
            raise ValueError(msg)
        x = box[0]
        y = box[1] if len(box) == 3 else slice(0, 1)
        tiles = _tiles(x.stop - x.start, y.stop - y.start, threads)
        if threads > 1:
            nb.set_num_threads(threads)
        function(
            previous, current, medium.scale, old, new, *constants, *tiles,
            x.start, x.stop, y.start, y.stop,
        )  # fmt: skip

    return update


def _compile(setup: Setup) -> Callable[..., None]:
    direction = "transpose" if setup.transpose else "forward"
    name = f"acoustic_{setup.ndim}d_{setup.order}_{setup.layout.dtype}_{direction}"
    module = compiled.load(name, kernel_source(setup))
    function: Callable[..., None] = (
        module.update_threaded if setup.threads > 1 else module.update
    )
    return function


def _geometry(setup: Setup) -> Array:
    layout = setup.layout
    nz = layout.box[-1].stop - layout.box[-1].start
    sx, sy = layout.strides[0], layout.strides[-2] if setup.ndim == 3 else 0
    free = int(setup.boundary.free_surface)
    width = setup.boundary.width + 3 * setup.reach + 2 * MARGIN
    return np.array([layout.first, nz, sx, sy, free, width], np.int64)


def _profiles(setup: Setup) -> Array:
    """Profiles of all sides, flat, each continued by MARGIN cells at both ends."""
    ends = ((0, 0), (0, 0), (MARGIN, MARGIN))
    return np.pad(setup.profiles(), ends, "edge").reshape(-1)


def _sides(setup: Setup) -> NDArray[np.int64]:
    """`memory.table`, and the rows of each side's layer and of those beside it."""
    found = table(setup.slabs, setup.layout)
    found[:, TABLE_COLUMNS.index("profile")] += MARGIN
    rows = np.zeros((len(found), 4), np.int64)
    for slab in setup.slabs:
        rows[slab.side] = *slab.layer, *slab.beside
    return np.hstack((found, rows))


def _tiles(nx: int, ny: int, threads: int) -> tuple[int, int]:
    """Tiles along x and y: narrow in y, as many for each thread where rows allow."""
    tiles_y = -(-ny // TILE_ROWS)
    if tiles_y > threads:
        tiles_y = -(-tiles_y // threads) * threads
    wanted = 1 if threads == 1 else 2 * threads
    tiles_x = min(max(nx // 4, 1), -(-wanted // tiles_y))
    return tiles_x, tiles_y


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
    for k in range(cells.size):
        i = cells[k]
        for j in range(starts[k], starts[k + 1]):
            previous[i] -= scale[i] * (weights[j] * values[points[j]])


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
