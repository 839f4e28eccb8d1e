"""Sources and receivers between grid points, placed on the ranks of a model."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from anticline_solvers.domain.placement import Placement
from anticline_solvers.domain.points import Points, locate
from anticline_solvers.numerics.interpolation import fold_at_surface, kaiser_sinc

HALF_WIDTH = 4
"""Cells that an off-grid point reaches to each side."""


def off_grid_points(
    placement: Placement,
    positions_m: ArrayLike,
    *,
    free_surface: bool = False,
    density: bool = False,
) -> Points:
    """Points at positions (n, ndim) [m] of the placement's grid.

    free_surface : weights above the surface act as their odd images below it.
    density : divide by the cell's volume, as a point source wants.
    """
    grid = placement.grid
    cells = grid.to_cells(positions_m) + placement.low
    first, weights = kaiser_sinc(cells, HALF_WIDTH)
    if free_surface:
        weights = fold_at_surface(first, weights)
    if density:
        weights = weights.copy()
        weights[:, 0, :] /= grid.cell_volume
    nearest = np.rint(cells).astype(np.int64)
    return locate(first, weights, nearest, placement.layout, placement.shape)
