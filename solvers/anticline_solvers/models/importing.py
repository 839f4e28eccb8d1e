"""The component `models.import`: a raw binary velocity model of a described layout.

The array is turned to (x, [y,] z), scaled to m/s and resampled to the spacing given,
or to the one that the band of a Ricker wavelet asks for at a space order.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from anticline.component import Case, Finding, RunContext
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.formats.model import write_model
from anticline_solvers.formats.raw import RawLayout, read_raw, size_fault
from anticline_solvers.models.make import frame_of
from anticline_solvers.models.preflight import memory_faults, output_faults
from anticline_solvers.models.resampling import resample
from anticline_solvers.models.spacing import as_text, chosen_grid, spacing_faults

SLOWEST_M_S, FASTEST_M_S = 100.0, 20_000.0
"""Bounds of what a model of the subsurface can hold: soils to the mantle."""

BYTES_PER_CELL = 40
"""Of the grid written: two float64 copies while resampling, and the field."""


def layout_of(case: Case) -> RawLayout:
    """Layout of the raw file."""
    given = case.parameters
    return RawLayout(
        given["dtype"],
        given["axes"],
        tuple(given["shape"]),
        given["factor"],
        given["skip_bytes"],
    )


def stored_grid(case: Case) -> Grid:
    """Grid of the stored array, axes in the project's order."""
    given, axes = case.parameters, case.parameters["axes"]
    order = [axes.index(letter) for letter in ("xz" if len(axes) == 2 else "xyz")]
    steps = given["stored_spacing_m"]
    steps = steps * len(axes) if len(steps) == 1 else steps
    shape = tuple(given["shape"][i] for i in order)
    return Grid(shape, tuple(steps[i] for i in order), (0.0,) * len(axes))


def value_faults(values: NDArray[np.float32]) -> str | None:
    """Say how many values are no velocity, and where the first is."""
    good = np.isfinite(values) & (values > 0)
    bad = int(good.size - good.sum())
    if not bad:
        return None
    first = np.unravel_index(int(np.argmin(good)), values.shape)
    return (
        f"{bad:,} of {good.size:,} values are not finite and positive, the first at "
        f"cell {tuple(int(i) for i in first)}; repair the array, or correct dtype "
        "(byte order) and skip_bytes"
    )


def unit_fault(values: NDArray[np.float32]) -> str | None:
    """Say that velocities are none of rock, water or gas in m/s."""
    low, high = float(values.min()), float(values.max())
    if low >= SLOWEST_M_S and high <= FASTEST_M_S:
        return None
    return (
        f"velocities from {low:.4g} to {high:.4g} m/s; {SLOWEST_M_S:g} to "
        f"{FASTEST_M_S:g} are possible; give the factor to m/s (1000 from km/s, "
        "0.3048 from ft/s), or correct dtype and skip_bytes"
    )


def check(case: Case, comm_size: int) -> list[Finding]:
    """Find a layout that contradicts itself or the file, and values no velocity has."""
    layout = layout_of(case)
    found = [case.finding("parameters.shape", text) for text in layout.faults()]
    steps = case.parameters["stored_spacing_m"]
    if len(steps) not in (1, len(layout.axes)) or min(steps) <= 0:
        text = f"stored_spacing_m needs 1 or {len(layout.axes)} positive numbers"
        found.append(case.finding("parameters.stored_spacing_m", text))
    found += spacing_faults(case)
    if found:
        return found
    path = case.inputs["raw"]
    fault = size_fault(path, layout)
    if fault:
        return [case.finding("inputs.raw", f"{path} {fault}")]
    return _content_faults(case, layout)


def _content_faults(case: Case, layout: RawLayout) -> list[Finding]:
    grid = stored_grid(case)
    found = memory_faults(case, grid.shape, BYTES_PER_CELL, "parameters.shape")
    if found:
        return found
    values = read_raw(case.inputs["raw"], layout)
    fault = value_faults(values)
    if fault:
        return [case.finding("inputs.raw", f"{case.inputs['raw']}: {fault}")]
    if fault := unit_fault(values):
        return [case.finding("parameters.factor", fault)]
    target = chosen_grid(case, grid, float(values.min()))
    key = "parameters.spacing_m"
    cells = math.prod(target.shape)
    return [
        *memory_faults(case, target.shape, BYTES_PER_CELL, key),
        *output_faults(case, "model", cells, 1),
    ]


def run(case: Case, context: RunContext) -> None:
    """Read, resample and write on rank 0."""
    if context.comm.rank != 0:
        return
    out = case.outputs["model"]
    if finished(out, context.fingerprint):
        context.log(f"{out} is there already")
        return
    values = read_raw(case.inputs["raw"], layout_of(case))
    source = stored_grid(case)
    target = chosen_grid(case, source, float(values.min()))
    vp = resample(values, source, target, case.parameters["order"])
    write_model(
        out,
        target,
        {"vp": vp},
        frame_of(case),
        context.provenance,
        context.fingerprint,
    )
    context.log(f"{as_text(out, target)}, {vp.min():g} to {vp.max():g} m/s")
