"""The component `models.resample`: a model on the grid given, or the one of a band.

Frequency continuation takes a model from the grid of one band to that of the next. The
grid then covers the whole model, so that sources and receivers at its edge stay inside,
and the water layer keeps its sharp bottom. What no inversion changes, the water and a
known sea bottom, is read from a model of its own, so that the larger cells of one band
leave no trace in the next.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np

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

BYTES_PER_CELL = 44


def _target(case: Case) -> Grid:
    if "like" in case.inputs:
        return model.read_grid(case.inputs["like"])
    path = case.inputs["model"]
    slowest = model.summary(path, "vp")["min"]
    return chosen_grid(case, model.read_grid(path), slowest)


def check(case: Case, comm_size: int) -> list[Finding]:
    """Find what keeps the model from being resampled."""
    found = model_faults(case) + spacing_faults(case) + _like_faults(case)
    found += _known_faults(case)
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
    return found or _axes_faults(case, "like")


def _axes_faults(case: Case, name: str) -> list[Finding]:
    """Find another number of axes than the model has; none where it is unreadable."""
    if model_faults(case):
        return []
    ndim, theirs = (
        model.read_grid(case.inputs[which]).ndim for which in ("model", name)
    )
    if ndim == theirs:
        return []
    text = f"has {theirs} axes, the model {ndim}; name one of as many"
    return [case.finding(f"inputs.{name}", text)]


def _known_faults(case: Case) -> list[Finding]:
    """Find a known model without its depth, or one that cannot be read for it."""
    given, depth = "known" in case.inputs, case.parameters["known_to_m"]
    if given != (depth is not None):
        lacks = "parameters.known_to_m" if given else "inputs.known"
        text = "the input 'known' and known_to_m are given together, or neither"
        return [case.finding(lacks, text)]
    if not given:
        return []
    found = model_faults(case, "known") or _axes_faults(case, "known")
    if found or model_faults(case):
        return found
    lacking = set(model.fields_of(case.inputs["model"])) - set(
        model.fields_of(case.inputs["known"])
    )
    text = f"has no {', '.join(sorted(lacking))}, which the model has; add it"
    return [case.finding("inputs.known", text)] if lacking else []


def run(case: Case, context: RunContext) -> None:
    """Resample every field on rank 0."""
    if context.comm.rank != 0:
        return
    path, out = case.inputs["model"], case.outputs["model"]
    if finished(out, context.fingerprint):
        context.log(f"{out} is there already")
        return
    target = _target(case)
    names = model.fields_of(path)
    fields = _on(case, path, target, names)
    if "known" in case.inputs:
        depths = target.coordinates(target.ndim - 1)
        known = depths < case.parameters["known_to_m"]
        above = _on(case, case.inputs["known"], target, names)
        fields = {name: np.where(known, above[name], fields[name]) for name in names}
    model.write_model(
        out,
        target,
        fields,
        model.read_frame(path),
        context.provenance,
        context.fingerprint,
    )
    context.log(f"{as_text(out, target)}; {_told(case, target, fields['vp'])}")


def _on(
    case: Case, path: Path, target: Grid, names: Iterable[str]
) -> dict[str, model.Field]:
    """Read fields of a model at the cells of `target`."""
    source = model.read_grid(path)
    water = water_layer(model.read_field(path, "vp"), _water_velocity(case))
    order = case.parameters["order"]
    return {
        name: resample_in_layers(
            model.read_field(path, name), source, target, order, water
        )
        for name in names
    }


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
