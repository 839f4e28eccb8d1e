"""Columns of a grid as bins: which column a position falls into, and back.

Columns are numbered from 1. In 2-D the inline is 1 and the crossline the number along
x; in 3-D the inline is the number along x, the crossline that along y. The CDP number
counts them in the order of the grid, y fastest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.domain.grid import Grid

Positions = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Bins:
    """The columns of a grid; positions outside count to a grid that goes on."""

    grid: Grid

    @property
    def shape(self) -> tuple[int, ...]:
        """Columns along each axis of the surface."""
        return self.grid.shape[:-1]

    @property
    def count(self) -> int:
        """All columns."""
        return int(np.prod(self.shape))

    def cells(self, positions_m: Positions) -> Numbers:
        """Nearest column of positions (n, ndim), int64 (n, ndim - 1), from 0."""
        fraction = self.grid.to_cells(positions_m)[:, :-1]
        return np.rint(fraction).astype(np.int64)

    def centres(self, positions_m: Positions) -> Positions:
        """Place positions at the columns they fall into, at the top of the grid."""
        return self.at(self.cells(positions_m))

    def at(self, cells: Numbers) -> Positions:
        """Positions of columns (n, ndim - 1), float64 (n, ndim) [m]."""
        grid = self.grid
        flat = np.asarray(grid.origin_m[:-1]) + cells * np.asarray(grid.spacing_m[:-1])
        return np.column_stack([flat, np.full(len(cells), grid.origin_m[-1])])

    def all(self) -> Numbers:
        """All columns in the grid's order, int64 (count, ndim - 1)."""
        return np.stack(np.unravel_index(np.arange(self.count), self.shape), axis=1)

    def corners(self) -> Positions:
        """Outermost columns, (2, ndim) [m]."""
        return self.at(np.array([[0] * len(self.shape), [n - 1 for n in self.shape]]))

    def numbers(self, positions_m: Positions) -> dict[str, Numbers]:
        """Header fields cdp, inline and crossline of positions (n, ndim)."""
        return self.numbers_of(self.cells(positions_m))

    def numbers_of(self, cells: Numbers) -> dict[str, Numbers]:
        """Header fields cdp, inline and crossline of columns."""
        x = cells[:, 0]
        if len(self.shape) == 1:
            ones = np.ones_like(x)
            return {"cdp": x + 1, "inline": ones, "crossline": x + 1}
        y = cells[:, 1]
        cdp = x * self.shape[1] + y + 1
        return {"cdp": cdp, "inline": x + 1, "crossline": y + 1}
