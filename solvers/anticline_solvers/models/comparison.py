"""The component `models.compare`: how far a model is from the true one.

With v a model and t the true one, over the cells of a box, water left out,

    error     |v - t|_2 / |t|_2
    mean      mean of |v - t| / t, in percent
    bias      mean of (v - t) / t, in percent

and the same of the start model, where one is given. All models are read on the grid of
the true one, by way of slowness (`resampling`); a model must reach over the box.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anticline.component import Case, Finding, RunContext
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats import model
from anticline_solvers.formats.report import finished, other_cases, write_report
from anticline_solvers.models.preflight import in_memory, model_faults
from anticline_solvers.models.resampling import resample_in_layers
from anticline_solvers.models.water import water_layer

Field = NDArray[np.float32]
Mask = NDArray[np.bool_]

FORMAT = "anticline-model-comparison/1"
BYTES_PER_CELL = 80
NO_WATER_M_S = 0.0

EDGES = (("left_m", "right_m"), ("front_m", "back_m"), ("top_m", "bottom_m"))


def box_of(grid: Grid, parameters: Mapping[str, Any]) -> tuple[slice, ...]:
    """Cells whose centres lie between the edges given; an edge left out is open."""
    edges = EDGES if grid.ndim == 3 else (EDGES[0], EDGES[2])
    box = []
    for axis, (low, high) in enumerate(edges):
        at, near = grid.coordinates(axis), 1e-6 * grid.spacing_m[axis]
        first, last = parameters[low], parameters[high]
        inside = np.ones(at.size, bool)
        if first is not None:
            inside &= at >= first - near
        if last is not None:
            inside &= at <= last + near
        where = np.flatnonzero(inside)
        box.append(slice(int(where[0]), int(where[-1]) + 1) if where.size else slice(0))
    return tuple(box)


def errors(values: Field, truth: Field, compared: Mask) -> dict[str, float]:
    """Relative errors of the module over the cells compared; at least one."""
    true = truth[compared].astype(np.float64)
    apart = values[compared].astype(np.float64) - true
    return {
        "error": float(np.linalg.norm(apart) / np.linalg.norm(true)),
        "mean_percent": float(100.0 * np.abs(apart / true).mean()),
        "bias_percent": float(100.0 * (apart / true).mean()),
    }


def by_depth(
    values: Field, truth: Field, compared: Mask, depths: Any, window_m: float
) -> list[dict[str, float]]:
    """Errors of each depth window that holds cells to compare."""
    number = ((depths - depths[0]) / window_m + 1e-9).astype(int)
    found = []
    for k in range(int(number[-1]) + 1):
        here = compared & (number == k)
        if here.any():
            inside = depths[number == k]
            limits = {"top_m": float(inside[0]), "bottom_m": float(inside[-1])}
            found.append(limits | errors(values, truth, here))
    return found


def compare(
    models: Mapping[str, Field], truth: Field, grid: Grid, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """Make the report: errors of each model by its name.

    models, truth : float32 of the grid's shape. parameters : as declared.
    """
    compared = compared_cells(truth, grid, parameters)
    depths, window_m = grid.coordinates(grid.ndim - 1), parameters["window_m"]
    report: dict[str, Any] = {"format": FORMAT, "cells": int(compared.sum())}
    for name, values in models.items():
        windows = by_depth(values, truth, compared, depths, window_m)
        report[name] = errors(values, truth, compared) | {"windows": windows}
    if "start" in models:
        before, after = (report[name]["error"] for name in ("start", "model"))
        report["error_left"] = after / before if before > 0.0 else None
    return report


def compared_cells(truth: Field, grid: Grid, parameters: Mapping[str, Any]) -> Mask:
    """Tell which cells lie in the box and not in water."""
    inside = np.zeros(grid.shape, bool)
    inside[box_of(grid, parameters)] = True
    if parameters["skip_water"]:
        inside &= ~water_layer(truth, parameters["water_velocity_m_s"])
    return inside


def check(case: Case, comm_size: int) -> list[Finding]:
    """Find what keeps the models from being compared."""
    found = other_cases(case)
    if not found and finished(case):
        return []
    for name in case.inputs:
        found += model_faults(case, name)
    if found:
        return found
    grids = {name: model.read_grid(path) for name, path in case.inputs.items()}
    found = in_memory(case, BYTES_PER_CELL, "reference")
    for name in grids:
        found += _cover_faults(case, name, grids)
    return found or _box_faults(case, grids["reference"])


def _cover_faults(case: Case, name: str, grids: Mapping[str, Grid]) -> list[Finding]:
    """Find a model of other axes than the reference, or one that ends inside the box.

    A model on larger cells may end up to one of them before the reference does.
    """
    grid, truth = grids[name], grids["reference"]
    if grid.ndim != truth.ndim:
        text = f"has {grid.ndim} axes, the reference {truth.ndim}"
        return [case.finding(f"inputs.{name}", text)]
    found = []
    for axis, (cells, letter) in enumerate(
        zip(box_of(truth, case.parameters), truth.axes, strict=True)
    ):
        at, theirs = truth.coordinates(axis)[cells], grid.coordinates(axis)
        loose = max(grid.spacing_m[axis], truth.spacing_m[axis]) * (1 + 1e-6)
        if at.size and (at[0] < theirs[0] - loose or at[-1] > theirs[-1] + loose):
            text = (
                f"reaches from {letter} = {theirs[0]:g} to {theirs[-1]:g} m, compared "
                f"are {at[0]:g} to {at[-1]:g} m; make the box smaller"
            )
            found.append(case.finding(f"inputs.{name}", text))
    return found


def _box_faults(case: Case, grid: Grid) -> list[Finding]:
    """Find a box without cells of rock, and profiles beside the model."""
    p, found = case.parameters, []
    truth = model.read_field(case.inputs["reference"], "vp")
    if not compared_cells(truth, grid, p).any():
        text = "the box holds no cell below the water; make it larger"
        found.append(case.finding("parameters", text))
    first, last = grid.coordinates(0)[[0, -1]]
    outside = [x for x in p["profiles_x_m"] or () if not first <= x <= last]
    if outside:
        text = f"profiles at {outside} m; the model has x = {first:g} to {last:g} m"
        found.append(case.finding("parameters.profiles_x_m", text))
    return found


def run(case: Case, context: RunContext) -> None:
    """Write the report and the picture, from rank 0."""
    if context.comm.rank == 0 and not finished(case):
        grid = model.read_grid(case.inputs["reference"])
        truth = model.read_field(case.inputs["reference"], "vp")
        p = case.parameters
        models: dict[str, Field] = {
            name: on_grid(case.inputs[name], grid, p)
            for name in ("start", "model")
            if name in case.inputs
        }
        report = compare(models, truth, grid, p)
        report["provenance"] = context.provenance
        if "picture" in case.outputs:
            from anticline_solvers.models.comparison_picture import draw

            draw(
                {"true": truth} | models,
                grid,
                box_of(grid, p),
                report,
                p,
                case.outputs["picture"],
            )
        write_report(case.outputs["report"], report)
        context.log(_told(report))
    context.comm.Barrier()


def on_grid(path: Path, grid: Grid, parameters: Mapping[str, Any]) -> Field:
    """Read the velocity of a model at the cells of a grid."""
    vp, source = model.read_field(path, "vp"), model.read_grid(path)
    if source.agrees_with(grid):
        return vp
    water = water_layer(vp, parameters["water_velocity_m_s"])
    return resample_in_layers(vp, source, grid, 1, water)


def _told(report: Mapping[str, Any]) -> str:
    after = f"relative error {report['model']['error']:.4f}"
    if "start" not in report:
        return after
    return f"{after}, {report['start']['error']:.4f} at the start"
