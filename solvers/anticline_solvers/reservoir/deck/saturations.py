"""A deck's relative permeabilities and capillary pressures: SWOF SGOF, SWFN SGFN SOF3.

The second family gives each phase its own table. Oil's is read at so = 1 - sw against
water and at so = 1 - swco - sg against gas; the joint tables keep the points of both,
so that they are the same piecewise linear functions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anticline.errors import Finding
from anticline_solvers.reservoir.deck.keywords import Deck, Keyword
from anticline_solvers.reservoir.deck.tables import (
    check_course,
    check_range,
    columns,
    needed,
)
from anticline_solvers.reservoir.description import (
    GasOil,
    Phase,
    SaturationFunctions,
    ThreePhase,
    WaterOil,
)

Floats = NDArray[np.float64]

FIRST, SECOND = ("SWOF", "SGOF"), ("SWFN", "SGFN", "SOF2", "SOF3")
CLOSE = 1e-4
ROUNDING = 1e-6


def read_three_phase(deck: Deck, found: list[Finding]) -> ThreePhase:
    """Model of oil's permeability among three phases."""
    one = [name for name in ("STONE", "STONE1", "STONE2") if name in deck]
    if len(one) > 1:
        keyword = deck.last(one[1])
        assert keyword is not None
        found.append(keyword.finding(f"{' and '.join(one)} contradict; keep one"))
    if not one:
        return "default"
    return "stone1" if one[0] == "STONE1" else "stone2"


def read_saturations(
    deck: Deck, phases: tuple[Phase, ...], regions: int, found: list[Finding]
) -> tuple[SaturationFunctions, ...]:
    """Functions of every saturation region; () where findings say why not."""
    before = len(found)
    used = [name for name in (*FIRST, *SECOND) if name in deck]
    first = any(name in FIRST for name in used)
    if first and any(name in SECOND for name in used):
        keyword = deck.last(used[-1])
        assert keyword is not None
        text = f"{', '.join(used)} mix two families; give SWOF and SGOF alone"
        found.append(keyword.finding(f"{text}, or the others alone"))
        return ()
    width = 3 if len(phases) == 3 else 2
    other = deck.last(f"SOF{5 - width}")
    if other is not None:
        text = f"{len(phases)} phases take SOF{width}; give that instead"
        found.append(other.finding(text))
        return ()
    read = _first_family if first else _second_family
    made = [read(deck, phases, regions, table, found) for table in range(regions)]
    if len(found) > before:
        return ()
    return tuple(made)


def _first_family(
    deck: Deck,
    phases: tuple[Phase, ...],
    regions: int,
    table: int,
    found: list[Finding],
) -> SaturationFunctions:
    water = gas = None
    if "water" in phases and (keyword := _once(deck, "SWOF", regions, table, found)):
        made = columns(keyword, keyword.records[table].numbers(), 4, found, table + 1)
        if made:
            water = WaterOil(*made)
            _check_water_oil(keyword, water, table + 1, found)
    if "gas" in phases and (keyword := _once(deck, "SGOF", regions, table, found)):
        made = columns(keyword, keyword.records[table].numbers(), 4, found, table + 1)
        if made:
            gas = GasOil(*made)
            _check_gas_oil(keyword, gas, water, table + 1, found)
    return SaturationFunctions(water, gas)


def _once(
    deck: Deck, name: str, regions: int, table: int, found: list[Finding]
) -> Keyword | None:
    """Find a keyword; a lack is told with the first table only."""
    return needed(deck, name, regions, found if table == 0 else [])


def _check_saturation(
    keyword: Keyword, name: str, values: Floats, table: int, found: list[Finding]
) -> None:
    check_course(keyword, name, values, "rises", found, table)
    check_range(keyword, name, values, 0.0, 1.0, found, table)
    if len(values) < 2:
        found.append(keyword.finding(f"table {table}: two rows are needed"))


def _check_permeability(
    keyword: Keyword,
    name: str,
    values: Floats,
    *,
    rises: bool,
    table: int,
    found: list[Finding],
) -> None:
    course = "does not fall" if rises else "does not rise"
    check_course(keyword, name, values, course, found, table)  # type: ignore[arg-type]
    check_range(keyword, name, values, 0.0, 1.0, found, table)


