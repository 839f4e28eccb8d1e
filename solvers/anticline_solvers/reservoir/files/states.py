"""States at report steps on disk: `anticline-reservoir-states/1`.

A group `report/NNNN` for each: all that a run needs to go on from there, on any number
of ranks, float64 in SI units and in active numbering. The attributes of the root tell
the grid: shape and active cells, so that a picture needs no other file.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from anticline.errors import BadInput, Finding
from anticline_solvers.formats.contents import dataset, faulty, group
from anticline_solvers.formats.hdf5 import open_checked, write_new
from anticline_solvers.reservoir.description import Grid, Integers
from anticline_solvers.reservoir.snapshot import Snapshot

FORMAT = "anticline-reservoir-states/1"
_ARRAYS = ("pressure", "sw", "sg", "rs", "free", "rates", "produced", "injected")
_UNITS = {"pressure": "Pa", "sw": "1", "sg": "1", "rs": "sm3/sm3"}


def write_states(
    path: Path,
    grid: Grid,
    states: Iterable[Snapshot],
    provenance: Mapping[str, object] | None = None,
    fingerprint: str = "",
) -> None:
    """Write states, from one process, one in memory at a time."""
    with write_new(path, FORMAT, provenance or {}, fingerprint) as file:
        file.attrs["shape"] = grid.shape
        file["active"] = grid.active
        file.create_group("report")
        for state in states:
            put_state(file["report"].create_group(f"{state.report:04d}"), state)


def put_state(tree: h5py.Group, state: Snapshot) -> None:
    """Write a state into an open group."""
    for name in _ARRAYS:
        values = getattr(state, name)
        tree.create_dataset(name, data=values)
        tree[name].attrs["unit"] = _UNITS.get(name, "SI")
    tree.attrs["report"] = state.report
    tree.attrs["time_s"] = state.time_s
    tree.attrs["next_s"] = state.next_s
    tree.attrs["names"] = json.dumps(state.names)
    bores = tree.create_group("bores")
    for number, name in enumerate(state.names):
        if name in state.bores:
            bores.create_dataset(str(number), data=state.bores[name])


def take_state(tree: h5py.Group) -> Snapshot:
    """Read a state out of an open group."""
    arrays: dict[str, Any] = {
        name: np.asarray(dataset(tree, name)[()]) for name in _ARRAYS
    }
    try:
        names = tuple(json.loads(tree.attrs["names"]))
        return Snapshot(
            report=int(tree.attrs["report"]),
            time_s=float(tree.attrs["time_s"]),
            next_s=float(tree.attrs["next_s"]),
            names=names,
            bores={
                names[int(number)]: np.asarray(values[()])
                for number, values in group(tree, "bores").items()
            },
            **arrays,
        )
    except (KeyError, ValueError, IndexError) as error:
        raise faulty(
            tree, f"'{tree.name}' is damaged ({error}); make it again"
        ) from error


def reports_of(path: Path) -> list[int]:
    """Numbers of the report steps whose states a file holds."""
    with open_checked(path, FORMAT) as file:
        return sorted(int(name) for name in group(file, "report"))


def read_state(path: Path, report: int | None = None) -> Snapshot:
    """Read the state of a report step, the last one where none is named."""
    held = reports_of(path)
    number = held[-1] if report is None and held else report
    if number not in held:
        told = f"{held[0]} to {held[-1]}" if held else "none"
        text = f"holds no state of report step {number}; it has {told} ({len(held)})"
        raise BadInput([Finding(str(path), None, text)])
    with open_checked(path, FORMAT) as file:
        return take_state(file["report"][f"{number:04d}"])


def place_of(path: Path) -> tuple[tuple[int, int, int], Integers]:
    """Give the grid's shape and its active cells."""
    with open_checked(path, FORMAT) as file:
        nx, ny, nz = (int(n) for n in file.attrs["shape"])
        return (nx, ny, nz), np.asarray(dataset(file, "active")[()], np.int64)


def faults(state: Snapshot) -> list[str]:
    """Say what in a state no reservoir can be."""
    found = []
    for field in dataclasses.fields(state):
        if field.name in ("pressure", "sw", "sg", "rs"):
            values = getattr(state, field.name)
            if not np.isfinite(values).all() or (values < -1e-9).any():
                found.append(f"{field.name} is not finite and positive everywhere")
    return found
