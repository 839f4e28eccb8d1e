"""Residuals and Jacobian blocks of all cells, written where PETSc keeps them.

Each connection is visited once and adds to two rows and four blocks. A block has 9
values, column after column (`BAIJ`): row r, column c of block k is at 9 k + 3 c + r.
"""

from __future__ import annotations

import numba as nb

from anticline_solvers.reservoir.description import Floats, Integers
from anticline_solvers.reservoir.discretization import Flows
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
)


@nb.njit(cache=True, error_model="numpy")
def accumulate(
    residual: Floats,
    values: Floats,
    own: Integers,
    properties: Floats,
    before: Floats,
    per_second: float,
) -> None:
    """Begin the rows of all owned cells with what they gain; clears `values` first.

    residual : (n, 3) [m3/s]. values : blocks of the diagonal part. own : (n,) blocks
    of cells with themselves. before : (n, 3) contents [m3] at the start of the time
    step. per_second : 1 / its length.
    """
    values[:] = 0.0
    for i in range(residual.shape[0]):
        row = properties[i]
        residual[i, OIL] = (row[AO] - before[i, OIL]) * per_second
        residual[i, WATER] = (row[AW] - before[i, WATER]) * per_second
        residual[i, GAS] = (row[AG] - before[i, GAS]) * per_second
        k = 9 * own[i]
        values[k] = row[AO_P] * per_second
        values[k + 1] = row[AW_P] * per_second
        values[k + 2] = row[AG_P] * per_second
        values[k + 3] = row[AO_S] * per_second
        values[k + 4] = row[AW_S] * per_second
        values[k + 5] = row[AG_S] * per_second
        values[k + 6] = row[AO_X] * per_second
        values[k + 8] = row[AG_X] * per_second


@nb.njit(cache=True, error_model="numpy", inline="always")
def _water(u, v, trans, weight):  # type: ignore[no-untyped-def]
    """Give the flow of water from u to v; its derivatives by p, S_w of u, and of v."""
    drop = u[PW] - v[PW] - weight * (u[RHOW] + v[RHOW])
    u_p = 1.0 - weight * u[RHOW_P]
    u_s = u[PW_S] - weight * u[RHOW_S]
    v_p = -1.0 - weight * v[RHOW_P]
    v_s = -v[PW_S] - weight * v[RHOW_S]
    flow = trans * drop
    if drop >= 0.0:
        t = trans * u[TW]
        return (
            flow * u[TW],
            t * u_p + flow * u[TW_P],
            t * u_s + flow * u[TW_S],
            t * v_p,
            t * v_s,
        )
    t = trans * v[TW]
    return (
        flow * v[TW],
        t * u_p,
        t * u_s,
        t * v_p + flow * v[TW_P],
        t * v_s + flow * v[TW_S],
    )


@nb.njit(cache=True, error_model="numpy", inline="always")
def _gas(u, v, trans, weight):  # type: ignore[no-untyped-def]
    """Give the flow of free gas from u to v; its derivatives by p, x3 of both."""
    drop = u[PG] - v[PG] - weight * (u[RHOG] + v[RHOG])
    u_p = 1.0 - weight * u[RHOG_P]
    u_x = u[PG_X] - weight * u[RHOG_X]
    v_p = -1.0 - weight * v[RHOG_P]
    v_x = -v[PG_X] - weight * v[RHOG_X]
    flow = trans * drop
    if drop >= 0.0:
        t = trans * u[TG]
        return (
            flow * u[TG],
            t * u_p + flow * u[TG_P],
            t * u_x + flow * u[TG_X],
            t * v_p,
            t * v_x,
        )
    t = trans * v[TG]
    return (
        flow * v[TG],
        t * u_p,
        t * u_x,
        t * v_p + flow * v[TG_P],
        t * v_x + flow * v[TG_X],
    )