def _check_water_oil(
    keyword: Keyword, made: WaterOil, table: int, found: list[Finding]
) -> None:
    _check_saturation(keyword, "water saturation", made.sw, table, found)
    _check_permeability(keyword, "krw", made.krw, rises=True, table=table, found=found)
    _check_permeability(
        keyword, "krow", made.krow, rises=False, table=table, found=found
    )
    check_course(keyword, "pcow", made.pcow, "does not rise", found, table)


def _check_gas_oil(
    keyword: Keyword,
    made: GasOil,
    water: WaterOil | None,
    table: int,
    found: list[Finding],
) -> None:
    _check_saturation(keyword, "gas saturation", made.sg, table, found)
    _check_permeability(keyword, "krg", made.krg, rises=True, table=table, found=found)
    _check_permeability(
        keyword, "krog", made.krog, rises=False, table=table, found=found
    )
    check_course(keyword, "pcog", made.pcog, "does not fall", found, table)
    if made.sg[0] != 0:
        found.append(keyword.finding(f"table {table}: the first row must be at 0"))
    connate = water.sw[0] if water else 0.0
    if made.sg[-1] + connate > 1 + ROUNDING:
        text = f"gas reaches {made.sg[-1]:g} beside connate water of {connate:g}"
        found.append(keyword.finding(f"table {table}: {text}; their sum is above 1"))
    if water is not None and abs(water.krow[0] - made.krog[0]) > CLOSE:
        text = (
            f"oil beside connate water has krow {water.krow[0]:g} and krog "
            f"{made.krog[0]:g}; make them equal"
        )
        found.append(keyword.finding(f"table {table}: {text}"))


def _second_family(
    deck: Deck,
    phases: tuple[Phase, ...],
    regions: int,
    table: int,
    found: list[Finding],
) -> SaturationFunctions:
    width = 3 if len(phases) == 3 else 2
    oil = _table(deck, f"SOF{width}", width, regions, table, found)
    water = gas = None
    connate = 0.0
    if "water" in phases and (made := _table(deck, "SWFN", 3, regions, table, found)):
        keyword, (sw, krw, pcow) = made
        connate = float(sw[0])
        if oil:
            so, krow = oil[1][0], oil[1][1]
            at = _joint(sw, 1.0 - so, float(sw[0]), float(sw[-1]))
            water = WaterOil(
                at,
                np.interp(at, sw, krw),
                np.interp(1.0 - at, so, krow),
                np.interp(at, sw, pcow),
            )
            _check_water_oil(keyword, water, table + 1, found)
    if "gas" in phases and (made := _table(deck, "SGFN", 3, regions, table, found)):
        keyword, (sg, krg, pcog) = made
        if oil:
            so, krog = oil[1][0], oil[1][-1]
            full = 1.0 - connate
            at = _joint(sg, full - so, 0.0, min(float(sg[-1]), full))
            gas = GasOil(
                at,
                np.interp(at, sg, krg),
                np.interp(full - at, so, krog),
                np.interp(at, sg, pcog),
            )
            _check_gas_oil(keyword, gas, water, table + 1, found)
    return SaturationFunctions(water, gas)


def _table(
    deck: Deck, name: str, width: int, regions: int, table: int, found: list[Finding]
) -> tuple[Keyword, tuple[Floats, ...]] | None:
    keyword = _once(deck, name, regions, table, found)
    if keyword is None:
        return None
    made = columns(keyword, keyword.records[table].numbers(), width, found, table + 1)
    if made is None:
        return None
    before = len(found)
    _check_saturation(keyword, "saturation", made[0], table + 1, found)
    return (keyword, made) if len(found) == before else None


def _joint(one: Floats, other: Floats, low: float, high: float) -> Floats:
    """Points of two tables between two ends, rising, rounding apart."""
    points = np.unique(np.concatenate([one, other, [low, high]]))
    points = points[(points >= low) & (points <= high)]
    far = np.concatenate([[True], np.diff(points) > ROUNDING])
    return np.asarray(points[far], np.float64)
