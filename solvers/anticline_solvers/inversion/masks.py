"""Cells that an inversion leaves as they are: water, salt, the top, a given mask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from anticline_solvers.domain.grid import Grid
from anticline_solvers.inversion.arithmetic import Mask
from anticline_solvers.inversion.parameterisation import Field


def water(vp: Field, fastest_m_s: float) -> Mask:
    """Take the cells of each column above the first one faster than this."""
    return np.asarray(np.logical_and.accumulate(vp <= fastest_m_s, axis=-1))


def salt(vp: Field, slowest_m_s: float) -> Mask:
    """Take the cells that are as fast as `slowest_m_s`, or faster."""
    return np.asarray(vp >= slowest_m_s)


def above(grid: Grid, depth_m: float) -> Mask:
    """Take the cells above a depth."""
    depths = grid.coordinates(grid.ndim - 1)
    return np.broadcast_to(depths < depth_m, grid.shape)


def fixed(
    grid: Grid, vp: Field, parameters: Mapping[str, Any], given: Field | None
) -> Mask:
    """Join all that the parameters of inversion.begin, and a mask, leave as it is.

    given : 0 where a cell is fixed.
    """
    found = np.zeros(grid.shape, bool)
    if parameters["water_velocity_m_s"] is not None:
        found |= water(vp, parameters["water_velocity_m_s"])
    if parameters["salt_velocity_m_s"] is not None:
        found |= salt(vp, parameters["salt_velocity_m_s"])
    if parameters["top_m"] is not None:
        found |= above(grid, parameters["top_m"])
    if given is not None:
        found |= given == 0
    return found
