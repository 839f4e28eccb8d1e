"""UNRST: states at report steps and the wells then, single precision.

Of a well IWEL tells place, kind and whether it is open, XWEL its rates and totals, ICON
its cells. What is read to start from are pressure, saturations, dissolved gas and the
wells' totals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import resfo
from numpy.typing import NDArray

from anticline.errors import BadInput, Finding
from anticline_solvers.reservoir.description import Description, Well
from anticline_solvers.reservoir.eclipse.heads import (
    DAY_S,
    PER_CONNECTION,
    PER_WELL,
    Arrays,
    doubles,
    integers,
    logicals,
    text,
)
from anticline_solvers.reservoir.snapshot import Snapshot
from anticline_solvers.reservoir.units import SYSTEMS, UnitSystem

OIL, WATER, GAS, BHP = 0, 1, 2, 6
PRODUCED = {OIL: 18, WATER: 19, GAS: 20}
INJECTED = {WATER: 23, GAS: 24}
_KINDS = {"oil": 2, "water": 3, "gas": 4}
LEAST_GAS = 1e-7


def restart(description: Description, states: Iterable[Snapshot]) -> Iterator[Any]:
    """Make the arrays of UNRST, state after state."""
    for state in states:
        yield from _step(description, state)


def _step(description: Description, state: Snapshot) -> Arrays:
    units = SYSTEMS[description.unit_system]
    step = description.schedule[max(state.report, 1) - 1]
    wells = step.wells if state.report else ()
    head = integers(description, state.time_s, wells, state.report)
    made: Arrays = [
        ("SEQNUM  ", np.array([state.report], np.int32)),
        ("INTEHEAD", head),
        ("LOGIHEAD", logicals(description)),
        ("DOUBHEAD", doubles(description, state.time_s)),
    ]
    if wells:
        made += _wells(description, state, wells, int(head[17]), units)
    solution = {
        "PRESSURE": state.pressure / units.size("pressure"),
        "SWAT": state.sw,
        "SGAS": state.sg,
        "RS": state.rs / units.size("gas_oil_ratio"),
    }
    return [
        *made,
        ("STARTSOL", resfo.MESS),
        *(
            (name.ljust(8), values.astype(np.float32))
            for name, values in solution.items()
        ),
        ("ENDSOL  ", resfo.MESS),
    ]


def _wells(
    description: Description,
    state: Snapshot,
    wells: tuple[Well, ...],
    most: int,
    units: UnitSystem,
) -> Arrays:
    nx, ny, _ = description.grid.shape
    iwel = np.zeros((len(wells), PER_WELL["IWEL"]), np.int32)
    icon = np.zeros((len(wells), most, PER_CONNECTION), np.int32)
    xwel = np.zeros((len(wells), PER_WELL["XWEL"]))
    names: list[str] = []
    for number, well in enumerate(wells):
        names += [well.name, "", ""]
        cells = [int(description.grid.active[one.cell]) for one in well.connections]
        layers = [cell // (nx * ny) + 1 for cell in cells] or [0]
        kind = 1 if well.kind == "producer" else _KINDS[well.phase]
        iwel[number, :7] = (
            *(at + 1 for at in well.head),
            layers[0],
            layers[-1],
            len(cells),
            1,
            kind,
        )
        iwel[number, 10] = well.status == "open"
        for place, (cell, one) in enumerate(zip(cells, well.connections, strict=True)):
            i, j = cell % nx + 1, cell // nx % ny + 1
            icon[number, place, :4] = (place + 1, i, j, cell // (nx * ny) + 1)
            icon[number, place, 5] = one.is_open
        if well.name in state.names:
            xwel[number] = _rates(state, state.names.index(well.name), well, units)
    return [
        ("IWEL    ", iwel.reshape(-1)),
        ("XWEL    ", xwel.reshape(-1)),
        ("ZWEL    ", text(names)),
        ("ICON    ", icon.reshape(-1)),
    ]


def _rates(
    state: Snapshot, at: int, well: Well, units: UnitSystem
) -> NDArray[np.float64]:
    """One well's rates (negative into the ground), pressure and totals."""
    row = np.zeros(PER_WELL["XWEL"])
    sign = 1.0 if well.kind == "producer" else -1.0
    rate = [units.size("gas_rate" if a == GAS else "liquid_rate") for a in range(3)]
    total = [units.size("gas" if a == GAS else "liquid") for a in range(3)]
    for a in (OIL, WATER, GAS):
        row[a] = sign * state.rates[at, a] / rate[a]
        row[PRODUCED[a]] = state.produced[at, a] / total[a]
        if a in INJECTED:
            row[INJECTED[a]] = state.injected[at, a] / total[a]
    row[3] = row[OIL] + row[WATER]
    row[BHP] = state.rates[at, 3] / units.size("pressure")
    return row


