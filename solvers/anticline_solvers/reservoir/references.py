"""Curves of other simulators: result files (SMSPEC, UNSMRY) and tables (CSV), in SI.

A column of a table is headed KEYWORD[UNIT], KEYWORD:WELL[UNIT] or
KEYWORD:i,j,k[UNIT]; KEYWORD:WELL:NUMBER[UNIT] and KEYWORD::+:+:+:+:NUMBER[UNIT], as
ResInsight heads them, are taken too. The column TIME has days.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import resfo
from numpy.typing import NDArray

from anticline.errors import BadInput, Finding
from anticline_solvers.reservoir.files.curves import Curves
from anticline_solvers.reservoir.units import SYSTEMS

Floats = NDArray[np.float64]
Shape = tuple[int, int, int]

_HEAD = re.compile(
    r"(?P<keyword>[A-Z0-9_]+)(?::(?P<rest>[^\[]*))?(?:\[(?P<unit>.*)\])?"
)
_NOBODY = ("", "+", ":+:+:+:+")
SIZES = {
    name: size
    for system in SYSTEMS.values()
    for size, name in system.units.values()
    if name
}


def read_table(path: Path, shape: Shape) -> Curves:
    """Read a CSV table; BadInput says where it is none."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = [row for row in csv.reader(file) if row]
    if len(rows) < 2:
        raise BadInput(Finding(str(path), None, "a row of heads and of numbers each"))
    try:
        numbers = np.array([[float(cell) for cell in row] for row in rows[1:]])
    except ValueError as error:
        text = f"a cell is no number, or a row is short ({error})"
        raise BadInput(Finding(str(path), None, text)) from error
    heads = [_HEAD.fullmatch(cell.strip()) for cell in rows[0]]
    bad = [rows[0][at] for at, head in enumerate(heads) if head is None]
    if bad or numbers.shape[1] != len(heads):
        text = (
            f"heads must be KEYWORD:WELL[UNIT]; found {', '.join(bad[:5]) or 'fewer'}"
        )
        raise BadInput(Finding(str(path), 1, text))
    columns = {
        key_of(head["keyword"], head["rest"] or "", shape): column
        * size_of(head["unit"] or "", path)
        for head, column in zip(heads, numbers.T, strict=True)
        if head is not None
    }
    times = columns.pop("TIME", None)
    if times is None:
        raise BadInput(Finding(str(path), 1, "has no column TIME[DAYS]"))
    return Curves(times, columns, path.name, shape=shape)


def size_of(unit: str, path: Path) -> float:
    """SI value of a unit by its name; BadInput where it has none."""
    name = unit.strip().upper()
    if not name:
        return 1.0
    if name not in SIZES:
        text = f"unit {unit} is not known; known are {', '.join(sorted(SIZES))}"
        raise BadInput(Finding(str(path), 1, text))
    return SIZES[name]


def key_of(keyword: str, rest: str, shape: Shape) -> str:
    """Give a curve's key: `KEYWORD`, `KEYWORD:WELL` or `KEYWORD:i,j,k`."""
    parts = [part for part in rest.split(":") if part not in _NOBODY]
    if keyword.startswith("B") and parts:
        return f"{keyword}:{_cell(parts[-1], shape)}"
    if keyword.startswith(("W", "G")) and parts:
        return f"{keyword}:{parts[0]}"
    return keyword


def _cell(text: str, shape: Shape) -> str:
    if "," in text:
        return text.replace(" ", "")
    nx, ny, _ = shape
    at = int(text) - 1
    return f"{at % nx + 1},{at // nx % ny + 1},{at // (nx * ny) + 1}"


def read_results(path: Path) -> Curves:
    """Read UNSMRY with the SMSPEC beside it; BadInput says where they are none."""
    specification = path.with_suffix(".SMSPEC")
    try:
        heads = {
            name.strip(): np.asarray(values)
            for name, values in resfo.read(specification)
        }
        rows = [
            np.asarray(values, np.float64)
            for name, values in resfo.read(path)
            if name.strip() == "PARAMS"
        ]
        return _curves(heads, np.array(rows), path)
    except (OSError, KeyError, IndexError, resfo.ResfoParsingError) as error:
        text = f"it or {specification.name} is no result file of curves ({error})"
        raise BadInput(Finding(str(path), None, text)) from error


def _curves(heads: dict[str, NDArray[np.generic]], rows: Floats, path: Path) -> Curves:
    names = heads["WGNAMES"] if "WGNAMES" in heads else heads["NAMES"]
    nx, ny, nz = (int(n) for n in heads["DIMENS"][1:4])
    columns: dict[str, Floats] = {}
    for at, keyword in enumerate(map(_text, heads["KEYWORDS"])):
        number, well = int(heads["NUMS"][at]), _text(names[at])
        rest = str(number) if keyword.startswith("B") else well
        if keyword[:1] in "FWBT" and not (keyword[0] == "W" and well.startswith(":")):
            key = key_of(keyword, rest, (nx, ny, nz))
            unit = _text(heads["UNITS"][at])
            if unit.upper() in SIZES or not unit:
                columns[key] = rows[:, at] * size_of(unit, path)
    times = columns.pop("TIME")
    return Curves(times, columns, path.name, shape=(nx, ny, nz))


def _text(value: object) -> str:
    return value.decode().strip() if isinstance(value, bytes) else str(value).strip()
