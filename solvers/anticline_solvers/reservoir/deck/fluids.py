"""A deck's fluids and rock: PVTO PVDO PVCDO PVTW PVDG DENSITY ROCK."""

from __future__ import annotations

import numpy as np

from anticline.errors import Finding
from anticline_solvers.reservoir.deck.keywords import Deck, Keyword, Record
from anticline_solvers.reservoir.deck.tables import (
    check_course,
    check_positive,
    columns,
    needed,
)
from anticline_solvers.reservoir.description import (
    DeadOil,
    DryGas,
    Fluids,
    Liquid,
    LiveOil,
    Phase,
    Rock,
)

Oil = LiveOil | DeadOil | Liquid
_PRESSURE, _FACTOR, _VISCOSITY = "pressure", "the volume factor", "viscosity"


def read_phases(deck: Deck, found: list[Finding]) -> tuple[Phase, ...]:
    """Phases that are there; oil, and water or gas or both."""
    names: tuple[Phase, ...] = ("oil", "water", "gas")
    phases = tuple(name for name in names if name.upper() in deck)
    if "oil" not in phases or len(phases) < 2:
        text = "the phases must be OIL and WATER, OIL and GAS, or all three"
        found.append(deck.finding(f"{text}; found {', '.join(phases) or 'none'}"))
    dissolved = deck.last("DISGAS")
    if dissolved and "gas" not in phases:
        found.append(dissolved.finding("gas dissolves, and GAS is no phase"))
    return phases


def read_fluids(
    deck: Deck, phases: tuple[Phase, ...], regions: int, found: list[Finding]
) -> tuple[Fluids, ...]:
    """Fluids and rock of every PVT region; () where findings say why not."""
    before = len(found)
    density = needed(deck, "DENSITY", regions, found)
    rock = needed(deck, "ROCK", regions, found)
    water = needed(deck, "PVTW", regions, found) if "water" in phases else None
    gas = needed(deck, "PVDG", regions, found) if "gas" in phases else None
    oil = _oil_tables(deck, regions, found)
    made = [
        _region(table, density, rock, oil, water, gas, found)
        for table in range(regions)
        if len(found) == before or density
    ]
    if len(found) > before:
        return ()
    return tuple(one for one in made if one is not None)


def _region(
    table: int,
    density: Keyword | None,
    rock: Keyword | None,
    oil: tuple[Keyword, list[list[Record]]] | None,
    water: Keyword | None,
    gas: Keyword | None,
    found: list[Finding],
) -> Fluids | None:
    oils = _oil(oil[0], oil[1], table, found) if oil else None
    waters = _liquid(water, water.records[table], "WATER", found) if water else None
    gases = _gas(gas, table, found) if gas else None
    if density is None or rock is None:
        return None
    values = [density.records[table].number(name) for name in ("OIL", "WATER", "GAS")]
    densities = [value or 0.0 for value in values]
    check_positive(density, "a density", np.array(densities), found, table + 1)
    reference = rock.records[table].number("PREF") or 0.0
    stiffness = rock.records[table].number("COMPRESSIBILITY") or 0.0
    if stiffness < 0:
        found.append(rock.finding(f"table {table + 1}: compressibility is negative"))
    first, second, third = densities
    return Fluids(
        (first, second, third), oils, waters, gases, Rock(reference, stiffness)
    )


def _oil_tables(
    deck: Deck, regions: int, found: list[Finding]
) -> tuple[Keyword, list[list[Record]]] | None:
    """Find the one keyword that describes oil, and its records by region."""
    given = [one for name in ("PVTO", "PVDO", "PVCDO") if (one := deck.last(name))]
    if len(given) != 1:
        names = ", ".join(one.name for one in given) or "none"
        text = f"oil needs one of PVTO, PVDO and PVCDO; found {names}"
        found.append(given[-1].finding(text) if given else deck.finding(text))
        return None
    keyword = given[0]
    live = keyword.name == "PVTO"
    if live != ("DISGAS" in deck):
        text = "PVTO and DISGAS go together; give both or neither"
        found.append(keyword.finding(text))
        return None
    tables = _branches(keyword) if live else [[one] for one in keyword.records]
    if len(tables) < regions:
        found.append(keyword.finding(f"{len(tables)} tables for {regions} regions"))
        return None
    return keyword, tables


