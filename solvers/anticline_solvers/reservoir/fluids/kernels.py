"""Kernels: b [sm3/m3], b/mu [1/(Pa s)] and r_s of a phase, with their derivatives.

Water and oil of constant compressibility (Eclipse's PVTW, PVCDO), X = c (p - p_ref):

    b = b_ref (1 + X + X^2 / 2),   b / mu = b_ref / mu_ref (1 + Y + Y^2 / 2)
    with Y = (c - c_v) (p - p_ref)

Live oil above its bubble point lies between two branches, taken at equal pressures
above their bubble points: with a the share of r_s between them,

    f(p, r_s) = (1 - a) f_i(p - a d) + a f_i+1(p + (1 - a) d),   d = p_b,i+1 - p_b,i

Arrays are those of `FluidTables`, by name.
"""

from __future__ import annotations

import numba as nb
import numpy as np

from anticline_solvers.reservoir.description import Floats, Integers
from anticline_solvers.reservoir.fluids.interpolation import interval, line
from anticline_solvers.reservoir.fluids.tables import LIQUID, LIVE, FluidTables

P, RS, B, BMU = 0, 1, 2, 3
"""Columns of oil's points; those of gas and of branches are P, 1, 2."""


@nb.njit(cache=True, error_model="numpy", inline="always")
def liquid(table: Floats, region: int, p: float):  # type: ignore[no-untyped-def]
    """Give b, db/dp, b/mu, d(b/mu)/dp of a liquid of constant compressibility."""
    reference = table[region, 1]
    c = table[region, 2]
    above = p - table[region, 0]
    x = c * above
    b = reference * (1.0 + x * (1.0 + 0.5 * x))
    c_mu = c - table[region, 4]
    y = c_mu * above
    mobile = reference / table[region, 3]
    bmu = mobile * (1.0 + y * (1.0 + 0.5 * y))
    return b, reference * c * (1.0 + x), bmu, mobile * c_mu * (1.0 + y)


@nb.njit(cache=True, error_model="numpy", inline="always")
def gas(gas_start: Integers, gas_points: Floats, region: int, p: float):  # type: ignore[no-untyped-def]
    """Give b, db/dp, b/mu, d(b/mu)/dp of dry gas."""
    i = interval(gas_points, P, gas_start[region], gas_start[region + 1], p)
    b, b_p = line(gas_points, P, 1, i, p)
    bmu, bmu_p = line(gas_points, P, 2, i, p)
    return b, b_p, bmu, bmu_p


@nb.njit(cache=True, error_model="numpy", inline="always")
def saturated_rs(  # type: ignore[no-untyped-def]
    kind: int, oil_start: Integers, oil_points: Floats, region: int, p: float
):
    """Give the r_s of saturated oil and its slope; 0 for dead oil, never below 0."""
    rs, rise = 0.0, 0.0
    if kind == LIVE:
        i = interval(oil_points, P, oil_start[region], oil_start[region + 1], p)
        rs, rise = line(oil_points, P, RS, i, p)
        if rs < 0.0:
            rs, rise = 0.0, 0.0
    return rs, rise


@nb.njit(cache=True, error_model="numpy", inline="always")
def saturated_oil(kind, oil_start, oil_points, oil_liquid, region, p):  # type: ignore[no-untyped-def]
    """Give b, db/dp, b/mu, d(b/mu)/dp of saturated, or of dead, oil."""
    if kind == LIQUID:
        b, b_p, bmu, bmu_p = liquid(oil_liquid, region, p)
    else:
        i = interval(oil_points, P, oil_start[region], oil_start[region + 1], p)
        b, b_p = line(oil_points, P, B, i, p)
        bmu, bmu_p = line(oil_points, P, BMU, i, p)
    return b, b_p, bmu, bmu_p


@nb.njit(cache=True, error_model="numpy", inline="always")
def _between(left, left_p, right, right_p, share, apart, width):  # type: ignore[no-untyped-def]
    rise = (1.0 - share) * left_p + share * right_p
    value = (1.0 - share) * left + share * right
    return value, rise, (right - left - apart * rise) / width


@nb.njit(cache=True, error_model="numpy", inline="always")
def live_oil(oil_start, oil_points, branch_start, branch_points, region, p, rs):  # type: ignore[no-untyped-def]
    """Give b, db/dp, db/dr_s, b/mu, its derivative by p, and by r_s.

    For live oil that holds r_s, saturated or not.
    """
    i = interval(oil_points, RS, oil_start[region], oil_start[region + 1], rs)
    width = oil_points[i + 1, RS] - oil_points[i, RS]
    apart = oil_points[i + 1, P] - oil_points[i, P]
    share = (rs - oil_points[i, RS]) / width
    left = p - share * apart
    right = left + apart
    j = interval(branch_points, P, branch_start[i], branch_start[i + 1], left)
    lb, lb_p = line(branch_points, P, 1, j, left)
    lm, lm_p = line(branch_points, P, 2, j, left)
    j = interval(branch_points, P, branch_start[i + 1], branch_start[i + 2], right)
    rb, rb_p = line(branch_points, P, 1, j, right)
    rm, rm_p = line(branch_points, P, 2, j, right)
    b, b_p, b_rs = _between(lb, lb_p, rb, rb_p, share, apart, width)
    m, m_p, m_rs = _between(lm, lm_p, rm, rm_p, share, apart, width)
    return b, b_p, b_rs, m, m_p, m_rs


@nb.njit(cache=True, error_model="numpy")
def rs_at(t: FluidTables, region: int, p: float) -> float:
    """Give the r_s [sm3/sm3] of saturated oil at a pressure [Pa]."""
    kind = t.oil_kind[region]
    return saturated_rs(kind, t.oil_start, t.oil_points, region, p)[0]  # type: ignore[no-any-return]


@nb.njit(cache=True, error_model="numpy")
def rs_of(t: FluidTables, region: int, p: Floats) -> Floats:
    """Give the r_s [sm3/sm3] of saturated oil at pressures (n,) [Pa]."""
    out = np.empty(p.size)
    for i in range(p.size):
        out[i] = rs_at(t, region, p[i])
    return out


@nb.njit(cache=True, error_model="numpy")
def oil_at(t: FluidTables, region: int, p: float, rs: float):  # type: ignore[no-untyped-def]
    """Give b [sm3/m3] and b/mu of oil that holds r_s; dead oil holds none."""
    kind = t.oil_kind[region]
    if kind == LIVE:
        b, _, _, bmu, _, _ = live_oil(
            t.oil_start, t.oil_points, t.branch_start, t.branch_points, region, p, rs
        )
    else:
        b, _, bmu, _ = saturated_oil(
            kind, t.oil_start, t.oil_points, t.oil_liquid, region, p
        )
    return b, bmu


@nb.njit(cache=True, error_model="numpy")
def water_at(t: FluidTables, region: int, p: float):  # type: ignore[no-untyped-def]
    """Give b [sm3/m3] and b/mu of water."""
    b, _, bmu, _ = liquid(t.water, region, p)
    return b, bmu


@nb.njit(cache=True, error_model="numpy")
def gas_at(t: FluidTables, region: int, p: float):  # type: ignore[no-untyped-def]
    """Give b [sm3/m3] and b/mu of gas."""
    b, _, bmu, _ = gas(t.gas_start, t.gas_points, region, p)
    return b, bmu
