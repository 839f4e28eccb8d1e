"""Bounds of every cell from numbers and files, and a start that they exclude.

Everything is in velocity, float32: what the model's file holds. Bounds of several
kinds are joined; of a fixed cell both are the start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from anticline_solvers.domain.grid import Grid
from anticline_solvers.inversion.arithmetic import Mask
from anticline_solvers.inversion.parameterisation import Field, inside_single

SLOWEST, FASTEST = 0.5, 1.5
"""Bounds, as shares of the start's slowest and fastest cell, where none are given."""


@dataclass(frozen=True, eq=False)
class Limits:
    """Bounds of a field, float32 of its shape."""

    lower: Field
    upper: Field

    def crossed(self) -> Mask:
        """Tell where no value is allowed."""
        return np.asarray(~(self.lower <= self.upper))

    def excluded(self, field: Field) -> Mask:
        """Tell where a field is out of bounds."""
        return np.asarray(~((field >= self.lower) & (field <= self.upper)))

    def clip(self, field: Field) -> Field:
        """Bring a field within."""
        return np.minimum(np.maximum(field, self.lower), self.upper)

    def fix(self, cells: Mask, field: Field) -> Limits:
        """Hold cells at a field's values."""
        return Limits(
            np.where(cells, field, self.lower), np.where(cells, field, self.upper)
        )


def limits(
    start: Field,
    parameters: Mapping[str, Any],
    lower: Field | None,
    upper: Field | None,
) -> Limits:
    """Join the bounds of a velocity; of a perturbation, or for cg, there are none."""
    low, high = _numbers(start, parameters)
    found = Limits(np.full(start.shape, low), np.full(start.shape, high))
    if lower is not None:
        found = Limits(np.maximum(found.lower, lower), found.upper)
    if upper is not None:
        found = Limits(found.lower, np.minimum(found.upper, upper))
    if (share := parameters["largest_change"]) is not None:
        around = np.asarray(start, np.float64)
        found = Limits(
            np.maximum(found.lower, np.float32(around * (1.0 - share))),
            np.minimum(found.upper, np.float32(around * (1.0 + share))),
        )
    return found


def _numbers(
    start: Field, parameters: Mapping[str, Any]
) -> tuple[np.float32, np.float32]:
    low, high = parameters["minimum_velocity_m_s"], parameters["maximum_velocity_m_s"]
    if parameters["parameter"] == "perturbation" or parameters["method"] == "cg":
        return np.float32(-np.inf), np.float32(np.inf)
    if low is None:
        low = SLOWEST * float(start.min())
    if high is None:
        high = FASTEST * float(start.max())
    return inside_single(low, high)


def told(cells: Mask, grid: Grid) -> str:
    """Say how many cells, and where: the box around them."""
    found = np.nonzero(cells)
    spans = [
        f"{axis} = {o + h * int(at.min()):g} to {o + h * int(at.max()):g} m"
        for axis, o, h, at in zip(
            grid.axes, grid.origin_m, grid.spacing_m, found, strict=True
        )
    ]
    return f"{len(found[0]):,} of {cells.size:,} cells ({', '.join(spans)})"


def crossed_text(bounds: Limits, grid: Grid) -> str | None:
    """Say where no value is allowed, or nothing."""
    crossed = bounds.crossed()
    if not crossed.any():
        return None
    low, high = (float(values[crossed][0]) for values in (bounds.lower, bounds.upper))
    return (
        f"bounds leave no velocity in {told(crossed, grid)}: in the first at least "
        f"{low:g} and at most {high:g} m/s are allowed; mend the bounds"
    )


def excluded_text(bounds: Limits, start: Field, grid: Grid) -> str | None:
    """Say where bounds exclude the start, or nothing."""
    out = bounds.excluded(start)
    if not out.any():
        return None
    found, low, high = (
        float(values[out][0]) for values in (start, bounds.lower, bounds.upper)
    )
    return (
        f"bounds exclude the start in {told(out, grid)}: the first has {found:g} m/s, "
        f"and {low:g} to {high:g} are allowed; widen the bounds, fix these cells, or "
        "say clip_start: true"
    )