def _branches(keyword: Keyword) -> list[list[Record]]:
    """Split records at the empty ones that end a region's table."""
    tables: list[list[Record]] = [[]]
    for record in keyword.records:
        if record.number("RS") is None or not record.numbers("DATA").size:
            tables.append([])
        else:
            tables[-1].append(record)
    return [table for table in tables if table]


def _oil(
    keyword: Keyword, tables: list[list[Record]], table: int, found: list[Finding]
) -> Oil | None:
    records = tables[table]
    if keyword.name == "PVTO":
        return _live_oil(keyword, records, table + 1, found)
    if keyword.name == "PVCDO":
        return _liquid(keyword, records[0], "OIL", found)
    made = columns(keyword, records[0].numbers(), 3, found, table + 1)
    if made is None:
        return None
    check_course(keyword, _PRESSURE, made[0], "rises", found, table + 1)
    check_course(keyword, _FACTOR, made[1], "does not rise", found, table + 1)
    _check_fluid(keyword, made[1], made[2], found, table + 1)
    return DeadOil(*made)


def _check_fluid(
    keyword: Keyword,
    factor: np.ndarray,
    viscosity: np.ndarray,
    found: list[Finding],
    table: int,
) -> None:
    check_positive(keyword, _FACTOR, factor, found, table)
    check_positive(keyword, _VISCOSITY, viscosity, found, table)


def _live_oil(
    keyword: Keyword, records: list[Record], table: int, found: list[Finding]
) -> LiveOil | None:
    branches = []
    for record in records:
        made = columns(keyword, record.numbers("DATA"), 3, found, table)
        if made is None:
            return None
        check_course(
            keyword, f"{_PRESSURE} of a branch", made[0], "rises", found, table
        )
        check_course(
            keyword, f"{_FACTOR} of a branch", made[1], "does not rise", found, table
        )
        _check_fluid(keyword, made[1], made[2], found, table)
        branches.append(made)
    rs = np.array([record.number("RS") or 0.0 for record in records])
    check_course(keyword, "dissolved gas", rs, "rises", found, table)
    bubble = np.array([branch[0][0] for branch in branches])
    check_course(keyword, "the bubble point", bubble, "rises", found, table)
    if len(branches[-1][0]) < 2:
        text = f"table {table}: the last branch needs a row above its bubble point"
        found.append(keyword.finding(text))
    pressure, factor, viscosity = zip(*branches, strict=True)
    return LiveOil(rs, pressure, factor, viscosity)


def _liquid(
    keyword: Keyword, record: Record, phase: str, found: list[Finding]
) -> Liquid:
    names = [f"{phase}_{what}" for what in ("VOL_FACTOR", "VISCOSITY")]
    found.extend(
        keyword.finding(f"{name.lower()} must be above zero")
        for name in names
        if not (record.number(name) or 0.0) > 0
    )
    if (record.number(f"{phase}_COMPRESSIBILITY") or 0.0) < 0:
        found.append(keyword.finding("compressibility is negative"))
    return Liquid(
        record.number("P_REF") or 0.0,
        record.number(names[0]) or 0.0,
        record.number(f"{phase}_COMPRESSIBILITY") or 0.0,
        record.number(names[1]) or 0.0,
        record.number(f"{phase}_VISCOSIBILITY") or 0.0,
    )


def _gas(keyword: Keyword, table: int, found: list[Finding]) -> DryGas | None:
    made = columns(keyword, keyword.records[table].numbers(), 3, found, table + 1)
    if made is None:
        return None
    check_course(keyword, _PRESSURE, made[0], "rises", found, table + 1)
    check_course(keyword, _FACTOR, made[1], "falls", found, table + 1)
    _check_fluid(keyword, made[1], made[2], found, table + 1)
    return DryGas(*made)
