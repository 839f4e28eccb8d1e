"""A regular grid of cells in a local frame: x, y along the surface, z down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Grid:
    """A physical grid, absorbing layers not included.

    shape : (nx, nz) or (nx, ny, nz), cells; z is contiguous in memory.
    spacing_m : distance of neighbouring cells for each axis [m].
    origin_m : position of cell (0, ..., 0) for each axis [m].

    Raises ValueError where the three tuples disagree in length, the grid has
    neither 2 nor 3 axes, or a number of cells or a spacing is not positive.
    """

    shape: tuple[int, ...]
    spacing_m: tuple[float, ...]
    origin_m: tuple[float, ...]

    def __post_init__(self) -> None:
        if not len(self.shape) == len(self.spacing_m) == len(self.origin_m):
            msg = (
                f"shape {self.shape}, spacing {self.spacing_m} and origin "
                f"{self.origin_m} must have one entry an axis"
            )
            raise ValueError(msg)
        if self.ndim not in (2, 3):
            msg = f"a grid has 2 or 3 axes, found {self.ndim}"
            raise ValueError(msg)
        if min(self.shape) < 1 or not all(h > 0 for h in self.spacing_m):
            msg = f"cells {self.shape} and spacing {self.spacing_m} must be positive"
            raise ValueError(msg)

    @property
    def ndim(self) -> int:
        """Number of axes, 2 or 3."""
        return len(self.shape)

    @property
    def axes(self) -> tuple[str, ...]:
        """Axis names, slowest first."""
        return ("x", "z") if self.ndim == 2 else ("x", "y", "z")

    @property
    def extent_m(self) -> tuple[float, ...]:
        """Distance from the first to the last cell of each axis [m]."""
        return tuple(
            (n - 1) * h for n, h in zip(self.shape, self.spacing_m, strict=True)
        )

    @property
    def cell_volume(self) -> float:
        """Product of the spacings [m^ndim]."""
        return float(np.prod(self.spacing_m))

    def coordinates(self, axis: int) -> NDArray[np.float64]:
        """Positions of the cells along one axis, shape (n,) [m]."""
        steps = np.arange(self.shape[axis], dtype=np.float64)
        return np.asarray(self.origin_m[axis] + self.spacing_m[axis] * steps)

    def agrees_with(self, other: Grid) -> bool:
        """Tell whether cells agree to a millionth of the spacing."""
        near = 1e-6 * min(self.spacing_m)
        return (
            self.shape == other.shape
            and np.allclose(self.spacing_m, other.spacing_m, rtol=1e-6)
            and np.allclose(self.origin_m, other.origin_m, rtol=0, atol=near)
        )

    def to_cells(self, positions_m: ArrayLike) -> NDArray[np.float64]:
        """Positions (n, ndim) [m] as fractional cell numbers, float64 (n, ndim)."""
        positions = np.asarray(positions_m, np.float64).reshape(-1, self.ndim)
        return np.asarray((positions - self.origin_m) / np.asarray(self.spacing_m))

    def contains(self, positions_m: ArrayLike) -> NDArray[np.bool_]:
        """Tell for each position (n, ndim) [m] whether it lies in the grid."""
        cells = self.to_cells(positions_m)
        last = np.asarray(self.shape) - 1
        inside = (cells >= -1e-9) & (cells <= last + 1e-9)
        return np.asarray(inside.all(axis=1))
