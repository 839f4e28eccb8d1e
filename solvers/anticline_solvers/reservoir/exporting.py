"""The component `reservoir.export`: a run as the result files that others read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import resfo

from anticline.component import Case, Finding, RunContext
from anticline.errors import BadInput
from anticline_solvers.formats.hdf5 import part_of
from anticline_solvers.formats.report import fingerprint_of, write_report
from anticline_solvers.reservoir.description import Description
from anticline_solvers.reservoir.eclipse.curves import specification, steps
from anticline_solvers.reservoir.eclipse.grids import egrid, init
from anticline_solvers.reservoir.eclipse.restart import restart
from anticline_solvers.reservoir.files.curves import read_curves
from anticline_solvers.reservoir.files.model import read_reservoir
from anticline_solvers.reservoir.files.states import read_state, reports_of
from anticline_solvers.reservoir.snapshot import Snapshot

OTHERS = (".SMSPEC", ".EGRID", ".INIT", ".UNRST")


def note_of(out: Path) -> Path:
    """Name the note that says of which case result files are."""
    return out.with_suffix(".results.json")


def finished(case: Case) -> bool:
    """Tell whether the files are there as this case's."""
    out = case.outputs["results"]
    return out.exists() and fingerprint_of(note_of(out)) == case.fingerprint()


def check(case: Case, comm_size: int) -> list[Finding]:
    """Find a reservoir without geometry, states of another grid, files of others."""
    out = case.outputs["results"]
    found = []
    if out.exists() and not finished(case):
        text = "exists from another case; remove it or name another output"
        found.append(Finding(str(out), None, text))
    try:
        description = read_reservoir(case.inputs["model"])
        read_curves(case.inputs["curves"])
        if description.grid.coord is None:
            text = "the reservoir has no corner-point geometry; EGRID needs it"
            found.append(case.finding("inputs.model", text))
        if "states" in case.inputs:
            found += _state_faults(case, description)
    except BadInput as error:
        found += error.findings
    return found


def _state_faults(case: Case, description: Description) -> list[Finding]:
    path = case.inputs["states"]
    cells, held = len(description.grid.active), reports_of(path)
    if held and len(read_state(path, held[0]).pressure) != cells:
        text = f"{path} is of another grid than the reservoir with {cells:,} cells"
        return [case.finding("inputs.states", text)]
    return []


def run(case: Case, context: RunContext) -> None:
    """Write the files on rank 0."""
    if context.comm.rank != 0:
        return
    out = case.outputs["results"]
    if finished(case):
        context.log(f"{out} is there already")
        return
    description = read_reservoir(case.inputs["model"])
    curves = read_curves(case.inputs["curves"])
    _write(out.with_suffix(".EGRID"), egrid(description))
    _write(out.with_suffix(".INIT"), init(description))
    if "states" in case.inputs:
        states = _states(case.inputs["states"])
        _write(out.with_suffix(".UNRST"), restart(description, states))
    _write(out.with_suffix(".SMSPEC"), specification(curves))
    _write(out, steps(curves))
    write_report(note_of(out), {"provenance": context.provenance})
    context.log(f"{out}, and {', '.join(OTHERS)} beside it")


def _states(path: Path) -> Iterator[Snapshot]:
    """Give the states one at a time."""
    return (read_state(path, number) for number in reports_of(path))


def _write(path: Path, arrays: Any) -> None:
    """Write a file beside its place and rename it there."""
    part = part_of(path)
    resfo.write(part, arrays)
    part.replace(path)
