"""The window of the model that one shot is computed on."""

from __future__ import annotations

import math

import numpy as np

from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.survey import Shot

Box = tuple[slice, ...]


def window(grid: Grid, shot: Shot, aperture_m: float | None) -> Box:
    """Cells within ``aperture_m`` of the rectangle around source and receivers.

    Along the surface only: the window takes the whole depth. None is the whole
    grid. Positions outside the grid do not widen the window beyond it.
    """
    full = tuple(slice(0, n) for n in grid.shape)
    if aperture_m is None:
        return full
    cells = grid.to_cells(np.vstack([shot.source_m, shot.receivers_m]))
    sides = []
    for axis in range(grid.ndim - 1):
        reach = aperture_m / grid.spacing_m[axis]
        first = math.floor(cells[:, axis].min() - reach)
        last = math.ceil(cells[:, axis].max() + reach)
        sides.append(slice(max(first, 0), min(last + 1, grid.shape[axis])))
    return (*sides, full[-1])


def windowed(grid: Grid, box: Box) -> Grid:
    """Give the grid of a window: the same cells, fewer of them."""
    origin = tuple(
        o + h * s.start
        for o, h, s in zip(grid.origin_m, grid.spacing_m, box, strict=True)
    )
    return Grid(tuple(s.stop - s.start for s in box), grid.spacing_m, origin)


def in_grid(window: Box, box: Box) -> Box:
    """Turn a box counted in a window's cells into one counted in the grid's."""
    return tuple(
        slice(w.start + b.start, w.start + b.stop)
        for w, b in zip(window, box, strict=True)
    )
