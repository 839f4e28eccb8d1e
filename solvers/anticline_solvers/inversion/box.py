"""Bounds of every cell: lower <= x <= upper; a cell whose bounds are equal is fixed.

    P(x)  = min(max(x, lower), upper)                     the nearest feasible model
    active: cells at a bound whose gradient points out of the box, and fixed cells

Bertsekas 1982, doi:10.1137/0320018: a direction that mixes cells leads downhill along
P(x + a d) if it is made from the free cells alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anticline_solvers.inversion.arithmetic import Array, Mask

NEAR = 1e-9
"""Share of a cell's range in which it counts as at its bound."""


@dataclass(frozen=True, eq=False)
class Box:
    """Bounds, float64 arrays of the model's shape; infinite where there is none."""

    lower: Array
    upper: Array

    def __post_init__(self) -> None:
        """Refuse bounds of two shapes, no numbers, and crossed ones (ValueError)."""
        if self.lower.shape != self.upper.shape:
            msg = f"lower bounds are {self.lower.shape}, upper {self.upper.shape}"
            raise ValueError(msg)
        if not bool((self.lower <= self.upper).all()):
            count = int((~(self.lower <= self.upper)).sum())
            msg = f"{count} cells have a lower bound above the upper one, or none"
            raise ValueError(msg)

    @classmethod
    def none(cls, shape: tuple[int, ...]) -> Box:
        """Bound nothing."""
        return cls(np.full(shape, -np.inf), np.full(shape, np.inf))

    @property
    def fixed(self) -> Mask:
        """Cells that cannot move."""
        return np.asarray(self.lower >= self.upper)

    @property
    def bounded(self) -> bool:
        """Whether a cell that can move has a bound."""
        limits = np.isfinite(self.lower) | np.isfinite(self.upper)
        return bool((limits & ~self.fixed).any())

    def clip(self, x: Array) -> Array:
        """Give the nearest model within."""
        return np.minimum(np.maximum(x, self.lower), self.upper)

    def holds(self, x: Array) -> Mask:
        """Tell which cells lie within."""
        return np.asarray((x >= self.lower) & (x <= self.upper))

    def free(self, x: Array, gradient: Array) -> Mask:
        """Tell which cells may move downhill: all but the active ones."""
        low, high = self._near(x)
        return np.asarray(
            ~(self.fixed | (low & (gradient > 0)) | (high & (gradient < 0)))
        )

    def projected(self, x: Array, gradient: Array) -> Array:
        """Give the gradient without what points out of the box; 0 at a minimum."""
        low, high = x <= self.lower, x >= self.upper
        out = self.fixed | (low & (gradient > 0)) | (high & (gradient < 0))
        return np.where(out, 0.0, gradient)

    def inward(self, x: Array, direction: Array) -> Array:
        """Give the direction without what leads out of the box at once."""
        out = ((x <= self.lower) & (direction < 0)) | (
            (x >= self.upper) & (direction > 0)
        )
        return np.where(out, 0.0, direction)

    def closing(self, x: Array, free: Mask) -> Array:
        """Give the way of active cells to the bound that they are near; else 0."""
        low, high = self._near(x)
        to_low = np.where(low & ~free, np.where(low, self.lower, x) - x, 0.0)
        to_high = np.where(high & ~free, np.where(high, self.upper, x) - x, 0.0)
        return np.asarray(to_low + to_high)

    def _near(self, x: Array) -> tuple[Mask, Mask]:
        extent = self.upper - self.lower
        room = np.where(np.isfinite(extent), NEAR * extent, 0.0)
        return np.asarray(x <= self.lower + room), np.asarray(x >= self.upper - room)
