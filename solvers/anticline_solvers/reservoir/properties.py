"""Properties of cells: all that accumulation, flow and wells need, with derivatives.

One pass over the cells of a rank, halo included, fills a table of `WIDTH` columns that
`equations` names. A phase that is not there has tables that give it volume and no
mobility, so that its rows stay regular and keep it at nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from anticline_solvers.reservoir.description import Floats, Integers
from anticline_solvers.reservoir.equations import (
    AG,
    AG_P,
    AG_S,
    AG_X,
    AO,
    AO_P,
    AO_S,
    AO_X,
    AW,
    AW_P,
    AW_S,
    GAS,
    OIL,
    PG,
    PG_X,
    PO,
    PRESSURE,
    PW,
    PW_S,
    RHOG,
    RHOG_P,
    RHOG_X,
    RHOO,
    RHOO_P,
    RHOO_X,
    RHOW,
    RHOW_P,
    RHOW_S,
    RS,
    RS_P,
    RS_X,
    SW,
    TG,
    TG_P,
    TG_X,
    TO,
    TO_P,
    TO_S,
    TO_X,
    TW,
    TW_P,
    TW_S,
    WATER,
    WIDTH,
    X3,
)
from anticline_solvers.reservoir.fluids import kernels as fluid
from anticline_solvers.reservoir.fluids.interpolation import bounded, place
from anticline_solvers.reservoir.fluids.tables import LIVE, FluidTables
from anticline_solvers.reservoir.rock import pore_factor
from anticline_solvers.reservoir.saturation.tables import SaturationTables
from anticline_solvers.reservoir.saturation.three_phase import KR, PC
from anticline_solvers.reservoir.saturation.three_phase import oil as oil_permeability


class Cells(NamedTuple):
    """What does not change of n cells of a rank.

    pore_volume : (n,) [m3] at reference pressure. pvt, saturation : (n,) regions.
    scale : (3,) [m3/sm3] factor of the rows of oil, water, gas.
    """

    pore_volume: Floats
    pvt: Integers
    saturation: Integers
    scale: Floats
    fluids: FluidTables
    functions: SaturationTables


class State(NamedTuple):
    """What a time step changes of n cells of a rank, halo included.

    x : (n, 3) unknowns. free : (n,) the third unknown is S_g; else it is r_s.
    rs_limit : (n,) [sm3/sm3] r_s may not exceed it in this time step.
    """

    x: Floats
    free: NDArray[np.bool_]
    rs_limit: Floats


def state_of(x: Floats, free: NDArray[np.bool_]) -> State:
    """Give a state whose dissolved gas has no limit."""
    return State(x, free, np.full(len(x), np.inf))


def table(cells: int) -> Floats:
    """Give an empty table of properties: (cells, WIDTH)."""
    return np.zeros((cells, WIDTH))


@nb.njit(cache=True, error_model="numpy", inline="always")
def _water(row, p, sw, kr, pc, b, scale, density, volume, volume_p):  # type: ignore[no-untyped-def]
    """Fill what belongs to water; kr, pc with slopes, b = (b, b_p, b/mu, by p)."""
    shrink, shrink_p, bmu, bmu_p = b
    row[PW] = p - pc[0]
    row[PW_S] = -pc[1]
    row[RHOW] = density * shrink
    row[RHOW_P] = density * shrink_p
    row[RHOW_S] = -density * shrink_p * pc[1]
    row[TW] = scale * kr[0] * bmu
    row[TW_P] = scale * kr[0] * bmu_p
    row[TW_S] = scale * (kr[1] * bmu - kr[0] * bmu_p * pc[1])
    row[AW] = scale * volume * shrink * sw
    row[AW_P] = scale * (volume_p * shrink + volume * shrink_p) * sw
    row[AW_S] = scale * volume * (shrink - shrink_p * pc[1] * sw)


@nb.njit(cache=True, error_model="numpy", inline="always")
def _gas(row, p, sg, kr, pc, b, scale, density, volume, volume_p, moves):  # type: ignore[no-untyped-def]
    """Fill what belongs to free gas; moves: 1 where S_g is the unknown, else 0."""
    shrink, shrink_p, bmu, bmu_p = b
    pc_x = pc[1] * moves
    row[PG] = p + pc[0]
    row[PG_X] = pc_x
    row[RHOG] = density * shrink
    row[RHOG_P] = density * shrink_p
    row[RHOG_X] = density * shrink_p * pc_x
    row[TG] = scale * kr[0] * bmu
    row[TG_P] = scale * kr[0] * bmu_p
    row[TG_X] = scale * (moves * kr[1] * bmu + kr[0] * bmu_p * pc_x)
    row[AG] = scale * volume * shrink * sg
    row[AG_P] = scale * (volume_p * shrink + volume * shrink_p) * sg
    row[AG_X] = scale * volume * (moves * shrink + shrink_p * pc_x * sg)


@nb.njit(cache=True, error_model="numpy", inline="always")
def _oil(row, p, so, kr, b, rs, scale, surface, gas, volume, volume_p, moves):  # type: ignore[no-untyped-def]
    """Fill what belongs to oil: kr = (kr, by S_w, by S_g), rs = (r_s, by p, by x3).

    b = (b, by p, by r_s, b/mu, by p, by r_s). surface, gas : densities.
    """
    shrink, shrink_p, shrink_rs, bmu, bmu_p, bmu_rs = b
    shrink_x = shrink_rs * rs[2]
    heavy = surface + rs[0] * gas
    row[PO] = p
    row[RHOO] = shrink * heavy
    row[RHOO_P] = shrink_p * heavy + shrink * gas * rs[1]
    row[RHOO_X] = shrink_x * heavy + shrink * gas * rs[2]
    row[TO] = scale * kr[0] * bmu
    row[TO_P] = scale * kr[0] * bmu_p
    row[TO_S] = scale * kr[1] * bmu
    row[TO_X] = scale * (moves * kr[2] * bmu + kr[0] * bmu_rs * rs[2])
    row[AO] = scale * volume * shrink * so
    row[AO_P] = scale * (volume_p * shrink + volume * shrink_p) * so
    row[AO_S] = -scale * volume * shrink
    row[AO_X] = scale * volume * (shrink_x * so - moves * shrink)


@nb.njit(cache=True, error_model="numpy", inline="always")
def _add_dissolved(row, ratio, rs):  # type: ignore[no-untyped-def]
    """Fill r_s in the scale of the rows, and add what the oil holds to the gas."""
    row[RS] = ratio * rs[0]
    row[RS_P] = ratio * rs[1]
    row[RS_X] = ratio * rs[2]
    row[AG] += row[RS] * row[AO]
    row[AG_P] += row[RS_P] * row[AO] + row[RS] * row[AO_P]
    row[AG_S] = row[RS] * row[AO_S]
    row[AG_X] += row[RS_X] * row[AO] + row[RS] * row[AO_X]


@nb.njit(cache=True, error_model="numpy", inline="always")
def _pores(pore, rock, region, p):  # type: ignore[no-untyped-def]
    """Give a cell's pore volume and its derivative by p."""
    factor, factor_p = pore_factor(rock, region, p)
    return pore * factor, pore * factor_p


