"""Pillars of a grid that is given by the sizes of its cells and its tops.

Pillars are vertical; the corners of a cell are those of a box with a level top, so
columns whose tops differ meet as at a fault: that is the geometry by which OPM Flow
reads such a grid.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.reservoir.geometry.pillars import Pillars

Floats = NDArray[np.float64]


def from_sizes(dx: Floats, dy: Floats, dz: Floats, tops: Floats) -> Pillars:
    """Make pillars: sizes [m] (nz, ny, nx); tops [m] of the first layer (ny, nx).

    Horizontal sizes are those of the first layer.
    """
    nz, ny, nx = dz.shape
    x, y = np.zeros((ny + 1, nx + 1)), np.zeros((ny + 1, nx + 1))
    x[:ny, 1:] = np.cumsum(dx[0], axis=1)
    x[ny] = x[ny - 1]
    y[1:, :nx] = np.cumsum(dy[0], axis=0)
    y[:, nx] = y[:, nx - 1]
    edge = np.concatenate([tops[None], tops[None] + np.cumsum(dz, axis=0)])
    return Pillars((nx, ny, nz), _vertical(x, y, edge), _level(edge[:-1], edge[1:]))


def from_layers(dx: Floats, dy: Floats, dz: Floats, tops: Floats) -> Pillars:
    """Make pillars where every layer states its own tops, (nz, ny, nx) [m]."""
    made = from_sizes(dx, dy, dz, tops[0])
    edge = np.concatenate([tops, (tops + dz)[-1:]])
    x, y = made.coord[..., 0, 0], made.coord[..., 0, 1]
    return Pillars(made.shape, _vertical(x, y, edge), _level(tops, tops + dz))


def _vertical(x: Floats, y: Floats, edge: Floats) -> Floats:
    coord = np.zeros((*x.shape, 2, 3))
    coord[..., 0], coord[..., 1] = x[..., None], y[..., None]
    coord[..., 0, 2], coord[..., 1, 2] = edge.min(), edge.max()
    return coord


def _level(top: Floats, bottom: Floats) -> Floats:
    zcorn = np.empty((*top.shape, 2, 2, 2))
    zcorn[:, :, :, 0] = top[..., None, None]
    zcorn[:, :, :, 1] = bottom[..., None, None]
    return zcorn
