"""A perturbation of velocity in a file: the field vp of a model holds dv [m/s]."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from anticline.component import Case, RunContext
from anticline.errors import Finding
from anticline_solvers.domain.grid import Grid
from anticline_solvers.domain.placement import Reader
from anticline_solvers.formats.distributed import Box
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.formats.model import (
    read_field,
    read_frame,
    read_grid,
    summary,
    write_model_by_slabs,
)
from anticline_solvers.seismic import checks
from anticline_solvers.seismic.acquisition.aperture import in_grid
from anticline_solvers.seismic.acquisition.recording import Listening
from anticline_solvers.seismic.forward import Listen
from anticline_solvers.seismic.scattering import ScatteredTraces

PORT = "perturbation"


def reader(case: Case, window: Box) -> Reader:
    """Read a case's perturbation on a window; zeros where it has none."""
    path = case.inputs.get(PORT)
    if path is None:
        return lambda box: np.zeros([s.stop - s.start for s in box], np.float32)
    return lambda box: read_field(path, "vp", in_grid(window, box))


def listen(case: Case, window: Box) -> Listen:
    """Give what hears the waves that a case's perturbation scatters."""

    def made(propagator: Any, receivers: Any, steps: int) -> Listening:
        change = reader(case, window)
        whole = case.parameters["background"]
        return ScatteredTraces(propagator, receivers, steps, change, background=whole)

    return made


def faults(case: Case) -> list[Finding]:
    """Find a perturbation on another grid than the model's, or one not finite."""
    path = case.inputs.get(PORT)
    if path is None:
        return []
    findings: list[Finding] = []
    grid = checks.attempt(partial(read_grid, path), findings)
    model = checks.attempt(partial(read_grid, case.inputs["model"]), [])
    if grid is not None and model is not None and not grid.agrees_with(model):
        text = f"is on {grid}, and the model on {model}; bring it to the model's grid"
        findings.append(Finding(str(path), None, text))
    found = checks.attempt(partial(summary, path), findings)
    if found is not None and found["nan"]:
        text = f"'vp' has {found['nan']:,} values that are not finite; mend them"
        findings.append(Finding(str(path), None, text))
    return findings


def check(case: Case, comm_size: int) -> list[Finding]:
    """Say everything that keeps seismic.perturbation from running."""
    if checks.is_finished(case, PORT):
        return []
    findings = checks.output(case, PORT)
    grids: list[Grid] = []
    for path in case.inputs.values():
        grid = checks.attempt(partial(read_grid, path), findings)
        found = checks.attempt(partial(summary, path), findings) if grid else None
        if found is not None and found["nan"]:
            text = f"'vp' has {found['nan']:,} values that are not finite; mend them"
            findings.append(Finding(str(path), None, text))
        grids += [] if grid is None else [grid]
    if len(grids) == 2 and not grids[0].agrees_with(grids[1]):
        text = f"is on {grids[1]}, and the model on {grids[0]}; bring both to one grid"
        findings.append(case.finding("inputs.perturbed", text))
    return findings


def run(case: Case, context: RunContext) -> None:
    """Write the difference, all ranks in turn."""
    path, comm = case.outputs[PORT], context.comm
    if comm.bcast(comm.rank == 0 and finished(path, context.fingerprint)):
        return
    model = case.inputs["model"]
    write_model_by_slabs(
        path,
        read_grid(model),
        ("vp",),
        _difference(model, case.inputs.get("perturbed", model)),
        read_frame(model),
        context.provenance,
        context.fingerprint,
        comm=comm,
    )


def _difference(model: Path, perturbed: Path) -> Callable[[Box], dict[str, Any]]:
    def made(box: Box) -> dict[str, Any]:
        return {"vp": read_field(perturbed, "vp", box) - read_field(model, "vp", box)}

    return made
