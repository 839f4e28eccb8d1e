"""The project's own model: a faulted, folded anticline with a gas cap.

Water over young, gently dipping beds; below an unconformity a faulted anticline
whose crest holds gas in a sand under a shale seal, with a flat contact; a carbonate
and the basement at depth; random heterogeneity along the beds. vp [m/s] and, by
Gardner's rule, rho = 310 vp^(1/4) [kg/m3].

The geometry is `structure`, the beds `stratigraphy`, the heterogeneity `texture`.
Everything follows from the extent, the water depth, the texture's strength and the
seed; the grid only samples it, each cell by its mean slowness in depth.

Source: G. H. F. Gardner, L. W. Gardner and A. R. Gregory (1974),
doi:10.1190/1.1440465.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.distributed import Box
from anticline_solvers.models import structure
from anticline_solvers.models.stratigraphy import (
    Column,
    cover_column,
    folded_column,
    with_gas,
)
from anticline_solvers.models.texture import Texture, along_columns, von_karman

Floats = NDArray[np.float64]
Field = NDArray[np.float32]

WATER_M_S = 1500.0
WATER_KG_M3 = 1025.0
CHANNEL_M_S = 1570.0
GAS_DENSITY_FACTOR = 0.91
LATTICE_STEP = 0.002
"""Distance of the texture's lattice points, as a fraction of the thickness."""


@dataclass(frozen=True)
class Anticline:
    """A realisation of the geology.

    extent_m : distance from the first to the last cell, (x, z) or (x, y, z) [m].
    water_depth_m : mean; 0 on land.  texture : relative, about one standard deviation.
    seed : of the beds and the texture.
    """

    extent_m: tuple[float, ...]
    water_depth_m: float
    texture: float
    seed: int

    @property
    def thickness_m(self) -> float:
        """Sediments from the mean sea floor to the base of the model [m]."""
        return self.extent_m[-1] - self.water_depth_m

    @cached_property
    def beds(self) -> tuple[Column, Column, Column]:
        """Columns of the cover, the folded beds, and these with gas."""
        cover = cover_column(np.random.default_rng([self.seed, 1]))
        folded = folded_column(np.random.default_rng([self.seed, 2]))
        return cover, folded, with_gas(folded)

    @cached_property
    def heterogeneity(self) -> Texture:
        """Texture with correlation lengths of 6 % of x (and y), 1.2 % of z."""
        flat = [0.06 * length for length in self.extent_m[:-1]]
        rng = np.random.default_rng([self.seed, 3])
        return von_karman(rng, [*flat, 0.012 * self.thickness_m])

    def fields(self, grid: Grid, box: Box) -> dict[str, Field]:
        """Give vp and rho of a box of the grid, float32 of the box's shape."""
        u, v, depth = self._fractions(grid, box)
        cell = grid.spacing_m[-1] / self.thickness_m
        water = self._share(depth - self._floor(u, v), cell)
        cover = self._share(depth - structure.unconformity(u, v), cell)
        beds = structure.cover_depth(u, v, depth)
        restored = structure.restored_depth(u, v, depth)
        fill = structure.channel(u, v, depth)
        young = self._young(beds, fill, cell)
        old, gas = self._old(restored, depth, cell)
        at = np.where(cover > 0.5, beds - 0.45, restored)
        strength = self.texture * np.where(cover > 0.5, 0.5, 1.0)
        texture = 1.0 + strength * self._texture(grid, box, at)
        rock = (cover * young + (1 - cover) * old) / texture
        rho = (1 - (1 - GAS_DENSITY_FACTOR) * gas * (1 - cover)) * 310 * rock**-0.25
        return {
            "vp": _float32(1.0 / (water / WATER_M_S + (1 - water) * rock)),
            "rho": _float32(water * WATER_KG_M3 + (1 - water) * rho),
        }

    def _fractions(self, grid: Grid, box: Box) -> tuple[Floats, Floats, Floats]:
        """u, v and depth below the mean sea floor, ready to broadcast to the box."""
        axes = [grid.coordinates(i)[s] for i, s in enumerate(box)]
        flat = [
            (axis - o) / length
            for axis, o, length in zip(axes, grid.origin_m, self.extent_m, strict=True)
        ]
        below = axes[-1] - grid.origin_m[-1] - self.water_depth_m
        if grid.ndim == 2:
            return flat[0][:, None], np.full((1, 1), 0.5), below / self.thickness_m
        return (
            flat[0][:, None, None],
            flat[1][None, :, None],
            below / self.thickness_m,
        )

    def _floor(self, u: Floats, v: Floats) -> Floats:
        """Depth of the sea floor below its mean, a fraction of the thickness."""
        return structure.sea_floor(u, v) * self.water_depth_m / self.thickness_m

    @staticmethod
    def _share(below: Floats, cell: float) -> Floats:
        """Share of each cell that lies above a surface; `below` it is positive."""
        return np.clip(0.5 - below / cell, 0.0, 1.0)

    def _young(self, beds: Floats, fill: NDArray[np.bool_], cell: float) -> Floats:
        """Slowness [s/m] of the cover at depths `beds`, and of the channel's fill."""
        slowness = self.beds[0].mean_slowness(beds, cell)
        return np.where(fill, 1.0 / CHANNEL_M_S, slowness)

    def _old(
        self, restored: Floats, depth: Floats, cell: float
    ) -> tuple[Floats, Floats]:
        """Slowness [s/m] of the folded beds, and the share of gas sand in a cell."""
        _, brine, gas = self.beds
        wet = brine.mean_slowness(restored, cell)
        full = gas.mean_slowness(restored, cell)
        above = self._share(depth - structure.CONTACT, cell)
        slowness = wet + above * (full - wet)
        most = (1 / gas.velocities - 1 / brine.velocities).max()
        return slowness, above * (full - wet) / most

    def _texture(self, grid: Grid, box: Box, at: Floats) -> Floats:
        """Texture of each cell, along the beds it lies in: at restored depth `at`."""
        if self.texture == 0:
            return np.zeros(1)
        flat = [grid.coordinates(i)[s] for i, s in enumerate(box[:-1])]
        lattice = np.arange(-0.9, 1.8, LATTICE_STEP)
        values = self.heterogeneity.on_lattice([*flat, lattice * self.thickness_m])
        return np.clip(along_columns(values, -0.9, LATTICE_STEP, at), -3, 3)


def _float32(values: Floats) -> Field:
    return np.ascontiguousarray(values, np.float32)