@nb.njit(cache=True, error_model="numpy")
def evaluate_water(out: Floats, cells: Cells, state: State) -> None:
    """Write the columns that belong to water."""
    x, pore, pvt, saturation = state.x, cells.pore_volume, cells.pvt, cells.saturation
    rock, water, density = cells.fluids.rock, cells.fluids.water, cells.fluids.density
    start, points = cells.functions.w_start, cells.functions.w_points
    scale = cells.scale[WATER]
    for i in range(x.shape[0]):
        p, sw, r, t = x[i, PRESSURE], x[i, SW], pvt[i], saturation[i]
        volume, volume_p = _pores(pore[i], rock, r, p)
        j, at, inside = place(points, start[t], start[t + 1], sw)
        kr = bounded(points, KR, j, at, inside)
        pc = bounded(points, PC, j, at, inside)
        b = fluid.liquid(water, r, p - pc[0])
        heavy = density[r, WATER]
        _water(out[i], p, sw, kr, pc, b, scale, heavy, volume, volume_p)


@nb.njit(cache=True, error_model="numpy")
def evaluate_gas(out: Floats, cells: Cells, state: State) -> None:
    """Write the columns that belong to free gas."""
    x, pore, pvt, saturation = state.x, cells.pore_volume, cells.pvt, cells.saturation
    rock, density, free = cells.fluids.rock, cells.fluids.density, state.free
    gas_start, gas_points = cells.fluids.gas_start, cells.fluids.gas_points
    start, points = cells.functions.g_start, cells.functions.g_points
    scale = cells.scale[GAS]
    for i in range(x.shape[0]):
        p, r, t = x[i, PRESSURE], pvt[i], saturation[i]
        moves = 1.0 if free[i] else 0.0
        sg = moves * x[i, X3]
        volume, volume_p = _pores(pore[i], rock, r, p)
        j, at, inside = place(points, start[t], start[t + 1], sg)
        kr = bounded(points, KR, j, at, inside)
        pc = bounded(points, PC, j, at, inside)
        b = fluid.gas(gas_start, gas_points, r, p + pc[0])
        heavy = density[r, GAS]
        _gas(out[i], p, sg, kr, pc, b, scale, heavy, volume, volume_p, moves)


