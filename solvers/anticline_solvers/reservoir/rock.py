"""Pores that widen with pressure: V(p) = V_ref (1 + X + X^2 / 2), X = c (p - p_ref).

V_ref : pore volume [m3] at the reference pressure p_ref [Pa]; c : [1/Pa].
"""

from __future__ import annotations

import numba as nb

from anticline_solvers.reservoir.description import Floats


@nb.njit(cache=True, error_model="numpy", inline="always")
def pore_factor(rock: Floats, region: int, p: float):  # type: ignore[no-untyped-def]
    """Give V / V_ref and its derivative by p."""
    c = rock[region, 1]
    x = c * (p - rock[region, 0])
    return 1.0 + x * (1.0 + 0.5 * x), c * (1.0 + x)
