"""A field on another grid, by way of slowness.

Travel times add up slowness, so slowness is what interpolation and averaging keep.
Where the new cells are larger, each takes the mean slowness over its width along
that axis (a box with fractional ends), so that nothing finer than the new grid is
folded back into it; where they are smaller, splines of order 1 or 3 interpolate.
Across a sea bottom that would make cells of half water: `resample_in_layers` takes the
two sides apart.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates, spline_filter

from anticline_solvers.domain.grid import Grid
from anticline_solvers.models.water import rock_alone, water_alone, water_on

Field = NDArray[np.float32]
Floats = NDArray[np.float64]


def on_spacing(grid: Grid, spacing_m: float, cover: bool = False) -> Grid:
    """Grid of the same origin and extent with cells of `spacing_m` on every axis.

    The last cell lies at the old extent or less than one cell before it; with `cover`
    less than one cell beyond it.
    """
    if cover:
        shape = tuple(
            math.ceil(length / spacing_m - 1e-6) + 1 for length in grid.extent_m
        )
    else:
        shape = tuple(int(length / spacing_m + 1e-6) + 1 for length in grid.extent_m)
    return Grid(shape, (float(spacing_m),) * grid.ndim, grid.origin_m)


def resample(field: Field, source: Grid, target: Grid, order: int = 1) -> Field:
    """Read a positive field of `source` at the cells of `target`, float32.

    order : 1 linear, never beyond its neighbours' values; 3 cubic spline, smoother,
        held between the smallest and the largest value of the field.
    Cells beyond the source take its edge.

    Axes are taken one after the other, so memory is that of the largest grid between.
    """
    slowness = 1.0 / np.asarray(field, np.float64)
    for axis in range(source.ndim):
        slowness = _along(slowness, axis, source, target, order)
    limited = np.clip(1.0 / slowness, field.min(), field.max())
    return np.ascontiguousarray(limited, np.float32)


def resample_in_layers(
    field: Field, source: Grid, target: Grid, order: int, water: NDArray[np.bool_]
) -> Field:
    """Read water and rock each from its own side; a cell is one or the other.

    water : of `source`, its water cells. As `resample` where there are none.
    """
    if not water.any():
        return resample(field, source, target, order)
    rock = resample(rock_alone(field, water), source, target, order)
    above = resample(water_alone(field, water), source, target, order)
    return np.where(water_on(target, source, water), above, rock)


def _along(values: Floats, axis: int, source: Grid, target: Grid, order: int) -> Floats:
    """Resample one axis."""
    at = target.coordinates(axis) - source.origin_m[axis]
    cells = at / source.spacing_m[axis]
    width = target.spacing_m[axis] / source.spacing_m[axis]
    if len(cells) == values.shape[axis] and np.allclose(
        cells, np.arange(len(cells)), rtol=0, atol=1e-9
    ):
        return values
    if width > 1 + 1e-9:
        return _box_mean(values, axis, cells, width)
    return _spline(values, axis, cells, order)


def _box_mean(values: Floats, axis: int, cells: Floats, width: float) -> Floats:
    """Mean over `width` old cells about each position, by the running integral."""
    n = values.shape[axis]
    moved = np.moveaxis(values, axis, 0)
    integral = np.concatenate([np.zeros((1, *moved.shape[1:])), moved.cumsum(axis=0)])
    low = np.clip(cells + 0.5 - width / 2, 0, n)
    high = np.clip(cells + 0.5 + width / 2, 0, n)
    high = np.maximum(high, np.minimum(low + 1.0, n))
    low = np.minimum(low, high - 1.0)
    span = (high - low).reshape(-1, *[1] * (values.ndim - 1))
    mean = (_read(integral, high) - _read(integral, low)) / span
    return np.ascontiguousarray(np.moveaxis(mean, 0, axis))


def _read(integral: Floats, at: Floats) -> Floats:
    """Read between the points of the first axis."""
    below = np.minimum(at.astype(np.int64), len(integral) - 2)
    part = (at - below).reshape(-1, *[1] * (integral.ndim - 1))
    value: Floats = integral[below] * (1 - part) + integral[below + 1] * part
    return value


def _spline(values: Floats, axis: int, cells: Floats, order: int) -> Floats:
    """Interpolate every line of an axis at the same positions."""
    moved = np.moveaxis(values, axis, -1)
    lines = moved.reshape(-1, moved.shape[-1])
    made = np.empty((len(lines), len(cells)))
    for line, result in zip(lines, made, strict=True):
        knots = spline_filter(line, order, mode="nearest") if order > 1 else line
        map_coordinates(knots, [cells], result, order, mode="nearest", prefilter=False)
    shaped = made.reshape(*moved.shape[:-1], len(cells))
    return np.ascontiguousarray(np.moveaxis(shaped, -1, axis))
