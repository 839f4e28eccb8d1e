"""The component `models.resample`: a model on the grid given, or the one of a band.

Frequency continuation takes a model from the grid of one band to that of the next. The
grid then covers the whole model, so that sources and receivers at its edge stay inside,
and the water layer keeps its sharp bottom.
"""

from __future__ import annotations

import math

from anticline.component import Case, Finding, RunContext
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats import model
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.models.preflight import (
    memory_faults,
    model_faults,
    output_faults,
)
from anticline_solvers.models.resampling import resample_in_layers
from anticline_solvers.models.spacing import (
    as_text,
    band_of,
    chosen_grid,
    spacing_faults,
)
from anticline_solvers.models.water import water_layer
from anticline_solvers.numerics.stability import carried_frequency, choose_time_step

BYTES_PER_CELL = 40


def _target(case: Case) -> Grid:
    if "like" in case.inputs:
        return model.read_grid(case.inputs["like"])
    path = case.inputs["model"]
    slowest = model.summary(path, "vp")["min"]
    return chosen_grid(case, model.read_grid(path), slowest)


def check(case: Case, comm_size: int) -> list[Finding]:
    """Find what keeps the model from being resampled."""
    found = model_faults(case) + spacing_faults(case) + _like_faults(case)
    if found:
        return found
    target = _target(case)
    fields = len(model.fields_of(case.inputs["model"]))
    cells = math.prod(target.shape)
    key = "parameters.spacing_m"
    return [
        *memory_faults(case, target.shape, BYTES_PER_CELL, key),
        *output_faults(case, "model", cells, fields),
    ]


def _like_faults(case: Case) -> list[Finding]:
    """Find a grid to take that cannot be read, or a spacing given beside it."""
    if "like" not in case.inputs:
        return []
    found = model_faults(case, "like")
    if case.parameters["spacing_m"] is not None or band_of(case) is not None:
        text = "the input 'like' gives the grid; leave out spacing_m and the band"
        found.append(case.finding("inputs.like", text))
    if found or model_faults(case):
        return found
    ndim, theirs = (
        model.read_grid(case.inputs[name]).ndim for name in ("model", "like")
    )
    if ndim != theirs:
        text = f"has {theirs} axes, the model {ndim}; name one of as many"
        found.append(case.finding("inputs.like", text))
    return found


def run(case: Case, context: RunContext) -> None:
    """Resample every field on rank 0."""
    if context.comm.rank != 0:
        return
    path, out = case.inputs["model"], case.outputs["model"]
    if finished(out, context.fingerprint):
        context.log(f"{out} is there already")
        return
    source, target = model.read_grid(path), _target(case)
    vp = model.read_field(path, "vp")
    water = water_layer(vp, _water_velocity(case))
    order = case.parameters["order"]
    fields = {
        name: resample_in_layers(
            model.read_field(path, name), source, target, order, water
        )
        for name in model.fields_of(path)
    }
    model.write_model(
        out,
        target,
        fields,
        model.read_frame(path),
        context.provenance,
        context.fingerprint,
    )
    context.log(f"{as_text(out, target)}; {_told(case, target, fields['vp'])}")


def _water_velocity(case: Case) -> float:
    """Fastest water [m/s]; no cell is as slow as 0 where water is not kept."""
    kept = case.parameters["keep_water"]
    return float(case.parameters["water_velocity_m_s"]) if kept else 0.0


def _told(case: Case, target: Grid, vp: model.Field) -> str:
    """Say what the grid carries, and at which time step."""
    order = case.parameters["space_order"]
    top = carried_frequency(float(vp.min()), target.spacing_m, order)
    step_s = choose_time_step(float(vp.max()), target.spacing_m, order)
    return (
        f"carries {top:.4g} Hz at space order {order}, steps of {1e3 * step_s:.3g} ms"
    )
