"""States of inversions: `anticline-inversion/1`, sealed, whole or refused.

Holds whatever a state machine keeps: `document` (JSON, an attribute of the root),
float64 arrays by name below `arrays`, and its history as columns below `history`; of
the model the group `geometry`, and below `carried` the fields that are not inverted
for. The file is sealed (`formats.sealed`), brought to disk and renamed in this order.
Floats go through JSON and HDF5 with all their bits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from anticline.errors import BadInput, Finding
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats import contents, sealed
from anticline_solvers.formats.geometry import GROUP as GEOMETRY
from anticline_solvers.formats.geometry import Frame, frame_of, grid_of, write_geometry
from anticline_solvers.formats.hdf5 import LAYOUT, open_checked, part_of, settle, sweep
from anticline_solvers.formats.provenance import write_provenance
from anticline_solvers.formats.sealed import BLOCK_BYTES, Broken, Seal

__all__ = ["FORMAT", "Kept", "read_history", "read_state", "write_state"]

FORMAT = "anticline-inversion/1"
CONSTANT = "problem/"
"""Arrays of which every state of an inversion holds the same are compressed."""

NONE = "0" * 64
SEALED = b"anticline-sealed/"


@dataclass(frozen=True, eq=False)
class Kept:
    """All that a state file holds.

    document : numbers and names, as JSON takes them. arrays : float64, names may hold
    "/". history : columns of one length, float64. carried : float32, of the grid's
    shape.
    """

    document: Mapping[str, Any]
    arrays: Mapping[str, NDArray[np.float64]]
    history: Mapping[str, NDArray[np.float64]]
    grid: Grid
    frame: Frame = field(default_factory=Frame)
    carried: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)


def write_state(
    path: Path,
    kept: Kept,
    provenance: Mapping[str, object] | None = None,
    fingerprint: str = "",
) -> None:
    """Write a file that is whole, or not there."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path)
    part = part_of(path)
    try:
        with h5py.File(part, "w", libver=LAYOUT, userblock_size=BLOCK_BYTES) as file:
            _fill(file, kept)
            write_provenance(file, provenance or {}, fingerprint)
        sealed.close(part, Seal(FORMAT, fingerprint or NONE, NONE))
        settle(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _fill(file: h5py.File, kept: Kept) -> None:
    file.attrs["format"] = FORMAT
    file.attrs["document"] = json.dumps(kept.document, sort_keys=True)
    write_geometry(file, kept.grid, kept.frame)
    for group, arrays, kind in (
        ("arrays", kept.arrays, np.float64),
        ("history", kept.history, np.float64),
        ("carried", kept.carried, np.float32),
    ):
        below = file.create_group(group)
        for name, values in sorted(arrays.items()):
            constant = group == "carried" or name.startswith(CONSTANT)
            options = {"compression": "gzip", "compression_opts": 1, "shuffle": True}
            below.create_dataset(
                name, data=np.asarray(values, kind), **(options if constant else {})
            ).attrs["unit"] = "1"


def read_state(path: Path) -> Kept:
    """Read a state.

    Raises BadInput where the file is absent, torn at any byte, or another kind's.
    """
    with _opened(Path(path)) as file:
        document = json.loads(str(contents.attribute(file, "document")))
        return Kept(
            document,
            _below(contents.group(file, "arrays")),
            _below(contents.group(file, "history")),
            grid_of(file),
            frame_of(contents.group(file, GEOMETRY)),
            _below(contents.group(file, "carried")),
        )


def read_history(path: Path) -> dict[str, NDArray[np.float64]]:
    """Read the columns of the history alone."""
    with _opened(Path(path)) as file:
        return _below(contents.group(file, "history"))


def _opened(path: Path) -> h5py.File:
    """Open a whole file; HDF5 is never given a torn one."""
    try:
        seal = sealed.check(path)
    except Broken as error:
        if not _looks_sealed(path):
            open_checked(path, FORMAT).close()  # says what it is instead
        text = (
            f"is no whole state of an inversion: {error}; make it again, or go on "
            "from the state before it"
        )
        raise BadInput(Finding(str(path), None, text)) from error
    if seal.kind != FORMAT:
        text = f"is {seal.kind}; needed is {FORMAT}: name a file of that kind"
        raise BadInput(Finding(str(path), None, text))
    return h5py.File(path, "r")


def _looks_sealed(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(len(SEALED)) == SEALED


def _below(group: h5py.Group) -> dict[str, NDArray[Any]]:
    """Read every data set below a group, by its name from there."""
    found: dict[str, NDArray[Any]] = {}

    def take(name: str, item: h5py.Group | h5py.Dataset) -> None:
        if isinstance(item, h5py.Dataset):
            found[name] = item[()]

    group.visititems(take)
    return found
