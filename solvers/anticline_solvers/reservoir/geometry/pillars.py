"""Cells between pillars: corners, centres, extents and volumes.

A corner-point grid is (nx+1)(ny+1) straight pillars and eight depths a cell, one on
each of its four pillars for its top and its bottom. Arrays run k, j, i (i fastest),
corners after them: (nz, ny, nx, 2, 2, 2) with bottom, far j and far i at 1.

The volume is that of the trilinear cell: its Jacobian is of degree two in each
direction, which two Gauss points integrate exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_GAUSS = 0.5 + np.array([-0.5, 0.5]) / np.sqrt(3.0)


@dataclass(frozen=True)
class Pillars:
    """A corner-point grid.

    shape : nx, ny, nz. coord : (ny+1, nx+1, 2, 3) [m] a point high and a point low
    on each pillar. zcorn : (nz, ny, nx, 2, 2, 2) [m] depths of corners.
    """

    shape: tuple[int, int, int]
    coord: Floats
    zcorn: Floats

    @classmethod
    def from_flat(
        cls, shape: tuple[int, int, int], coord: Floats, zcorn: Floats
    ) -> Pillars:
        """Take arrays as files keep them: COORD and ZCORN."""
        nx, ny, nz = shape
        lines = coord.reshape(ny + 1, nx + 1, 2, 3)
        depths = zcorn.reshape(nz, 2, ny, 2, nx, 2).transpose(0, 2, 4, 1, 3, 5)
        return cls(shape, lines, np.ascontiguousarray(depths))

    def flat(self) -> tuple[Floats, Floats]:
        """Give the arrays as files keep them: COORD and ZCORN."""
        depths = self.zcorn.transpose(0, 3, 1, 4, 2, 5)
        return self.coord.reshape(-1).copy(), depths.reshape(-1).copy()

    def corners(self) -> Floats:
        """Points of all corners, (nz, ny, nx, 2, 2, 2, 3) [m]."""
        nx, ny, _ = self.shape
        out = np.empty((*self.zcorn.shape, 3))
        for j in (0, 1):
            for i in (0, 1):
                lines = self.coord[j : ny + j, i : nx + i][None, :, :, None]
                out[..., j, i, :] = on_line(lines, self.zcorn[..., j, i])
        return out


def on_line(lines: Floats, depth: Floats) -> Floats:
    """Points of pillars at depths: lines (..., 2, 3), depth (...) -> (..., 3)."""
    top, bottom = lines[..., 0, :], lines[..., 1, :]
    rise = bottom[..., 2] - top[..., 2]
    flat = rise == 0
    share = (depth - top[..., 2]) / np.where(flat, 1.0, rise)
    share = np.where(flat, 0.0, share)
    points = top[..., :2] + share[..., None] * (bottom - top)[..., :2]
    return np.concatenate([points, np.broadcast_to(depth, share.shape)[..., None]], -1)


def centres(corners: Floats) -> Floats:
    """Mean of the eight corners, (nz, ny, nx, 3) [m]."""
    mean: Floats = corners.mean(axis=(3, 4, 5))
    return mean


def extents(corners: Floats) -> tuple[Floats, Floats, Floats]:
    """Distances between the centres of opposite faces: dx, dy (both level), dz [m].

    Each (nz, ny, nx).
    """
    along_i = corners[..., 1, :].mean((3, 4)) - corners[..., 0, :].mean((3, 4))
    along_j = corners[..., 1, :, :].mean((3, 4)) - corners[..., 0, :, :].mean((3, 4))
    along_k = corners[..., 1, :, :, 2].mean((3, 4)) - corners[..., 0, :, :, 2].mean(
        (3, 4)
    )
    level_i = np.hypot(along_i[..., 0], along_i[..., 1])
    level_j = np.hypot(along_j[..., 0], along_j[..., 1])
    return level_i, level_j, along_k


def volumes(corners: Floats) -> Floats:
    """Volumes of the trilinear cells, (nz, ny, nx) [m3]."""
    total = np.zeros(corners.shape[:3])
    for w in _GAUSS:
        for v in _GAUSS:
            for u in _GAUSS:
                total += np.abs(_jacobian(corners, u, v, w)) / 8.0
    return total


def _jacobian(corners: Floats, u: float, v: float, w: float) -> Floats:
    """Volume by the derivatives along i, j, k at a point of the unit cell."""
    along_k = corners[..., 1, :, :, :] - corners[..., 0, :, :, :]
    at_k = corners[..., 0, :, :, :] + w * along_k
    along_j = at_k[..., 1, :, :] - at_k[..., 0, :, :]
    at_j = at_k[..., 0, :, :] + v * along_j
    by_u = at_j[..., 1, :] - at_j[..., 0, :]
    by_v = along_j[..., 0, :] * (1 - u) + along_j[..., 1, :] * u
    level = along_k[..., 0, :, :] * (1 - v) + along_k[..., 1, :, :] * v
    by_w = level[..., 0, :] * (1 - u) + level[..., 1, :] * u
    cross = np.cross(by_u, by_v)
    product: Floats = np.einsum("...c,...c->...", cross, by_w)
    return product
