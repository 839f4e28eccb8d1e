"""A deck as a description of a reservoir, or all that keeps it from being one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from anticline.errors import BadInput, Finding
from anticline_solvers.reservoir.deck.arrays import Cells, read_cells
from anticline_solvers.reservoir.deck.belonging import misplaced
from anticline_solvers.reservoir.deck.curves import read_curves
from anticline_solvers.reservoir.deck.fluids import read_fluids, read_phases
from anticline_solvers.reservoir.deck.grid import read_grid
from anticline_solvers.reservoir.deck.items import unread
from anticline_solvers.reservoir.deck.keywords import Deck
from anticline_solvers.reservoir.deck.reading import read_deck
from anticline_solvers.reservoir.deck.saturations import (
    read_saturations,
    read_three_phase,
)
from anticline_solvers.reservoir.deck.start import read_start
from anticline_solvers.reservoir.deck.supported import passed_over, refusals
from anticline_solvers.reservoir.deck.wells import read_schedule, read_start_date
from anticline_solvers.reservoir.description import Description, Grid, Integers
from anticline_solvers.reservoir.units import SYSTEMS

MOST_CELLS = 20_000_000


@dataclass(frozen=True)
class Prepared:
    """A description, and lines on what the deck says that changes nothing."""

    description: Description
    notes: tuple[str, ...]


def prepare(path: Path) -> Prepared:
    """Read a deck; BadInput carries every finding."""
    deck = read_deck(path)
    found = [*refusals(deck), *misplaced(deck), *unread(deck)]
    shape = _shape(deck, found)
    if deck.unit_system not in SYSTEMS:
        text = f"units {deck.unit_system} are not done; take METRIC or FIELD"
        raise BadInput([*found, deck.finding(text)])
    if shape is None:
        raise BadInput(found)
    prepared = _prepared(deck, shape, found)
    if found or prepared is None:
        raise BadInput(list(dict.fromkeys(found)))
    return prepared


def _shape(deck: Deck, found: list[Finding]) -> tuple[int, int, int] | None:
    keyword = deck.last("DIMENS") or deck.last("SPECGRID")
    if keyword is None or not keyword.records:
        found.append(deck.finding("DIMENS is needed"))
        return None
    nx, ny, nz = (keyword.records[0].whole(name) for name in ("NX", "NY", "NZ"))
    if min(nx, ny, nz) < 1 or nx * ny * nz > MOST_CELLS:
        text = f"{nx} x {ny} x {nz} cells; 1 to {MOST_CELLS:,} can be"
        found.append(keyword.finding(text))
        return None
    return nx, ny, nz


def _prepared(
    deck: Deck, shape: tuple[int, int, int], found: list[Finding]
) -> Prepared | None:
    phases = read_phases(deck, found)
    cells = read_cells(deck, shape, found)
    grid = read_grid(deck, cells, found)
    fluids = read_fluids(deck, phases, _count(deck, "TABDIMS", "NTPVT"), found)
    tables = _count(deck, "TABDIMS", "NTSFUN")
    saturation = read_saturations(deck, phases, tables, found)
    three_phase = read_three_phase(deck, found)
    start = read_start_date(deck, found)
    if grid is None:  # the rest is read to tell what else is wrong
        _ = read_start(deck, cells, np.arange(0), phases, 1, found)
        return None
    equilibrations = _count(deck, "EQLDIMS", "NTEQUL")
    initial = read_start(deck, cells, grid.active, phases, equilibrations, found)
    steps, wells = read_schedule(deck, grid, phases, start, found)
    curves, left_out = read_curves(deck, wells, grid)
    description = Description(
        title=_title(deck),
        grid=grid,
        phases=phases,
        fluids=fluids,
        pvt_region=_region(cells, grid, "PVTNUM", len(fluids), found),
        saturation=saturation,
        saturation_region=_region(cells, grid, "SATNUM", tables, found),
        three_phase=three_phase,
        initial=initial,
        equilibration_region=_region(cells, grid, "EQLNUM", equilibrations, found),
        schedule=steps,
        summary=curves,
        start=start,
        unit_system="FIELD" if deck.unit_system == "FIELD" else "METRIC",
    )
    return Prepared(description, (*passed_over(deck), *left_out))


def _title(deck: Deck) -> str:
    keyword = deck.last("TITLE")
    if keyword is None or not keyword.records:
        return ""
    return " ".join(keyword.records[0].texts("TitleText"))


def _count(deck: Deck, name: str, item: str) -> int:
    keyword = deck.last(name)
    return max(1, keyword.records[0].whole(item, 1)) if keyword else 1


def _region(
    cells: Cells, grid: Grid, name: str, regions: int, found: list[Finding]
) -> Integers:
    values = cells.get(name, 1.0)[grid.active].astype(np.int64)
    wrong = (values < 1) | (values > max(regions, 1))
    if wrong.any() and name in cells.where:
        first = cells.ijk(int(grid.active[np.argmax(wrong)]))
        text = f"{int(wrong.sum()):,} cells have no region 1 to {regions}"
        found.append(cells.where[name].finding(f"{text}, the first {first}"))
    return values - 1
