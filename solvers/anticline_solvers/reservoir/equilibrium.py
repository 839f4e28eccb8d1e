"""The state that gravity and capillarity hold at rest.

In each phase dp/dz = rho(p, z) g, integrated from a depth where its pressure is known:
the phase in which the datum lies from the datum, the others from the contacts, where
the capillary pressure is given. Then p_cow(S_w) = p_o - p_w and p_cog(S_g) = p_g - p_o
give the saturations of a cell, at its centre or averaged over levels in it. Where oil
has no mobile saturation the oil pressure follows the phase that is there.

Eclipse's EQUIL; the integration is Runge and Kutta's (Dormand and Prince 1980,
doi:10.1016/0771-050X(80)90013-3), to 1e-10.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from anticline_solvers.reservoir.description import (
    DepthTable,
    Description,
    Equilibration,
    Floats,
    InitialState,
    Integers,
    LiveOil,
)
from anticline_solvers.reservoir.equations import GAS, GRAVITY, OIL, WATER
from anticline_solvers.reservoir.fluids import kernels
from anticline_solvers.reservoir.fluids.tables import FluidTables, fluid_tables
from anticline_solvers.reservoir.saturation.tables import (
    SaturationTables,
    saturation_tables,
)
from anticline_solvers.reservoir.saturation.three_phase import PC

Curve = Callable[[Floats], Floats]
TOLERANCE = 1e-10


@dataclass(frozen=True)
class Column:
    """Pressures against depth in a region: functions of depths [m], giving Pa."""

    oil: Curve
    water: Curve
    gas: Curve


def initial_state(description: Description) -> InitialState:
    """Give pressure, saturations and dissolved gas of all cells at the start."""
    given = description.initial
    if isinstance(given, InitialState):
        return given
    count = len(description.grid.depth)
    state = InitialState(*(np.zeros(count) for _ in range(4)))
    fluids = fluid_tables(description.fluids)
    functions = saturation_tables(
        description.saturation, description.three_phase, description.phases
    )
    for region, equilibration in enumerate(given):
        inside = description.equilibration_region == region
        for pvt in np.unique(description.pvt_region[inside]):
            cells = np.flatnonzero(inside & (description.pvt_region == pvt))
            _fill(state, description, equilibration, cells, int(pvt), fluids, functions)
    return state


def _fill(
    state: InitialState,
    description: Description,
    equilibration: Equilibration,
    cells: Integers,
    pvt: int,
    fluids: FluidTables,
    functions: SaturationTables,
) -> None:
    """Write the state of some cells of one equilibration and one PVT region."""
    grid = description.grid
    depth = grid.depth[cells]
    reach = float(np.max(grid.dz[cells]))
    rest = equilibration
    span = (
        min(depth.min() - reach, rest.datum_depth, *_contacts(rest, description)),
        max(depth.max() + reach, rest.datum_depth, *_contacts(rest, description)),
    )
    live = isinstance(description.fluids[pvt].oil, LiveOil)
    dissolved = dissolved_gas(rest, fluids, pvt, live)
    column = _column(rest, fluids, pvt, dissolved, span, description)
    region = description.saturation_region[cells]
    there = ("water" in description.phases, "gas" in description.phases)
    sw, sg = _saturations(column, rest, functions, region, depth, grid.dz[cells], there)
    p = _oil_pressure(
        column, functions, region, depth, sw, sg, "oil" in description.phases
    )
    state.pressure[cells], state.sw[cells], state.sg[cells] = p, sw, sg
    saturated = kernels.rs_of(fluids, pvt, p)
    limited = np.minimum(dissolved(depth, p), saturated)
    state.rs[cells] = np.where(sg > 0.0, saturated, limited) if live else 0.0


def _contacts(rest: Equilibration, description: Description) -> list[float]:
    contacts = []
    if "water" in description.phases and "oil" in description.phases:
        contacts.append(rest.water_contact)
    if "gas" in description.phases and "oil" in description.phases:
        contacts.append(rest.gas_contact)
    return contacts or [rest.datum_depth]


def dissolved_gas(
    rest: Equilibration, fluids: FluidTables, pvt: int, live: bool
) -> Callable[[Floats, Floats], Floats]:
    """Give r_s as a function of depths and oil pressures, not limited by saturation."""
    if not live:
        return lambda depth, p: np.zeros(np.shape(depth))
    if rest.rs is not None:
        return _against_depth(rest.rs)
    if rest.bubble_point is not None:
        table = rest.bubble_point
        rs = kernels.rs_of(fluids, pvt, table.value)
        return _against_depth(DepthTable(table.depth, rs))
    datum = rest.datum_pressure
    if rest.datum_depth != rest.gas_contact:  # the pressure at the contact is near
        datum = _guess_at_contact(rest, fluids, pvt)
    saturated = float(kernels.rs_at(fluids, pvt, datum))
    return lambda depth, p: np.full(np.shape(depth), saturated)


def _against_depth(table: DepthTable) -> Callable[[Floats, Floats], Floats]:
    return lambda depth, p: np.interp(depth, table.depth, table.value)


def _guess_at_contact(rest: Equilibration, fluids: FluidTables, pvt: int) -> float:
    """Give the oil pressure at the gas contact: saturated there, by iteration."""
    p = rest.datum_pressure
    for _ in range(100):
        rs = float(kernels.rs_at(fluids, pvt, p))
        density = oil_density(fluids, pvt, _constant(rs))
        curve = _integrate(
            density, rest.datum_depth, rest.datum_pressure, (rest.gas_contact,) * 2
        )
        found = float(curve(np.array([rest.gas_contact]))[0])
        if abs(found - p) <= TOLERANCE * abs(p):
            return found
        p = found
    return p


def _constant(value: float) -> Callable[[Floats, Floats], Floats]:
    return lambda depth, _: np.full(len(depth), value)


def oil_density(
    fluids: FluidTables, pvt: int, dissolved: Callable[[Floats, Floats], Floats]
) -> Callable[[float, float], float]:
    """Give the density [kg/m3] of oil as a function of depth [m] and pressure [Pa]."""

    def density(depth: float, p: float) -> float:
        wanted = float(dissolved(np.array([depth]), np.array([p]))[0])
        rs = min(wanted, float(kernels.rs_at(fluids, pvt, p)))
        b = float(kernels.oil_at(fluids, pvt, p, rs)[0])
        return b * float(fluids.density[pvt, OIL] + rs * fluids.density[pvt, GAS])

    return density


def _column(
    rest: Equilibration,
    fluids: FluidTables,
    pvt: int,
    dissolved: Callable[[Floats, Floats], Floats],
    span: tuple[float, float],
    description: Description,
) -> Column:
    """Integrate all phases, the one in which the datum lies first."""

    def water(depth: float, p: float) -> float:
        b = kernels.water_at(fluids, pvt, p)[0]
        return float(b * fluids.density[pvt, WATER])

    def gas(depth: float, p: float) -> float:
        return float(kernels.gas_at(fluids, pvt, p)[0] * fluids.density[pvt, GAS])

    oil = oil_density(fluids, pvt, dissolved)
    at, p = rest.datum_depth, rest.datum_pressure
    woc, goc = rest.water_contact, rest.gas_contact
    if "oil" not in description.phases:
        curves = [_integrate(phase, at, p, span) for phase in (water, gas)]
        only = curves[0] if "water" in description.phases else curves[1]
        return Column(only, curves[0], curves[1])
    if at > woc and "water" in description.phases:
        in_water = _integrate(water, at, p, span)
        in_oil = _integrate(oil, woc, _at(in_water, woc) + rest.pcow, span)
        in_gas = _integrate(gas, goc, _at(in_oil, goc) + rest.pcog, span)
    elif at < goc and "gas" in description.phases:
        in_gas = _integrate(gas, at, p, span)
        in_oil = _integrate(oil, goc, _at(in_gas, goc) - rest.pcog, span)
        in_water = _integrate(water, woc, _at(in_oil, woc) - rest.pcow, span)
    else:
        in_oil = _integrate(oil, at, p, span)
        in_water = _integrate(water, woc, _at(in_oil, woc) - rest.pcow, span)
        in_gas = _integrate(gas, goc, _at(in_oil, goc) + rest.pcog, span)
    return Column(in_oil, in_water, in_gas)


def _at(curve: Curve, depth: float) -> float:
    return float(curve(np.array([depth]))[0])


def _integrate(
    density: Callable[[float, float], float],
    start: float,
    pressure: float,
    span: tuple[float, float],
) -> Curve:
    """Integrate a phase from a start up and down over a span of depths."""

    def slope(depth: float, p: Floats) -> list[float]:
        return [density(depth, float(p[0])) * GRAVITY]

    ends = [min(span[0], start) - 1.0, max(span[1], start) + 1.0]
    ways = [
        solve_ivp(
            slope,
            (start, end),
            [pressure],
            dense_output=True,
            rtol=TOLERANCE,
            atol=1e-3,
            max_step=20.0,
        ).sol
        for end in ends
    ]

    def curve(depth: Floats) -> Floats:
        inside = np.clip(depth, ends[0], ends[1])
        up, down = (np.asarray(way(inside)[0], float) for way in ways)
        return np.where(inside < start, up, down)

    return curve


def _saturations(
    column: Column,
    rest: Equilibration,
    functions: SaturationTables,
    region: Integers,
    depth: Floats,
    height: Floats,
    there: tuple[bool, bool],
) -> tuple[Floats, Floats]:
    """Give S_w and S_g of cells, averaged over their levels."""
    levels = max(1, 2 * abs(rest.levels))
    sw, sg = np.zeros(len(depth)), np.zeros(len(depth))
    for level in range(levels):
        at = depth + height * ((level + 0.5) / levels - 0.5)
        w, g = _at_level(column, rest, functions, region, at, there)
        sw += w / levels
        sg += g / levels
    return sw, sg


def _at_level(
    column: Column,
    rest: Equilibration,
    functions: SaturationTables,
    region: Integers,
    at: Floats,
    there: tuple[bool, bool],
) -> tuple[Floats, Floats]:
    oil, water, gas = column.oil(at), column.water(at), column.gas(at)
    sw, sg = np.zeros(len(at)), np.zeros(len(at))
    for r in np.unique(region):
        i = np.flatnonzero(region == r)
        w = slice(functions.w_start[r], functions.w_start[r + 1])
        g = slice(functions.g_start[r], functions.g_start[r + 1])
        s_w, pcow = functions.w_points[w, 0], functions.w_points[w, PC]
        s_g, pcog = functions.g_points[g, 0], functions.g_points[g, PC]
        if there[0]:
            sw[i] = _inverse(s_w, -pcow, water[i] - oil[i], at[i] > rest.water_contact)
        if there[1]:
            sg[i] = _inverse(s_g, pcog, gas[i] - oil[i], at[i] < rest.gas_contact)
        if all(there):
            _meet(sw, sg, i, (s_w, pcow), (s_g, pcog), gas[i] - water[i])
    return sw, sg


def _inverse(
    s: Floats, pc: Floats, wanted: Floats, beyond: NDArray[np.bool_]
) -> Floats:
    """Give saturations whose rising capillary pressure is the wanted one.

    A constant one is a sharp contact: full beyond it, least before it.
    """
    if pc[-1] <= pc[0]:
        return np.asarray(np.where(beyond, s[-1], s[0]), np.float64)
    return np.asarray(np.interp(wanted, pc, s), np.float64)


def _meet(
    sw: Floats,
    sg: Floats,
    cells: Integers,
    water: tuple[Floats, Floats],
    gas: tuple[Floats, Floats],
    wanted: Floats,
) -> None:
    """Where water and gas would leave no room for oil, let them meet each other.

    Then p_cow(S_w) + p_cog(1 - S_w) is the difference of their pressures.
    """
    over = np.flatnonzero(sw[cells] + sg[cells] > 1.0)
    if not len(over):
        return
    s = np.unique(np.concatenate([water[0], 1.0 - gas[0]]))
    both = np.interp(s, *water) + np.interp(1.0 - s, *gas)
    if both[0] > both[-1]:
        sw[cells[over]] = np.interp(-wanted[over], -both, s)
    sg[cells[over]] = 1.0 - sw[cells[over]]


def _oil_pressure(
    column: Column,
    functions: SaturationTables,
    region: Integers,
    depth: Floats,
    sw: Floats,
    sg: Floats,
    has_oil: bool,
) -> Floats:
    """Give oil pressures; where oil is least, those of the phase that is there."""
    p = column.oil(depth)
    if not has_oil:
        return p
    water, gas = column.water(depth), column.gas(depth)
    for r in np.unique(region):
        i = np.flatnonzero(region == r)
        w = slice(functions.w_start[r], functions.w_start[r + 1])
        g = slice(functions.g_start[r], functions.g_start[r + 1])
        s_w, pcow = functions.w_points[w, 0], functions.w_points[w, PC]
        s_g, pcog = functions.g_points[g, 0], functions.g_points[g, PC]
        in_water = water[i] + np.interp(sw[i], s_w, pcow)
        in_gas = gas[i] - np.interp(sg[i], s_g, pcog)
        p[i] = np.where(sw[i] >= s_w[-1], in_water, p[i])
        p[i] = np.where(sg[i] >= s_g[-1], in_gas, p[i])
    return p