@nb.njit(cache=True, error_model="numpy", inline="always")
def _oil(u, v, trans, weight):  # type: ignore[no-untyped-def]
    """Give the flow of oil from u to v; its derivatives by p, S_w, x3 of both."""
    drop = u[PO] - v[PO] - weight * (u[RHOO] + v[RHOO])
    u_p = 1.0 - weight * u[RHOO_P]
    u_x = -weight * u[RHOO_X]
    v_p = -1.0 - weight * v[RHOO_P]
    v_x = -weight * v[RHOO_X]
    flow = trans * drop
    if drop >= 0.0:
        t = trans * u[TO]
        return (
            flow * u[TO],
            t * u_p + flow * u[TO_P],
            flow * u[TO_S],
            t * u_x + flow * u[TO_X],
            t * v_p,
            0.0,
            t * v_x,
        )
    t = trans * v[TO]
    return (
        flow * v[TO],
        t * u_p,
        0.0,
        t * u_x,
        t * v_p + flow * v[TO_P],
        flow * v[TO_S],
        t * v_x + flow * v[TO_X],
    )


@nb.njit(cache=True, error_model="numpy", inline="always")
def _with_dissolved(u, v, o, g):  # type: ignore[no-untyped-def]
    """Give the flow of all gas, free and in oil; its derivatives by both unknowns."""
    up = u if o[0] >= 0.0 else v
    rs = up[RS]
    at_u = o[0] if o[0] >= 0.0 else 0.0
    at_v = o[0] - at_u
    return (
        g[0] + rs * o[0],
        g[1] + rs * o[1] + at_u * u[RS_P],
        rs * o[2],
        g[2] + rs * o[3] + at_u * u[RS_X],
        g[3] + rs * o[4] + at_v * v[RS_P],
        rs * o[5],
        g[4] + rs * o[6] + at_v * v[RS_X],
    )


@nb.njit(cache=True, error_model="numpy", inline="always")
def _by_first(values, block, sign, w, o, g):  # type: ignore[no-untyped-def]
    """Add the derivatives by the first cell to a block."""
    k = 9 * block
    values[k] += sign * o[1]
    values[k + 1] += sign * w[1]
    values[k + 2] += sign * g[1]
    values[k + 3] += sign * o[2]
    values[k + 4] += sign * w[2]
    values[k + 5] += sign * g[2]
    values[k + 6] += sign * o[3]
    values[k + 8] += sign * g[3]


@nb.njit(cache=True, error_model="numpy", inline="always")
def _by_second(values, block, sign, w, o, g):  # type: ignore[no-untyped-def]
    """Add the derivatives by the second cell to a block."""
    k = 9 * block
    values[k] += sign * o[4]
    values[k + 1] += sign * w[3]
    values[k + 2] += sign * g[4]
    values[k + 3] += sign * o[5]
    values[k + 4] += sign * w[4]
    values[k + 5] += sign * g[5]
    values[k + 6] += sign * o[6]
    values[k + 8] += sign * g[6]


@nb.njit(cache=True, error_model="numpy", inline="always")
def _add(residual, cell, sign, w, o, g):  # type: ignore[no-untyped-def]
    residual[cell, OIL] += sign * o[0]
    residual[cell, WATER] += sign * w[0]
    residual[cell, GAS] += sign * g[0]


@nb.njit(cache=True, error_model="numpy")
def flow(
    residual: Floats,
    values: Floats,
    coupling: Floats,
    own: Integers,
    properties: Floats,
    flows: Flows,
) -> None:
    """Add what flows through all connections of a rank.

    residual : (n, 3) [m3/s] of owned cells. values, coupling : blocks of the diagonal
    part and of the coupling part, the latter all zeros before. properties : (n + halo,
    WIDTH).
    """
    first, second, there, back = flows.a, flows.b, flows.ab, flows.ba
    transmissibility, weights, inner = flows.transmissibility, flows.weight, flows.inner
    for c in range(first.size):
        a = first[c]
        b = second[c]
        u = properties[a]
        v = properties[b]
        trans = transmissibility[c]
        weight = weights[c]
        w = _water(u, v, trans, weight)
        o = _oil(u, v, trans, weight)
        g = _with_dissolved(u, v, o, _gas(u, v, trans, weight))
        _add(residual, a, 1.0, w, o, g)
        _by_first(values, own[a], 1.0, w, o, g)
        if c >= inner:
            _by_second(coupling, there[c], 1.0, w, o, g)
            continue
        _by_second(values, there[c], 1.0, w, o, g)
        _add(residual, b, -1.0, w, o, g)
        _by_first(values, back[c], -1.0, w, o, g)
        _by_second(values, own[b], -1.0, w, o, g)
