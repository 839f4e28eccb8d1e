"""The acoustic update on CPUs: generated rows, compiled by Numba, threaded.

Sums are contracted (fused multiply-add) but never reassociated, and rows are
never split, so the result does not depend on threads, tiles or ranks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba as nb
import numpy as np
from numpy.typing import NDArray

from anticline_solvers.acoustic.kernels import compiled, generate
from anticline_solvers.acoustic.kernels.points import (
    Receivers,
    Sources,
    inject,
    sample,
)
from anticline_solvers.acoustic.kernels.setup import Medium, Setup, Update
from anticline_solvers.acoustic.kernels.tiling import Tiling
from anticline_solvers.acoustic.memory import TABLE_COLUMNS, table
from anticline_solvers.backends.streaming import LINE_BYTES
from anticline_solvers.domain.decomposition import Box
from anticline_solvers.domain.layout import Array

__all__ = ["build", "build_march", "inject", "kernel_source", "sample"]

TILE_ROWS = 32
"""Rows along y of a tile: 2 R + 1 planes of them stay in the L2 cache."""

Boxes = NDArray[np.int64]

MARGIN = 16
"""Cells by which whole vectors may go beyond a layer."""


def kernel_source(setup: Setup, tiled: bool = False) -> str:
    """Return the text that `build`, or `build_march`, compiles for this setup."""
    return generate.source(
        setup.ndim,
        setup.order,
        setup.layout.dtype.name,
        setup.terms,
        "transpose" if setup.transpose else "forward",
        setup.boundary.width + setup.reach,
        tiled,
    )


def build(setup: Setup) -> Update:
    """Build the update of `kernels.setup.Update` for one rank."""
    function = _function(setup, "update", tiled=False)
    constants = _constants(setup)
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


March = Callable[
    [tuple[Array, Array], tuple[Array, Array], Medium, Sources, Receivers, Boxes], None
]
"""march(waves, memories, medium, sources, receivers, boxes): time steps, in place.

waves : flat pressures p^{n-1}, p^n [Pa]; after an even number of steps the second is
    the newest again, after an odd number the first.
memories : flat, of time step n and to be filled.
boxes : int64 (steps, 4), local cells xa, xb, ya, yb of each step.
"""


def build_march(setup: Setup, tiling: Tiling) -> March:
    """Build the march of one rank; every cell gets the bits that `build` gives it."""
    function = _function(setup, "march", tiled=True)
    constants = _constants(setup)
    rows = setup.layout.shape[1] if setup.ndim == 3 else 1
    threads = setup.threads

    def march(
        waves: tuple[Array, Array], memories: tuple[Array, Array], medium: Medium,
        sources: Sources, receivers: Receivers, boxes: Boxes,
    ) -> None:  # fmt: skip
        if threads > 1:
            nb.set_num_threads(threads)
        function(
            waves, memories, (medium.scale, *constants), sources, receivers, boxes,
            rows, tiling.width, tiling.block,
        )  # fmt: skip

    return march


def _function(setup: Setup, name: str, *, tiled: bool) -> Callable[..., None]:
    """Compile the text of a setup, and give one of its two drivers."""
    direction = "transpose" if setup.transpose else "forward"
    names = (f"{setup.ndim}d", setup.order, setup.layout.dtype, direction, name)
    module = compiled.load(
        "acoustic_" + "_".join(map(str, names)), kernel_source(setup, tiled)
    )
    threaded = f"{name}_threaded" if setup.threads > 1 else name
    function: Callable[..., None] = getattr(module, threaded)
    return function


def _constants(setup: Setup) -> tuple[Any, ...]:
    return (
        setup.second(),
        setup.first(),
        _profiles(setup),
        _sides(setup),
        _geometry(setup),
    )


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
