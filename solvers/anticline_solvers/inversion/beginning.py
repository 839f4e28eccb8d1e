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
            f"{found.state.settings.method} for {case.parameters['parameter']}: "
            f"{int((~box.fixed).sum()):,} of {box.lower.size:,} cells may move"
        )
    context.comm.Barrier()


def begun(case: Case) -> files.Inversion:
    """Make the state of a case without findings."""
    path, p = case.inputs["model"], case.parameters
    grid, start, found = bounded(case)
    carried = {
        name: model.read_field(path, name)
        for name in model.fields_of(path)
        if name != files.FIELD
    }
    given = _problem(case, grid, found.clip(start), found)
    state = machine.begin(given, settings_of(p))
    return files.Inversion(state, grid, model.read_frame(path), carried)


def _problem(case: Case, grid: Grid, start: Field, found: Limits) -> Problem:
    p = case.parameters
    name = p["parameter"]
    reference = None
    if "reference" in case.inputs:
        given = model.read_field(case.inputs["reference"])
        reference = parameters.from_field(name, given)
    return Problem(
        start=parameters.from_field(name, start),
        box=Box(*parameters.bounds(name, found.lower, found.upper)),
        spacing_m=grid.spacing_m,
        parameter=name,
        reference=reference,
        smoothing_m=_each(p["smoothing_m"], grid.ndim),
        local_smoothing_m=_local(p, velocity_path(case)),
    )


def bounded(case: Case) -> tuple[Grid, Field, Limits]:
    """Give the grid, the start, and its bounds, those of fixed cells too."""
    path, p = case.inputs["model"], case.parameters
    grid, start = model.read_grid(path), model.read_field(path)
    given = {
        name: model.read_field(case.inputs[name], "mask" if name == "mask" else "vp")
        for name in ("lower", "upper", "mask")
        if name in case.inputs
    }
    found = bounding.limits(start, p, given.get("lower"), given.get("upper"))
    velocity = model.read_field(velocity_path(case))
    still: Mask = masks.fixed(grid, velocity, p, given.get("mask"))
    return grid, start, found.fix(still, start)


def velocity_path(case: Case) -> Path:
    """Name the model whose velocities tell water, salt and wavelengths."""
    return case.inputs.get("velocity", case.inputs["model"])


def _local(p: Mapping[str, Any], path: Path) -> Array | None:
    """Give the smoothing of each cell [m], a share of the wavelength there."""
    share = p["smoothing_wavelengths"]
    if not share:
        return None
    velocity = np.asarray(model.read_field(path), np.float64)
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
