"""The component `inversion.begin`: a start, bounds and settings become a state."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from anticline.component import Case, RunContext
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats import model
from anticline_solvers.inversion import bounding, files, machine, masks
from anticline_solvers.inversion import parameterisation as parameters
from anticline_solvers.inversion.arithmetic import Array, Mask
from anticline_solvers.inversion.bounding import Limits
from anticline_solvers.inversion.box import Box
from anticline_solvers.inversion.parameterisation import Field
from anticline_solvers.inversion.problem import Problem
from anticline_solvers.inversion.settings import Settings

SAME = frozenset(Settings.__dataclass_fields__) - {"tikhonov_change", "tikhonov_axes"}


def run(case: Case, context: RunContext) -> None:
    """Write the state and the model that it asks for, from rank 0."""
    if context.comm.rank == 0:
        found = begun(case)
        origin = context.provenance, context.fingerprint
        files.write(found, case.outputs["state"], case.outputs["model"], origin)
        box = found.state.problem.box
        context.log(
            f"{found.state.settings.method} for {found.field}: "
            f"{int((~box.fixed).sum()):,} of {box.lower.size:,} cells may move"
        )
    context.comm.Barrier()


def begun(case: Case) -> files.Inversion:
    """Make the state of a case without findings."""
    path, p = case.inputs["model"], case.parameters
    grid, start, found = bounded(case)
    start = found.clip(start)
    field = files.field_of(p["parameter"])
    carried = {
        name: model.read_field(path, name)
        for name in model.fields_of(path)
        if name != field
    }
    state = machine.begin(_problem(case, grid, start, found), settings_of(p))
    return files.Inversion(state, grid, model.read_frame(path), carried)


def _problem(case: Case, grid: Grid, start: Field, found: Limits) -> Problem:
    p = case.parameters
    name = p["parameter"]
    reference = None
    if "reference" in case.inputs:
        given = _start(case.inputs["reference"], name)
        reference = parameters.from_field(name, given)
    return Problem(
        start=parameters.from_field(name, start),
        box=Box(*parameters.bounds(name, found.lower, found.upper)),
        spacing_m=grid.spacing_m,
        parameter=name,
        reference=reference,
        smoothing_m=_each(p["smoothing_m"], grid.ndim),
        local_smoothing_m=_local(p, case.inputs["model"]),
    )


def bounded(case: Case) -> tuple[Grid, Field, Limits]:
    """Give the grid, the start, and its bounds, those of fixed cells too."""
    path, p = case.inputs["model"], case.parameters
    grid, start = model.read_grid(path), _start(path, p["parameter"])
    given = {
        name: model.read_field(case.inputs[name], "mask" if name == "mask" else "vp")
        for name in ("lower", "upper", "mask")
        if name in case.inputs
    }
    found = bounding.limits(start, p, given.get("lower"), given.get("upper"))
    vp = model.read_field(path, "vp")
    still: Mask = masks.fixed(grid, vp, p, given.get("mask"))
    return grid, start, found.fix(still, start)


def _start(path: Path, parameter: str) -> Field:
    """Read the field that is inverted for; a perturbation that is not there is 0."""
    field = files.field_of(parameter)
    if field in model.fields_of(path):
        return model.read_field(path, field)
    return np.zeros(model.read_grid(path).shape, np.float32)


def _local(p: Mapping[str, Any], path: Path) -> Array | None:
    """Give the smoothing of each cell [m], a share of the start's wavelength."""
    share = p["smoothing_wavelengths"]
    if not share:
        return None
    velocity = np.asarray(model.read_field(path, "vp"), np.float64)
    return np.asarray(velocity * (share / p["frequency_hz"]))


def _each(values: list[float] | None, axes: int) -> tuple[float, ...]:
    if values is None:
        return ()
    return tuple(values) if len(values) == axes else (values[0],) * axes


def settings_of(p: Mapping[str, Any]) -> Settings:
    """Read the settings among the parameters of inversion.begin."""
    axes = p["tikhonov_axes"]
    return Settings(
        **{name: p[name] for name in sorted(SAME & set(p))},
        tikhonov_change=p["tikhonov_of"] == "change",
        tikhonov_axes=tuple(axes) if axes and len(axes) > 1 else (),
    )
