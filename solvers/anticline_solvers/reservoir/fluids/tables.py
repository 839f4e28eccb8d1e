"""Tables of fluids and rock of all PVT regions, in the arrays that kernels read.

Volume factors B and viscosities mu become b = 1/B and b/mu, which are interpolated
linearly, as reservoir simulators do. Live oil is a curve of saturated states and a
branch above each bubble point. A branch that a deck leaves out takes the relative
slopes of the next branch that is there:

    B(p + d) = B(p) (1 + d s / 2) / (1 - d s / 2),   s = 2 (B1 - B0) / (B1 + B0) / d
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from anticline_solvers.reservoir.description import (
    DeadOil,
    DryGas,
    Floats,
    Fluids,
    Integers,
    Liquid,
    LiveOil,
)

LIVE, DEAD, LIQUID = 0, 1, 2


class FluidTables(NamedTuple):
    """Tables of r regions.

    water : (r, 5) reference pressure [Pa], b there, compressibility, viscosity [Pa s],
        viscosibility [1/Pa]. oil_liquid : (r, 5) likewise. oil_kind : (r,) LIVE, DEAD
        or LIQUID. gas_start, oil_start : (r + 1,) where a region's entries begin.
    gas_points : (k, 3) pressure, b, b/mu.
    oil_points : (k, 4) of saturated (or dead) oil: pressure, r_s, b, b/mu.
    branch_start : where the branch of each point of saturated oil begins.
    branch_points : (k, 3) pressure, b, b/mu of the branches.
    density : (r, 3) oil, water, gas at the surface [kg/m3].
    rock : (r, 2) reference pressure, compressibility.
    """

    water: Floats
    oil_liquid: Floats
    oil_kind: Integers
    gas_start: Integers
    gas_points: Floats
    oil_start: Integers
    oil_points: Floats
    branch_start: Integers
    branch_points: Floats
    density: Floats
    rock: Floats


class _Curve(NamedTuple):
    p: Floats
    b: Floats
    bmu: Floats


def fluid_tables(fluids: Sequence[Fluids]) -> FluidTables:
    """Put the tables of all regions into arrays.

    Raises ValueError where live oil has one branch only, or none of two values or more
    at its end.
    """
    gas = [_gas(region.gas) for region in fluids]
    saturated, branches = zip(*(_oil(region.oil) for region in fluids), strict=True)
    rs = [
        _dissolved(region.oil, len(saturated[r].p)) for r, region in enumerate(fluids)
    ]
    every = [branch for region in branches for branch in region]
    return FluidTables(
        water=np.array([_liquid(region.water) for region in fluids]),
        oil_liquid=np.array([_liquid(region.oil) for region in fluids]),
        oil_kind=np.array([_kind(region.oil) for region in fluids], np.int64),
        gas_start=_starts([len(curve.p) for curve in gas]),
        gas_points=_joined(gas),
        oil_start=_starts([len(curve.p) for curve in saturated]),
        oil_points=np.insert(_joined(saturated), 1, np.concatenate(rs), axis=1),
        branch_start=_starts([len(curve.p) for curve in every]),
        branch_points=_joined(every),
        density=np.array([_density(region) for region in fluids]),
        rock=np.array(
            [
                (region.rock.reference_pressure, region.rock.compressibility)
                for region in fluids
            ],
            float,
        ),
    )


def _density(region: Fluids) -> tuple[float, ...]:
    """Give surface densities; what is not there weighs something all the same."""
    return tuple(float(d) if d > 0.0 else 1.0 for d in region.surface_density)


def _starts(lengths: Sequence[int]) -> Integers:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _joined(curves: Sequence[_Curve]) -> Floats:
    return np.concatenate([np.column_stack(curve) for curve in curves])


def _curve(table: DeadOil | DryGas) -> _Curve:
    b = 1.0 / table.volume_factor
    if len(b) == 1:  # one value holds everywhere
        p = np.array([table.pressure[0], table.pressure[0] + 1.0])
        return _Curve(p, np.repeat(b, 2), np.repeat(b / table.viscosity, 2))
    return _Curve(table.pressure, b, b / table.viscosity)


def _nothing() -> _Curve:
    """Give the curve of a phase that is not there: it has volume and cannot move."""
    return _Curve(np.array([0.0, 1.0]), np.ones(2), np.ones(2))


def _gas(gas: DryGas | None) -> _Curve:
    return _nothing() if gas is None else _curve(gas)


def _liquid(liquid: object) -> tuple[float, float, float, float, float]:
    if not isinstance(liquid, Liquid):
        return (0.0, 1.0, 0.0, 1.0, 0.0)
    return (
        liquid.reference_pressure,
        1.0 / liquid.volume_factor,
        liquid.compressibility,
        liquid.viscosity,
        liquid.viscosibility,
    )


def _kind(oil: LiveOil | DeadOil | Liquid | None) -> int:
    if isinstance(oil, LiveOil):
        return LIVE
    return DEAD if isinstance(oil, DeadOil) else LIQUID


def _dissolved(oil: LiveOil | DeadOil | Liquid | None, size: int) -> Floats:
    return np.asarray(oil.rs, float) if isinstance(oil, LiveOil) else np.zeros(size)


def _oil(oil: LiveOil | DeadOil | Liquid | None) -> tuple[_Curve, list[_Curve]]:
    """Give the saturated curve of a region, and the branch above each of its points."""
    if isinstance(oil, LiveOil):
        branches = _branches(oil)
        first = (
            np.array([branch[part][0] for branch in branches]) for part in range(3)
        )
        return _Curve(*first), branches
    curve = _curve(oil) if isinstance(oil, DeadOil) else _nothing()
    return curve, [curve] * len(curve.p)


def _branches(oil: LiveOil) -> list[_Curve]:
    """Give all branches, from the last one down, so that each finds its model."""
    if len(oil.rs) < 2 or len(oil.pressure[-1]) < 2:
        msg = (
            f"live oil has {len(oil.rs)} bubble points, the last with "
            f"{len(oil.pressure[-1])} pressures; it needs two or more of both"
        )
        raise ValueError(msg)
    columns = zip(oil.pressure, oil.volume_factor, oil.viscosity, strict=True)
    given = [tuple(np.asarray(column, float) for column in row) for row in columns]
    model = given[-1]
    found: list[_Curve] = []
    for p, factor, viscosity in reversed(given):
        if len(p) > 1:
            model = (p, factor, viscosity)
        full = p[0] + (model[0] - model[0][0])
        factors = _like(factor[0], model[1], model[0])
        viscosities = _like(viscosity[0], model[2], model[0])
        if len(p) > 1:
            full, factors, viscosities = p, factor, viscosity
        found.append(_Curve(full, 1.0 / factors, 1.0 / (factors * viscosities)))
    return found[::-1]


def _like(start: float, model: Floats, p: Floats) -> Floats:
    """Give values from `start` with the relative slopes of a model branch."""
    values = [float(start)]
    for i in range(1, len(p)):
        rise = (model[i] - model[i - 1]) / (model[i] + model[i - 1])
        values.append(values[-1] * (1.0 + rise) / (1.0 - rise))
    return np.array(values)
