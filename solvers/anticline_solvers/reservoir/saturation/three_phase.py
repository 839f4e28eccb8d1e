"""Relative permeability of oil among water and gas, and its derivatives.

default : oil surrounded by both, in zones of water and of gas (Eclipse's default; as
    in Rasmussen et al. 2021, doi:10.1016/j.camwa.2020.05.014):

        k_ro = (S_g k_rog + (S_w - S_wco) k_row) / (S_g + S_w - S_wco)

    with both curves taken at the cell's oil saturation; a mean of the two within
    1e-5 of connate water.
stone1 : Stone (1970, doi:10.2118/2116-PA) in Aziz and Settari's normalised form, with
    the least residual oil S_om:

        k_ro = S_o* k_row(S_w) k_rog(S_g) / (k_rocw (1 - S_w*) (1 - S_g*))
        S_o* = (S_o - S_om) / (1 - S_wco - S_om), S_w* and S_g* alike from
        S_w - S_wco and S_g

stone2 : Stone (1973, doi:10.2118/73-03-06), normalised, not below 0:

        k_ro = k_rocw ((k_row / k_rocw + k_rw) (k_rog / k_rocw + k_rg) - k_rw - k_rg)
"""

from __future__ import annotations

import numba as nb

from anticline_solvers.reservoir.fluids.interpolation import bounded, place

NARROW = 1e-5
KR, KRO, PC = 1, 2, 3
"""Columns of the tables of water and of gas."""


@nb.njit(cache=True, error_model="numpy", inline="always")
def looked_up(points, start, region, column, at):  # type: ignore[no-untyped-def]
    """Give a function of a region and its slope, constant beyond its table."""
    i, within, inside = place(points, start[region], start[region + 1], at)
    return bounded(points, column, i, within, inside)


@nb.njit(cache=True, error_model="numpy", inline="always")
def oil_default(w_start, w_points, g_start, g_points, ends, region, sw, sg):  # type: ignore[no-untyped-def]
    """Give k_ro and its derivatives by S_w and S_g."""
    connate = ends[region, 0]
    moves = 1.0 if sw > connate else 0.0
    above = (sw - connate) * moves
    others = above + sg
    row, row_d = looked_up(w_points, w_start, region, KRO, others + connate)
    rog, rog_d = looked_up(g_points, g_start, region, KRO, others)
    kro = 0.5 * (row + rog)
    by_w = 0.5 * (row_d + rog_d)
    by_g = by_w
    if others > 0.5 * NARROW:
        far = min((others - 0.5 * NARROW) / (0.5 * NARROW), 1.0)
        turn = 1.0 / (0.5 * NARROW) if others < NARROW else 0.0
        full = (sg * rog + above * row) / others
        both = (sg * rog_d + above * row_d) / others
        turn *= full - kro
        by_w += far * ((row - full) / others + both - by_w) + turn
        by_g += far * ((rog - full) / others + both - by_g) + turn
        kro += far * (full - kro)
    return kro, by_w * moves, by_g


@nb.njit(cache=True, error_model="numpy", inline="always")
def oil_stone1(w_start, w_points, g_start, g_points, ends, region, sw, sg):  # type: ignore[no-untyped-def]
    """Give k_ro and its derivatives by S_w and S_g."""
    connate = ends[region, 0]
    width = 1.0 - connate - ends[region, 2]
    row, row_d = looked_up(w_points, w_start, region, KRO, sw)
    rog, rog_d = looked_up(g_points, g_start, region, KRO, sg)
    oil = (1.0 - sw - sg - ends[region, 2]) / width
    moves = 1.0 if sw > connate else 0.0
    no_water = 1.0 - moves * (sw - connate) / width
    no_gas = 1.0 - sg / width
    kro, by_w, by_g = 0.0, 0.0, 0.0
    if oil > 0.0 and no_water > 0.0 and no_gas > 0.0:
        share = oil / (ends[region, 1] * no_water * no_gas)
        share_w = share * (moves / no_water - 1.0 / oil) / width
        share_g = share * (1.0 / no_gas - 1.0 / oil) / width
        kro = share * row * rog
        by_w = share_w * row * rog + share * row_d * rog
        by_g = share_g * row * rog + share * row * rog_d
    return kro, by_w, by_g


@nb.njit(cache=True, error_model="numpy", inline="always")
def oil_stone2(w_start, w_points, g_start, g_points, ends, region, sw, sg):  # type: ignore[no-untyped-def]
    """Give k_ro and its derivatives by S_w and S_g."""
    top = ends[region, 1]
    row, row_d = looked_up(w_points, w_start, region, KRO, sw)
    rog, rog_d = looked_up(g_points, g_start, region, KRO, sg)
    rw, rw_d = looked_up(w_points, w_start, region, KR, sw)
    rg, rg_d = looked_up(g_points, g_start, region, KR, sg)
    water = row / top + rw
    gas = rog / top + rg
    kro = top * (water * gas - rw - rg)
    by_w = top * ((row_d / top + rw_d) * gas - rw_d)
    by_g = top * ((rog_d / top + rg_d) * water - rg_d)
    if kro <= 0.0:
        kro, by_w, by_g = 0.0, 0.0, 0.0
    return kro, by_w, by_g


@nb.njit(cache=True, error_model="numpy", inline="always")
def oil(model, w_start, w_points, g_start, g_points, ends, region, sw, sg):  # type: ignore[no-untyped-def]
    """Give k_ro and its derivatives by S_w and S_g, by the model of the tables."""
    if model == 1:
        kro, by_w, by_g = oil_stone1(
            w_start, w_points, g_start, g_points, ends, region, sw, sg
        )
    elif model == 2:
        kro, by_w, by_g = oil_stone2(
            w_start, w_points, g_start, g_points, ends, region, sw, sg
        )
    else:
        kro, by_w, by_g = oil_default(
            w_start, w_points, g_start, g_points, ends, region, sw, sg
        )
    return kro, by_w, by_g
