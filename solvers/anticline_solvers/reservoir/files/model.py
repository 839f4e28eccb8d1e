"""A reservoir on disk: `anticline-reservoir/1`, all that the simulator is told.

The tree is that of `Description`; the schedule is one text of JSON, in which a well
that stays as it is from one report step to the next stands once.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import h5py

from anticline_solvers.formats.contents import dataset, faulty
from anticline_solvers.formats.hdf5 import open_checked, write_new
from anticline_solvers.reservoir import description as parts
from anticline_solvers.reservoir.description import (
    Connection,
    Description,
    ReportStep,
    SummaryVector,
    Well,
)
from anticline_solvers.reservoir.files.tree import read_fields, write_fields

FORMAT = "anticline-reservoir/1"
KINDS: dict[str, type] = {
    name: value
    for name, value in vars(parts).items()
    if isinstance(value, type) and dataclasses.is_dataclass(value)
}
_TEXTS = ("schedule", "summary", "start")


def write_reservoir(
    path: Path,
    description: Description,
    provenance: Mapping[str, object] | None = None,
    fingerprint: str = "",
) -> None:
    """Write a description, from one process."""
    with write_new(path, FORMAT, provenance or {}, fingerprint) as file:
        tree = file.create_group("reservoir")
        write_fields(tree, description, *_TEXTS)
        tree.attrs["start"] = description.start.isoformat()
        _write_text(tree, "schedule", _schedule_out(description.schedule))
        _write_text(
            tree, "summary", [dataclasses.astuple(one) for one in description.summary]
        )


def read_reservoir(path: Path) -> Description:
    """Read a description; BadInput says why a file is none."""
    with open_checked(path, FORMAT) as file:
        tree = file.get("reservoir")
        if not isinstance(tree, h5py.Group):
            raise faulty(file, "has no group 'reservoir'; make it again")
        try:
            found: Description = read_fields(
                tree,
                KINDS,
                schedule=_schedule_in(_read_text(tree, "schedule")),
                summary=tuple(
                    SummaryVector(keyword, well, tuple(cell) if cell else None)
                    for keyword, well, cell in _read_text(tree, "summary")
                ),
                start=date.fromisoformat(str(tree.attrs["start"])),
            )
        except (KeyError, TypeError, ValueError, IndexError) as error:
            text = f"is damaged ({error}); prepare it again"
            raise faulty(tree, text) from error
    return found


def _write_text(tree: h5py.Group, name: str, value: Any) -> None:
    tree.create_dataset(name, data=json.dumps(value), dtype=h5py.string_dtype())


def _read_text(tree: h5py.Group, name: str) -> Any:
    return json.loads(dataset(tree, name).asstr()[()])


def _schedule_out(schedule: tuple[ReportStep, ...]) -> dict[str, Any]:
    """Give steps that name their wells by number, and each distinct well once."""
    wells: dict[str, int] = {}
    known: dict[int, int] = {}
    steps = []
    for step in schedule:
        numbers = []
        for well in step.wells:
            if id(well) not in known:
                text = json.dumps(dataclasses.asdict(well))
                known[id(well)] = wells.setdefault(text, len(wells))
            numbers.append(known[id(well)])
        fixed = (step.length_s, step.drsdt, step.drsdt_everywhere)
        steps.append([*fixed, numbers])
    return {"wells": [json.loads(text) for text in wells], "steps": steps}


def _schedule_in(found: dict[str, Any]) -> tuple[ReportStep, ...]:
    wells = [_well(values) for values in found["wells"]]
    return tuple(
        ReportStep(length_s, tuple(wells[n] for n in numbers), drsdt, everywhere)
        for length_s, drsdt, everywhere, numbers in found["steps"]
    )


def _well(values: dict[str, Any]) -> Well:
    connections = tuple(Connection(**one) for one in values["connections"])
    return Well(**{**values, "head": tuple(values["head"]), "connections": connections})