@nb.njit(cache=True, error_model="numpy", inline="always")
def _dissolved(kind, oil_start, oil_points, r, p, x3, free, limit):  # type: ignore[no-untyped-def]
    """Give r_s with derivatives by p, x3, and whether the oil is saturated, or dead."""
    rs, rs_p, rs_x = x3, 0.0, 1.0
    full = kind != LIVE
    if free:
        rs, rs_p = fluid.saturated_rs(kind, oil_start, oil_points, r, p)
        rs_x = 0.0
        if rs > limit:
            rs, rs_p = limit, 0.0
        else:
            full = True
    return (rs, rs_p, rs_x), full


@nb.njit(cache=True, error_model="numpy")
def evaluate_oil(out: Floats, cells: Cells, state: State) -> None:
    """Write the columns that belong to oil, and its gas; the last of three."""
    x, pore, pvt, saturation = state.x, cells.pore_volume, cells.pvt, cells.saturation
    free, limit, f, s = state.free, state.rs_limit, cells.fluids, cells.functions
    rock, density, kinds, liquid = f.rock, f.density, f.oil_kind, f.oil_liquid
    first, points, branch_start, branches = (
        f.oil_start,
        f.oil_points,
        f.branch_start,
        f.branch_points,
    )
    w_start, w_points, g_start, g_points = s.w_start, s.w_points, s.g_start, s.g_points
    ends, model, scale = s.ends, s.model, cells.scale[OIL]
    ratio = cells.scale[GAS] / scale
    for i in range(x.shape[0]):
        p, sw, r, t = x[i, PRESSURE], x[i, SW], pvt[i], saturation[i]
        moves = 1.0 if free[i] else 0.0
        sg = moves * x[i, X3]
        volume, volume_p = _pores(pore[i], rock, r, p)
        rs, full = _dissolved(
            kinds[r], first, points, r, p, x[i, X3], free[i], limit[i]
        )
        if full:
            b, b_p, m, m_p = fluid.saturated_oil(kinds[r], first, points, liquid, r, p)
            shrunk = (b, b_p, 0.0, m, m_p, 0.0)
        else:
            shrunk = fluid.live_oil(first, points, branch_start, branches, r, p, rs[0])
        kr = oil_permeability(
            model, w_start, w_points, g_start, g_points, ends, t, sw, sg
        )
        heavy, light = density[r, OIL], density[r, GAS]
        so = 1.0 - sw - sg
        _oil(
            out[i],
            p,
            so,
            kr,
            shrunk,
            rs,
            scale,
            heavy,
            light,
            volume,
            volume_p,
            moves,
        )
        _add_dissolved(out[i], ratio, rs)


def evaluate(out: Floats, cells: Cells, state: State) -> None:
    """Write the properties of all cells: (n, WIDTH), contents A in [m3] of the rows."""
    evaluate_water(out, cells, state)
    evaluate_gas(out, cells, state)
    evaluate_oil(out, cells, state)