def _finding(path: Path, text: str) -> list[Finding]:
    return [Finding(str(path), None, text)]


def read_restart(
    path: Path, description: Description, report: int | None = None
) -> Snapshot:
    """Read a report step, the last where none is named; BadInput says why not."""
    try:
        steps = list(_reports(path))
    except (OSError, ValueError, resfo.ResfoParsingError) as error:
        raise BadInput(_finding(path, f"is no restart file ({error})")) from error
    held = [int(step["SEQNUM"][0]) for step in steps]
    number = held[-1] if report is None and held else report
    if number not in held:
        raise BadInput(
            _finding(path, f"holds no report step {number}; it has {_told(held)}")
        )
    step = steps[held.index(number)]
    missing = [name for name in _wanted(description) if name not in step]
    if missing:
        raise BadInput(
            _finding(path, f"report step {number} has no {', '.join(missing)}")
        )
    cells = len(description.grid.active)
    sizes = {len(step[name]) for name in _wanted(description)}
    if sizes != {cells}:
        raise BadInput(
            _finding(
                path,
                f"report step {number} is of {sizes} cells, the reservoir of {cells}",
            )
        )
    return _snapshot(step, description, int(number))


def _told(held: list[int]) -> str:
    return f"{held[0]} to {held[-1]}" if held else "none"


def _wanted(description: Description) -> list[str]:
    wanted = ["PRESSURE", "SWAT"] if "water" in description.phases else ["PRESSURE"]
    return [*wanted, "SGAS"] if "gas" in description.phases else wanted


def _reports(path: Path) -> Iterator[dict[str, Any]]:
    """Group the arrays of a unified file by report step."""
    step: dict[str, Any] = {}
    for name, values in resfo.read(path):
        keyword = name.strip()
        if keyword == "SEQNUM" and step:
            yield step
            step = {}
        if values is not resfo.MESS:
            step[keyword] = np.asarray(values)
    if "SEQNUM" in step:
        yield step


def _snapshot(step: dict[str, Any], description: Description, number: int) -> Snapshot:
    units = SYSTEMS[description.unit_system]
    cells = len(description.grid.active)
    nothing = np.zeros(cells, np.float32)
    gas = np.asarray(step.get("SGAS", nothing), np.float64)
    names = tuple(
        dict.fromkeys(well.name for one in description.schedule for well in one.wells)
    )
    produced, injected = _totals(step, names, units)
    return Snapshot(
        report=number,
        time_s=float(step["DOUBHEAD"][0]) * DAY_S,
        next_s=DAY_S,
        pressure=np.asarray(step["PRESSURE"], np.float64) * units.size("pressure"),
        sw=np.asarray(step.get("SWAT", nothing), np.float64),
        sg=np.where(gas > LEAST_GAS, gas, 0.0),
        rs=np.asarray(step.get("RS", nothing), np.float64)
        * units.size("gas_oil_ratio"),
        free=gas > LEAST_GAS,
        names=names,
        rates=np.zeros((len(names), 5)),
        produced=produced,
        injected=injected,
        bores={},
    )


def _totals(
    step: dict[str, Any], names: tuple[str, ...], units: UnitSystem
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Totals of the wells (w, 3) [sm3], 0 where the file tells none."""
    produced, injected = np.zeros((len(names), 3)), np.zeros((len(names), 3))
    head = step["INTEHEAD"]
    words = step.get("ZWEL", np.zeros(0, "S8"))
    here = [word.decode("latin-1").strip() for word in words[:: int(head[27]) or 1]]
    width = int(head[26])
    for at, name in enumerate(here):
        row = np.asarray(step["XWEL"][at * width : (at + 1) * width], np.float64)
        if name not in names or len(row) <= max(INJECTED.values()):
            continue
        for a in (OIL, WATER, GAS):
            size = units.size("gas" if a == GAS else "liquid")
            produced[names.index(name), a] = row[PRODUCED[a]] * size
            if a in INJECTED:
                injected[names.index(name), a] = row[INJECTED[a]] * size
    return produced, injected
