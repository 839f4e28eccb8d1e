"""States of a reservoir run: `anticline-reservoir-state/1`, sealed HDF5 files.

    NAME.states/000001.h5  000002.h5 ...     numbered by report step

Each is the whole state at the end of a report step in active numbering, so that any
number of ranks goes on from it. It is sealed (`formats.sealed`), brought to disk and
renamed in this order: a file that is there is whole, or told as broken.

In the file: attribute `format`; group `facts`, whose attributes are numbers or texts;
group `arrays`, with an attribute `unit` each; group `bores`, of wells, an array each:
bottom-hole pressure, what runs into the bore, heads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from anticline.errors import BadInput, Finding
from anticline_solvers.formats import contents, sealed
from anticline_solvers.formats.hdf5 import LAYOUT, part_of, settle, sweep
from anticline_solvers.formats.sealed import BLOCK_BYTES, Broken, Seal

FORMAT = "anticline-reservoir-state/1"

Values = NDArray[Any]


@dataclass(frozen=True)
class StateFile:
    """What a state file holds: numbers, arrays with units, arrays of wells by name."""

    facts: Mapping[str, float]
    arrays: Mapping[str, tuple[Values, str]]
    names: tuple[str, ...]
    bores: Mapping[str, Values]


def path_of(folder: Path, report: int) -> Path:
    """Give the file of a report step in a folder of states."""
    return folder / f"{report:06d}.h5"


def reports(folder: Path) -> list[int]:
    """List the report steps of which there are files, rising."""
    return sorted(int(p.stem) for p in folder.glob("*.h5") if p.stem.isdigit())


def write_state(path: Path, state: StateFile, case: str, part: str) -> None:
    """Write a file as a whole; from one process.

    case, part : 64 hexadecimal digits each: of the case, and of the reservoir.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path)
    unfinished = part_of(path)
    try:
        with h5py.File(
            unfinished, "w", userblock_size=BLOCK_BYTES, libver=LAYOUT
        ) as file:
            _fill(file, state)
        sealed.close(unfinished, Seal(FORMAT, case, part))
        settle(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _fill(file: h5py.File, state: StateFile) -> None:
    file.attrs["format"] = FORMAT
    facts = file.create_group("facts")
    for name, value in state.facts.items():
        facts.attrs[name] = value
    facts.attrs["names"] = list(state.names)
    arrays = file.create_group("arrays")
    for name, (values, unit) in state.arrays.items():
        arrays.create_dataset(name, data=values).attrs["unit"] = unit
    bores = file.create_group("bores")
    for name, values in state.bores.items():
        bores.create_dataset(name.replace("/", "%2F"), data=values)


def read_state(path: Path, part: str | None = None) -> StateFile:
    """Read a whole file.

    part : of the reservoir that it must belong to; None: any.

    Raises BadInput where it is absent, torn, of another kind or another reservoir.
    """
    _check(path, part)
    with h5py.File(path, "r") as file:
        facts = dict(contents.group(file, "facts").attrs)
        names = tuple(str(name) for name in facts.pop("names", ()))
        arrays = {
            name: (np.asarray(item[()]), str(item.attrs.get("unit", "")))
            for name, item in contents.group(file, "arrays").items()
        }
        bores = {
            name.replace("%2F", "/"): np.asarray(item[()])
            for name, item in contents.group(file, "bores").items()
        }
    numbers = {name: float(value) for name, value in facts.items()}
    return StateFile(numbers, arrays, names, bores)


def _check(path: Path, part: str | None) -> None:
    try:
        seal = sealed.check(path)
    except Broken as error:
        text = f"{error}; a state is needed that a run has finished writing"
        raise BadInput(Finding(str(path), None, text)) from error
    if seal.kind != FORMAT:
        text = f"is {seal.kind}; needed is {FORMAT}, made by reservoir.simulate"
        raise BadInput(Finding(str(path), None, text))
    if part is not None and seal.part != part:
        text = (
            f"is a state of another reservoir ({seal.part[:12]}), needed is one of "
            f"this one ({part[:12]}); name another file, or start anew"
        )
        raise BadInput(Finding(str(path), None, text))


def newest_whole(folder: Path, part: str) -> Path | None:
    """Give the newest whole state of a reservoir in a folder; from one process."""
    for report in reversed(reports(folder)):
        path = path_of(folder, report)
        try:
            _check(path, part)
        except BadInput:
            continue
        return path
    return None
