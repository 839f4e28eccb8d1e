"""The component `models.start`: a model to begin an inversion with.

In rock, in this order, with slowness s = 1 / v:

    base      the model itself; its mean slowness at each depth; or v = a + b z
    smooth    s = G s, G a Gaussian; water lends nothing to the rock (`smoothing`)
    shift     s = s (1 + p / 100)
    clip      slowest <= 1 / s <= fastest

z and the depths of the mean are counted from the sea bottom of each column, or from
the surface. The water layer stays as it is, where it is kept.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anticline.component import Case, Finding, RunContext
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats import model
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.models.preflight import in_memory, model_faults, output_faults
from anticline_solvers.models.smoothing import smooth
from anticline_solvers.models.spacing import as_text
from anticline_solvers.models.water import bottom_m, water_layer

Field = NDArray[np.float32]
Mask = NDArray[np.bool_]

BYTES_PER_CELL = 40

MODEL, AVERAGE, GRADIENT = "model", "average", "gradient"
SEA_BOTTOM, SURFACE = "sea_bottom", "surface"
GRADIENT_NUMBERS = ("top_velocity_m_s", "gradient_per_s")


def average(field: Field, water: Mask, below_bottom: bool) -> Field:
    """Harmonic mean of the rock at each depth, in every column; float32.

    below_bottom : depths are counted from the first rock cell of each column; else from
        the first cell. Below the deepest that a depth is known of, the last mean holds.
    Water cells, and depths without rock, keep their values.
    """
    cells = field.shape[-1]
    first = water.sum(axis=-1, keepdims=True) * int(below_bottom)
    depth = np.broadcast_to(np.arange(cells) - first, field.shape)
    rock = ~water
    number = np.bincount(depth[rock], minlength=cells)
    total = np.bincount(depth[rock], 1.0 / field[rock].astype(np.float64), cells)
    known = number > 0
    mean = np.ones(cells)
    mean[known] = number[known] / total[known]
    return np.where(water, field, mean[np.maximum(depth, 0)]).astype(np.float32)


def gradient(
    grid: Grid, water: Mask, top_m_s: float, per_s: float, below_bottom: bool
) -> NDArray[np.float64]:
    """Give v = a + b z of each cell, float64 of the grid's shape [m/s].

    z : depth of the cell's centre below the sea bottom of its column, or below the
        first cell; not below 0.
    """
    depths = grid.coordinates(grid.ndim - 1)
    above = bottom_m(water, grid)[..., None] if below_bottom else depths[0]
    # A column without water begins half a cell above its first centre.
    above = np.maximum(above, depths[0])
    return np.asarray(top_m_s + per_s * np.maximum(depths - above, 0.0))


def start_model(vp: Field, grid: Grid, parameters: Mapping[str, Any]) -> Field:
    """Make the start model of the module's equations, float32 of the grid's shape.

    parameters : as the component declares them.
    """
    p = parameters
    water = np.zeros(vp.shape, bool)
    if p["keep_water"]:
        water = water_layer(vp, p["water_velocity_m_s"])
    below = p["depth_from"] == SEA_BOTTOM
    made: NDArray[Any] = vp
    if p["base"] == AVERAGE:
        made = average(vp, water, below)
    elif p["base"] == GRADIENT:
        top, per_s = (p[name] for name in GRADIENT_NUMBERS)
        made = gradient(grid, water, top, per_s, below)
    if p["smoothing_m"] > 0.0:
        sigma = [p["smoothing_m"] / h for h in grid.spacing_m]
        made = smooth(np.asarray(made, np.float32), sigma, water)
    made = made / (1.0 + p["slowness_shift_percent"] / 100.0)
    made = np.clip(made, p["slowest_m_s"], p["fastest_m_s"])
    return np.where(water, vp, made).astype(np.float32)


def check(case: Case, comm_size: int) -> list[Finding]:
    """Find what keeps the start model from being made."""
    found = _number_faults(case) + model_faults(case)
    if found:
        return found
    grid = model.read_grid(case.inputs["model"])
    found = in_memory(case, BYTES_PER_CELL) + _slow_faults(case, grid)
    return found + output_faults(case, "model", math.prod(grid.shape), 1)


def _number_faults(case: Case) -> list[Finding]:
    """Find numbers that are missing, that nothing reads or that contradict others."""
    p, found = case.parameters, []
    for name in GRADIENT_NUMBERS:
        if (p[name] is None) == (p["base"] == GRADIENT):
            text = f"base: {p['base']} " + (
                "needs it" if p[name] is None else "has none"
            )
            found.append(case.finding(f"parameters.{name}", f"{name}: {text}"))
    low, high = p["slowest_m_s"], p["fastest_m_s"]
    if None not in (low, high) and low > high:
        text = f"slowest_m_s {low:g} is above fastest_m_s {high:g}; exchange them"
        found.append(case.finding("parameters.slowest_m_s", text))
    return found


def _slow_faults(case: Case, grid: Grid) -> list[Finding]:
    """Find a linear velocity that ends at or below 0 and that nothing clips."""
    p = case.parameters
    if p["base"] != GRADIENT or p["slowest_m_s"] is not None:
        return []
    least = p["top_velocity_m_s"] + min(0.0, p["gradient_per_s"]) * grid.extent_m[-1]
    if least > 0.0:
        return []
    text = f"the velocity falls to {least:g} m/s at the bottom; give slowest_m_s"
    return [case.finding("parameters.gradient_per_s", text)]


def run(case: Case, context: RunContext) -> None:
    """Write vp, from rank 0."""
    if context.comm.rank != 0:
        return
    path, out = case.inputs["model"], case.outputs["model"]
    if finished(out, context.fingerprint):
        context.log(f"{out} is there already")
        return
    grid = model.read_grid(path)
    vp = start_model(model.read_field(path, "vp"), grid, case.parameters)
    model.write_model(
        out,
        grid,
        {"vp": vp},
        model.read_frame(path),
        context.provenance,
        context.fingerprint,
    )
    context.log(f"{as_text(out, grid)}, {vp.min():g} to {vp.max():g} m/s")
