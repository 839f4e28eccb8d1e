"""The component `models.resample`: a model on the spacing given, or the band's."""

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
from anticline_solvers.models.resampling import resample
from anticline_solvers.models.spacing import as_text, chosen_grid, spacing_faults

BYTES_PER_CELL = 40


def _target(case: Case) -> Grid:
    path = case.inputs["model"]
    slowest = model.summary(path, "vp")["min"]
    return chosen_grid(case, model.read_grid(path), slowest)


def check(case: Case, comm_size: int) -> list[Finding]:
    """Find what keeps the model from being resampled."""
    found = model_faults(case) + spacing_faults(case)
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


def run(case: Case, context: RunContext) -> None:
    """Resample every field on rank 0."""
    if context.comm.rank != 0:
        return
    path, out = case.inputs["model"], case.outputs["model"]
    if finished(out, context.fingerprint):
        context.log(f"{out} is there already")
        return
    source, target = model.read_grid(path), _target(case)
    order = case.parameters["order"]
    fields = {
        name: resample(model.read_field(path, name), source, target, order)
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
    context.log(as_text(out, target))
