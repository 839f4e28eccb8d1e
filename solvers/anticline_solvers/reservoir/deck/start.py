"""How a deck's run begins: equilibration (EQUIL RSVD PBVD), or a state cell by cell."""

from __future__ import annotations

import numpy as np

from anticline.errors import Finding
from anticline_solvers.reservoir.deck.arrays import Cells
from anticline_solvers.reservoir.deck.keywords import Deck, Keyword, Record
from anticline_solvers.reservoir.deck.tables import check_course, columns
from anticline_solvers.reservoir.description import (
    DepthTable,
    Equilibration,
    InitialState,
    Integers,
    Phase,
)

STATE = ("PRESSURE", "SWAT", "SGAS", "RS")


def read_start(
    deck: Deck,
    cells: Cells,
    active: Integers,
    phases: tuple[Phase, ...],
    regions: int,
    found: list[Finding],
) -> tuple[Equilibration, ...] | InitialState:
    """Give one or the other; () where findings say why not."""
    equil = deck.last("EQUIL")
    stated = [name for name in STATE if name in cells.values]
    if equil and stated:
        text = f"contradicts {', '.join(stated)}; keep EQUIL or the arrays"
        found.append(equil.finding(text))
        return ()
    if equil:
        _check_used(deck, equil, found)
        return _equilibrations(deck, equil, regions, found)
    found += [
        table.finding("is of no use without EQUIL; give RS instead")
        for name in ("RSVD", "PBVD")
        if (table := deck.last(name))
    ]
    if not stated:
        found.append(deck.finding("a start is needed: EQUIL, or PRESSURE and SWAT"))
        return ()
    return _state(deck, cells, active, phases, found)


def _check_used(deck: Deck, equil: Keyword, found: list[Finding]) -> None:
    """Find tables against depth that no region's item 7 asks for."""
    if any(record.whole("BLACK_OIL_INIT") > 0 for record in equil.records):
        return
    for name in ("RSVD", "PBVD"):
        if table := deck.last(name):
            text = "EQUIL's item 7 asks for none; set it above 0, or leave this out"
            found.append(table.finding(text))


def _equilibrations(
    deck: Deck, equil: Keyword, regions: int, found: list[Finding]
) -> tuple[Equilibration, ...]:
    if len(equil.records) < regions:
        text = f"{len(equil.records)} records for {regions} regions"
        found.append(equil.finding(text))
        return ()
    live = "DISGAS" in deck
    return tuple(
        _equilibration(deck, equil, equil.records[region], region, live, found)
        for region in range(regions)
    )


def _equilibration(
    deck: Deck,
    equil: Keyword,
    record: Record,
    region: int,
    live: bool,
    found: list[Finding],
) -> Equilibration:
    if not (record.number("DATUM_PRESSURE") or 0.0) > 0:
        found.append(equil.finding("the pressure at the datum must be above zero"))
    if record.whole("BLACK_OIL_INIT_WG") > 0:
        found.append(equil.finding("item 8: oil in gas is not done; take 0"))
    levels = record.whole("OIP_INIT")
    if levels > 0:
        text = "item 9: tilted blocks are not done; take 0 or a negative number"
        found.append(equil.finding(text))
    tables = {"RSVD": None, "PBVD": None} | {
        name: _against_depth(deck, name, region, found)
        for name in ("RSVD", "PBVD")
        if live and record.whole("BLACK_OIL_INIT") > 0 and name in deck
    }
    if (
        live
        and record.whole("BLACK_OIL_INIT") > 0
        and not any(name in deck for name in tables)
    ):
        found.append(equil.finding("item 7 asks for RSVD or PBVD, and there is none"))
    if tables["RSVD"] and tables["PBVD"]:
        found.append(equil.finding("RSVD and PBVD contradict; keep one"))
    return Equilibration(
        datum_depth=record.number("DATUM_DEPTH") or 0.0,
        datum_pressure=record.number("DATUM_PRESSURE") or 0.0,
        water_contact=record.number("OWC") or 0.0,
        gas_contact=record.number("GOC") or 0.0,
        pcow=record.number("PC_OWC") or 0.0,
        pcog=record.number("PC_GOC") or 0.0,
        rs=tables["RSVD"],
        bubble_point=tables["PBVD"],
        levels=2 * abs(levels),
    )


def _against_depth(
    deck: Deck, name: str, region: int, found: list[Finding]
) -> DepthTable | None:
    keyword = deck.last(name)
    assert keyword is not None
    if len(keyword.records) <= region:
        text = f"{len(keyword.records)} tables, region {region + 1} has none"
        found.append(keyword.finding(text))
        return None
    made = columns(keyword, keyword.records[region].numbers(), 2, found, region + 1)
    if made is None:
        return None
    check_course(keyword, "depth", made[0], "rises", found, region + 1)
    return DepthTable(*made)


def _state(
    deck: Deck,
    cells: Cells,
    active: Integers,
    phases: tuple[Phase, ...],
    found: list[Finding],
) -> InitialState | tuple[Equilibration, ...]:
    before = len(found)
    wanted = {"PRESSURE": True, "SWAT": "water" in phases}
    wanted |= {"SGAS": "gas" in phases, "RS": "DISGAS" in deck}
    made = {}
    for name, is_needed in wanted.items():
        values = cells.get(name, np.nan)[active]
        keyword = cells.where.get(name)
        if not is_needed:
            made[name] = np.zeros(active.size)
            continue
        if keyword is None:
            found.append(deck.finding(f"{name} is needed beside the other arrays"))
            continue
        low, high = (0.0, 1.0) if name in ("SWAT", "SGAS") else (0.0, np.inf)
        bad = ~((values >= low) & (values <= high))
        if bad.any():
            text = f"{int(bad.sum()):,} active cells are not {low:g} to {high:g}"
            first = cells.ijk(int(active[np.argmax(bad)]))
            found.append(keyword.finding(f"{text}, the first {first}"))
        made[name] = values
    if len(found) > before:
        return ()
    if (made["SWAT"] + made["SGAS"] > 1 + 1e-9).any():
        found.append(deck.finding("SWAT and SGAS make more than 1 in some cells"))
        return ()
    return InitialState(made["PRESSURE"], made["SWAT"], made["SGAS"], made["RS"])
