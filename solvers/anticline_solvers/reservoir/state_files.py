"""Snapshots as files: what of a state goes where in `formats.reservoir_state`."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from anticline.errors import BadInput, Finding
from anticline_solvers.formats.reservoir_state import (
    StateFile,
    newest_whole,
    path_of,
    read_state,
    write_state,
)
from anticline_solvers.reservoir.description import Description
from anticline_solvers.reservoir.snapshot import Snapshot

UNITS = {
    "pressure": "Pa",
    "sw": "1",
    "sg": "1",
    "rs": "sm3/sm3",
    "free": "1",
    "rates": "sm3/s, Pa, 1",
    "produced": "sm3",
    "injected": "sm3",
}


def fingerprint(description: Description) -> str:
    """Give 64 digits that are the reservoir's own: cells, rock, fluids, wells' names.

    The schedule's controls and lengths are left out: a run may go on otherwise.
    """
    digest = hashlib.sha256()
    grid = description.grid
    for array in (
        grid.active,
        grid.depth,
        grid.pore_volume,
        grid.connections,
        grid.transmissibility,
        description.pvt_region,
        description.saturation_region,
    ):
        digest.update(np.ascontiguousarray(array).tobytes())
    names = sorted({well.name for step in description.schedule for well in step.wells})
    digest.update(repr((grid.shape, description.phases, names)).encode())
    return digest.hexdigest()


def save(folder: Path, snapshot: Snapshot, case: str, reservoir: str) -> Path:
    """Write a snapshot among the states of a run; from one process."""
    path = path_of(folder, snapshot.report)
    facts = {
        "report": float(snapshot.report),
        "time_s": snapshot.time_s,
        "next_s": snapshot.next_s,
    }
    arrays = {
        name: (np.asarray(getattr(snapshot, name)), unit)
        for name, unit in UNITS.items()
    }
    state = StateFile(facts, arrays, snapshot.names, snapshot.bores)
    write_state(path, state, case, reservoir)
    return path


def load(path: Path, reservoir: str | None = None) -> Snapshot:
    """Read a snapshot; BadInput where it is torn, foreign or lacks something."""
    state = read_state(path, reservoir)
    lacking = [name for name in UNITS if name not in state.arrays]
    lacking += [n for n in ("report", "time_s", "next_s") if n not in state.facts]
    if lacking:
        text = f"lacks {', '.join(lacking)}; it is damaged, take another state"
        raise BadInput(Finding(str(path), None, text))
    arrays = {name: state.arrays[name][0] for name in UNITS}
    arrays["free"] = arrays["free"].astype(bool)
    return Snapshot(
        report=int(state.facts["report"]),
        time_s=state.facts["time_s"],
        next_s=state.facts["next_s"],
        names=state.names,
        bores=dict(state.bores),
        **arrays,
    )


def newest(folder: Path, reservoir: str) -> Snapshot | None:
    """Read the newest whole state of a reservoir in a folder, if there is one."""
    path = newest_whole(folder, reservoir)
    return None if path is None else load(path, reservoir)
