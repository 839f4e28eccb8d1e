"""What is inverted for: velocity, its slowness, or slowness squared.

    vp: x = v      slowness: x = 1/v      squared_slowness: x = 1/v^2

A model file holds v as float32. The machine asks for models that such a file holds
exactly: `nearest` gives x of the float32 v next to an x. Both maps are monotone and
rounding is, so what is within bounds stays within bounds that float32 holds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.inversion.arithmetic import Array

Field = NDArray[np.float32]

EXACT = "exact"
"""No file between: x is used as it is (for the machine on its own)."""

_POWER = {"slowness": 1.0, "squared_slowness": 2.0}


def from_field(parameter: str, field: Field) -> Array:
    """Give x of the values of a file, float64."""
    values = np.asarray(field, np.float64)
    power = _POWER.get(parameter)
    if power is None:
        return values
    return np.asarray((1.0 / values) if power == 1.0 else 1.0 / (values * values))


def to_field(parameter: str, x: Array) -> Field:
    """Give the values that a file holds, float32."""
    power = _POWER.get(parameter)
    if power is None:
        return np.asarray(x, np.float32)
    return np.asarray(1.0 / (x if power == 1.0 else np.sqrt(x)), np.float32)


def nearest(parameter: str, x: Array) -> Array:
    """Give the x that a file holds in the place of an x."""
    if parameter == EXACT:
        return x
    return from_field(parameter, to_field(parameter, x))


def sensitivity(parameter: str) -> float:
    """Give the relative change of x that goes with one of v, its sign left out."""
    return _POWER.get(parameter, 1.0)


def bounds(parameter: str, lower: Field, upper: Field) -> tuple[Array, Array]:
    """Turn bounds of v into bounds of x; slowness turns their order."""
    ends = from_field(parameter, lower), from_field(parameter, upper)
    return ends if parameter not in _POWER else (ends[1], ends[0])


def inside_single(low: float, high: float) -> tuple[np.float32, np.float32]:
    """Give the float32 numbers next to two bounds that lie between them."""
    single = np.float32(low), np.float32(high)
    below, above = float(single[0]) < low, float(single[1]) > high
    return (
        np.nextafter(single[0], np.float32(np.inf)) if below else single[0],
        np.nextafter(single[1], np.float32(-np.inf)) if above else single[1],
    )
