"""Sums over cells that have the same bits every time.

A BLAS product may add in another order on another number of threads; NumPy's own sum
does not.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


def inner(a: Array, b: Array) -> float:
    """Add the products of two arrays of one shape."""
    return float(np.sum(a * b))


def norm(a: Array) -> float:
    """Give the L2 norm; what overflows in squares does not here."""
    most = largest(a)
    if most == 0.0 or not math.isfinite(most):
        return most
    return most * math.sqrt(inner(a / most, a / most))


def largest(a: Array) -> float:
    """Give the largest magnitude; 0 of nothing."""
    return float(np.max(np.abs(a), initial=0.0))


def finite(*values: Any) -> bool:
    """Tell whether every number is finite."""
    return all(bool(np.isfinite(value).all()) for value in values)
