"""Values of cells: arrays of a deck, and what its operations make of them.

A box narrows the keywords that follow, to the end of its section. Arrays are in
natural order (i fastest) and in SI units; NaN where nothing is set yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from anticline.errors import Finding
from anticline_solvers.reservoir.deck.keywords import SECTIONS, Deck, Keyword, Record
from anticline_solvers.reservoir.units import SYSTEMS, Quantity

Floats = NDArray[np.float64]

ARRAYS: dict[str, Quantity] = {
    **dict.fromkeys(("DX", "DY", "DZ", "TOPS"), "length"),
    **dict.fromkeys(("PORO", "NTG", "ACTNUM", "MULTPV"), "one"),
    **dict.fromkeys(("PERMX", "PERMY", "PERMZ"), "permeability"),
    **dict.fromkeys(("MULTX", "MULTY", "MULTZ", "MULTX-", "MULTY-", "MULTZ-"), "one"),
    **dict.fromkeys(("PVTNUM", "SATNUM", "EQLNUM"), "one"),
    **dict.fromkeys(("SWAT", "SGAS"), "one"),
    "PORV": "reservoir_volume",
    "PRESSURE": "pressure",
    "RS": "gas_oil_ratio",
}
OPERATIONS = ("EQUALS", "COPY", "MULTIPLY", "ADD", "MINVALUE", "MAXVALUE")
WHOLE = ("ACTNUM", "PVTNUM", "SATNUM", "EQLNUM")
_LAYERED = ("DX", "DY", "TOPS")
_EDGES = ("I1", "I2", "J1", "J2", "K1", "K2")


@dataclass
class Cells:
    """The arrays of a deck as they are set, one after the other.

    shape : nx, ny, nz. values : by name. where : the keyword that set each last.
    """

    shape: tuple[int, int, int]
    values: dict[str, Floats] = field(default_factory=dict)
    where: dict[str, Keyword] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Number of cells."""
        nx, ny, nz = self.shape
        return nx * ny * nz

    def get(self, name: str, otherwise: float) -> Floats:
        """Give an array, unset cells filled."""
        if name not in self.values:
            return np.full(self.size, otherwise)
        values = self.values[name]
        return np.where(np.isnan(values), otherwise, values)

    def ijk(self, cell: int) -> str:
        """Write a cell's place as decks count, from 1."""
        nx, ny, _ = self.shape
        return f"({cell % nx + 1}, {cell // nx % ny + 1}, {cell // (nx * ny) + 1})"


Box = tuple[slice, slice, slice]


def read_cells(deck: Deck, shape: tuple[int, int, int], found: list[Finding]) -> Cells:
    """Go through a deck's arrays and operations in order."""
    cells = Cells(shape)
    box = _everything(shape)
    for keyword in deck.keywords:
        if keyword.name in SECTIONS or keyword.name == "ENDBOX":
            box = _everything(shape)
        elif keyword.name == "BOX":
            box = _box(keyword, keyword.records[0], box, shape, found)
        elif keyword.name in ARRAYS:
            _assign(cells, keyword, box, found)
        elif keyword.name in OPERATIONS:
            for record in keyword.records:
                _operate(cells, keyword, record, box, deck.unit_system, found)
    return cells


def _everything(shape: tuple[int, int, int]) -> Box:
    nx, ny, nz = shape
    return slice(0, nz), slice(0, ny), slice(0, nx)


def _box(
    keyword: Keyword,
    record: Record,
    current: Box,
    shape: tuple[int, int, int],
    found: list[Finding],
) -> Box:
    """Give a record's box; what it leaves out is that of the box in force."""
    sides = []
    for axis, (low, high) in enumerate(zip(_EDGES[::2], _EDGES[1::2], strict=True)):
        now = current[2 - axis]
        first = record.whole(low, now.start + 1)
        last = record.whole(high, now.stop)
        if not 1 <= first <= last <= shape[axis]:
            letter = "ijk"[axis]
            text = f"{letter} from {first} to {last} is no part of 1 to {shape[axis]}"
            found.append(keyword.finding(f"{text}; mend the box"))
            return current
        sides.append(slice(first - 1, last))
    return sides[2], sides[1], sides[0]


def _boxed(cells: Cells, name: str, box: Box) -> Floats:
    """Give the view of an array in a box, made where it is not there."""
    nx, ny, nz = cells.shape
    values = cells.values.setdefault(name, np.full(cells.size, np.nan))
    return values.reshape(nz, ny, nx)[box]


def _assign(cells: Cells, keyword: Keyword, box: Box, found: list[Finding]) -> None:
    given = keyword.records[0].numbers() if keyword.records else np.zeros(0)
    target = _boxed(cells, keyword.name, box)
    layer = target.shape[1] * target.shape[2]
    cells.where[keyword.name] = keyword
    if keyword.name in _LAYERED and given.size == layer:
        target[0 if keyword.name == "TOPS" else slice(None)] = given.reshape(
            1, *target.shape[1:]
        )[0 if keyword.name == "TOPS" else slice(None)]
    elif given.size == target.size:
        target[...] = given.reshape(target.shape)
    else:
        text = f"{given.size:,} values for {target.size:,} cells; give one a cell"
        found.append(keyword.finding(text))
        target[...] = 1.0


def _operate(
    cells: Cells,
    keyword: Keyword,
    record: Record,
    box: Box,
    system: str,
    found: list[Finding],
) -> None:
    copies = keyword.name == "COPY"
    source = record.text("src" if copies else "field")
    names = (source, record.text("target")) if copies else (source,)
    for name in names:
        if name not in ARRAYS:
            found.append(keyword.finding(f"the simulator has no array {name}"))
            return
    here = _box(keyword, record, box, cells.shape, found)
    if keyword.name != "EQUALS" and source not in cells.values:
        found.append(keyword.finding(f"{source} is not set; set it before"))
        return
    target = _boxed(cells, names[-1], here)
    cells.where[names[-1]] = keyword
    unit = SYSTEMS[system].size(ARRAYS[source])
    if copies:
        target[...] = _boxed(cells, source, here)
    elif keyword.name == "EQUALS":
        target[...] = (record.number("value") or 0.0) * unit
    elif keyword.name == "MULTIPLY":
        target *= _stated(record.number("factor"))
    elif keyword.name == "ADD":
        target += (record.number("shift") or 0.0) * unit
    elif keyword.name == "MINVALUE":
        np.maximum(target, (record.number("value") or 0.0) * unit, out=target)
    else:
        np.minimum(target, (record.number("value") or 0.0) * unit, out=target)


def _stated(factor: float | None) -> float:
    return 1.0 if factor is None else factor
