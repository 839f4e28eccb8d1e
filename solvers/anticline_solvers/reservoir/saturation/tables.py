"""Saturation functions of all regions, in the arrays that kernels read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from anticline_solvers.reservoir.description import (
    Floats,
    GasOil,
    Integers,
    Phase,
    SaturationFunctions,
    ThreePhase,
    WaterOil,
)

WHOLE = np.array([0.0, 1.0])
MODELS: tuple[ThreePhase, ...] = ("default", "stone1", "stone2")


class SaturationTables(NamedTuple):
    """Tables of r regions.

    w_start, g_start : (r + 1,) where the entries of a region begin.
    w_points : (k, 4) S_w, k_rw, k_row, p_cow [Pa] of water against oil.
    g_points : (k, 4) S_g, k_rg, k_rog, p_cog [Pa] of gas against oil.
    ends : (r, 4) connate water, k_ro at connate water without gas, least residual oil
        of the two tables, greatest water saturation.
    model : index in MODELS.
    """

    w_start: Integers
    w_points: Floats
    g_start: Integers
    g_points: Floats
    ends: Floats
    model: int


def saturation_tables(
    regions: Sequence[SaturationFunctions], model: ThreePhase, phases: Sequence[Phase]
) -> SaturationTables:
    """Put the functions of all regions into arrays.

    phases : those that are there; one that is alone moves unhindered.
    """
    oil = float("oil" in phases)
    alone = (float(tuple(phases) == (phase,)) for phase in ("water", "gas"))
    krw, krg = alone
    water = [_water(region, krw, oil) for region in regions]
    gas = [_gas(region, krg, oil) for region in regions]
    return SaturationTables(
        w_start=_starts([len(table.sw) for table in water]),
        w_points=np.concatenate(
            [np.column_stack([t.sw, t.krw, t.krow, t.pcow]) for t in water]
        ),
        g_start=_starts([len(table.sg) for table in gas]),
        g_points=np.concatenate(
            [np.column_stack([t.sg, t.krg, t.krog, t.pcog]) for t in gas]
        ),
        ends=np.array([_ends(w, g) for w, g in zip(water, gas, strict=True)]),
        model=MODELS.index(model),
    )


def _starts(lengths: Sequence[int]) -> Integers:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _same(value: float) -> Floats:
    return np.array([value, value])


def _water(region: SaturationFunctions, krw: float, kro: float) -> WaterOil:
    """Give a region's table; without water, oil is as among gas at none."""
    if region.water_oil is not None:
        return region.water_oil
    krow = kro if region.gas_oil is None else float(region.gas_oil.krog[0])
    return WaterOil(WHOLE, _same(krw), _same(krow), _same(0.0))


def _gas(region: SaturationFunctions, krg: float, kro: float) -> GasOil:
    """Give a region's table; without gas, oil is as among connate water."""
    if region.gas_oil is not None:
        return region.gas_oil
    krog = kro if region.water_oil is None else float(region.water_oil.krow[0])
    return GasOil(WHOLE, _same(krg), _same(krog), _same(0.0))


def _ends(water: WaterOil, gas: GasOil) -> tuple[float, float, float, float]:
    connate = float(water.sw[0])
    among_water = 1.0 - _last_mobile(water.sw, water.krow)
    among_gas = 1.0 - connate - _last_mobile(gas.sg, gas.krog)
    residual = max(0.0, min(among_water, among_gas))
    return connate, float(water.krow[0]), residual, float(water.sw[-1])


def _last_mobile(saturation: Floats, kro: Floats) -> float:
    """Give the saturation of the other phase at which oil comes to rest."""
    at_rest = np.flatnonzero(kro <= 0.0)
    return float(saturation[at_rest[0] if at_rest.size else -1])
