"""The water layer of a model: where it is, and a model on either side of its bottom.

A column's water ends at the first cell from the top that is faster than a limit. The
sea bottom lies half a cell above that cell's centre.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RegularGridInterpolator

from anticline_solvers.domain.grid import Grid

Field = NDArray[np.float32]
Mask = NDArray[np.bool_]
Depths = NDArray[np.float64]


def water_layer(vp: Field, fastest_m_s: float) -> Mask:
    """Tell which cells lie above the first one faster than `fastest_m_s`."""
    slow: Mask = np.logical_and.accumulate(vp <= fastest_m_s, axis=-1)
    return slow


def bottom_m(water: Mask, grid: Grid) -> Depths:
    """Depth of the sea bottom below each column, float64 (nx[, ny]) [m].

    Half a cell above the first cell's centre where a column holds no water.
    """
    cells = water.sum(axis=-1)
    return np.asarray(grid.origin_m[-1] + (cells - 0.5) * grid.spacing_m[-1])


def rock_alone(field: Field, water: Mask) -> Field:
    """Continue the first rock cell of each column up through its water."""
    first = np.minimum(water.sum(axis=-1), field.shape[-1] - 1)
    top = np.take_along_axis(field, first[..., None], axis=-1)
    return np.where(water, top, field)


def water_alone(field: Field, water: Mask) -> Field:
    """Continue the last water cell of each column down through its rock."""
    last = np.maximum(water.sum(axis=-1) - 1, 0)
    bottom = np.take_along_axis(field, last[..., None], axis=-1)
    return np.where(water, field, bottom)


def water_on(target: Grid, source: Grid, water: Mask) -> Mask:
    """Tell which cells of `target` have their centre above the sea bottom of `source`.

    The bottom is interpolated linearly between columns and held beyond the last.
    """
    axes = range(source.ndim - 1)
    known = [source.coordinates(axis) for axis in axes]
    wanted = [
        np.clip(target.coordinates(axis), at[0], at[-1])
        for axis, at in zip(axes, known, strict=True)
    ]
    read = RegularGridInterpolator(known, bottom_m(water, source))
    bottom = read(np.stack(np.meshgrid(*wanted, indexing="ij"), axis=-1))
    depths = target.coordinates(target.ndim - 1)
    below: Mask = bottom[..., None] > depths + 1e-6 * target.spacing_m[-1]
    return below
