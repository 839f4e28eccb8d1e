"""One Newton update of all cells, chopped, and the change of unknowns where gas comes.

Changes are cut back so that no saturation of a cell moves by more than a limit, nor its
pressure by more than a share of itself (Appleyard's chop, as in
Rasmussen et al. 2021, doi:10.1016/j.camwa.2020.05.014). A cell stops where a phase
comes or goes: where free gas would be less than nothing, the third unknown becomes r_s
of saturated oil; where r_s would be more than that, it becomes S_g, from 0.
"""

from __future__ import annotations

import numba as nb

from anticline_solvers.reservoir.description import Floats
from anticline_solvers.reservoir.equations import PRESSURE, SW, X3
from anticline_solvers.reservoir.fluids.kernels import saturated_rs
from anticline_solvers.reservoir.fluids.tables import LIVE
from anticline_solvers.reservoir.properties import Cells, State

NO_OIL = 1e-8
"""Oil saturation below which r_s says nothing and cannot be an unknown."""

MARGIN = 1e-10
LEAST_PRESSURE = 1.0e4


@nb.njit(cache=True, error_model="numpy", inline="always")
def third_unknown(live, free, full, sw, x3):  # type: ignore[no-untyped-def]
    """Give the third unknown within its bounds, and whether it is S_g.

    full : the r_s above which gas is free.
    """
    oil = 1.0 - sw
    if free:
        if x3 < 0.0 and live and oil > NO_OIL:
            x3, free = full, False
        else:
            x3 = min(max(x3, 0.0), oil)
    elif oil <= NO_OIL or x3 > full * (1.0 + MARGIN):
        x3, free = 0.0, True
    else:
        x3 = max(x3, 0.0)
    return x3, free


@nb.njit(cache=True, error_model="numpy")
def advance(
    state: State,
    change: Floats,
    cells: Cells,
    has_gas: bool,
    saturation_change: float,
    pressure_change: float,
) -> int:
    """Add the chopped change (n, 3) to all local cells; give how many switched."""
    switched = 0
    x, frees, limit, pvt = state.x, state.free, state.rs_limit, cells.pvt
    kinds, start, points = (
        cells.fluids.oil_kind,
        cells.fluids.oil_start,
        cells.fluids.oil_points,
    )
    for i in range(x.shape[0]):
        p = x[i, PRESSURE]
        most = pressure_change * p
        p += min(max(change[i, PRESSURE], -most), most)
        p = max(p, LEAST_PRESSURE)
        by_w = change[i, SW]
        by_g = change[i, X3] if frees[i] else 0.0
        largest = max(abs(by_w), abs(by_g), abs(by_w + by_g))
        part = saturation_change / largest if largest > saturation_change else 1.0
        sw = min(max(x[i, SW] + part * by_w, 0.0), 1.0)
        third = x[i, X3]
        third += part * by_g if frees[i] else change[i, X3]
        if has_gas:
            kind = kinds[pvt[i]]
            full, _ = saturated_rs(kind, start, points, pvt[i], p)
            full = min(full, limit[i])
            third, free = third_unknown(kind == LIVE, frees[i], full, sw, third)
            if free != frees[i]:
                switched += 1
                frees[i] = free
        x[i, PRESSURE] = p
        x[i, SW] = sw
        x[i, X3] = third
    return switched
