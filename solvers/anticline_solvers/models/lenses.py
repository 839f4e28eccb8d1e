"""The component `models.lenses`: Gaussian lenses in a velocity that grows with depth.

    v = (a + b z) prod_k (1 + c_k exp(-((x - x_k) / l_k)^2 - ((z - z_k) / h_k)^2))

a section without a sharp interface, so that waves through it arrive once: what is
wanted to see how far off a start model may be before an inversion skips cycles.
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
from anticline_solvers.formats.geometry import Frame
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.models.preflight import memory_faults, output_faults
from anticline_solvers.models.spacing import as_text

BYTES_PER_CELL = 24
LENSES = (
    "lens_x_m",
    "lens_depth_m",
    "lens_half_width_m",
    "lens_half_height_m",
    "lens_change",
)


def grid_of(parameters: Mapping[str, Any]) -> Grid:
    """Grid of the parameters `extent_m` and `spacing_m`."""
    spacing = parameters["spacing_m"]
    shape = tuple(round(length / spacing) + 1 for length in parameters["extent_m"])
    return Grid(shape, (spacing, spacing), (0.0, 0.0))


def lenses(grid: Grid, parameters: Mapping[str, Any]) -> NDArray[np.float32]:
    """Make the velocity of the module's equation, float32 of the grid's shape [m/s].

    parameters : as the component declares them.
    """
    x, z = grid.coordinates(0)[:, None], grid.coordinates(1)[None, :]
    rising = parameters["top_velocity_m_s"] + parameters["gradient_per_s"] * z
    v = np.broadcast_to(rising, grid.shape)
    for at, depth, wide, high, change in zip(
        *(parameters[name] for name in LENSES), strict=True
    ):
        far = ((x - at) / wide) ** 2 + ((z - depth) / high) ** 2
        v = v * (1.0 + change * np.exp(-far))
    return np.ascontiguousarray(v, np.float32)


def check(case: Case, comm_size: int) -> list[Finding]:
    """Find lists that do not belong together, and a grid too small or too large."""
    found = _list_faults(case)
    if found:
        return found
    shape = grid_of(case.parameters).shape
    found = memory_faults(case, shape, BYTES_PER_CELL, "parameters.spacing_m")
    return (
        found + _slow_faults(case) + output_faults(case, "model", math.prod(shape), 1)
    )


def _list_faults(case: Case) -> list[Finding]:
    """Find extents that are no section, and lenses that lack a number."""
    p, found = case.parameters, []
    least = 2 * p["spacing_m"]
    if len(p["extent_m"]) != 2 or min(p["extent_m"]) < least:
        text = (
            f"extent_m needs 2 numbers, x and depth, each at least {least:g}, "
            f"has {p['extent_m']}"
        )
        found.append(case.finding("parameters.extent_m", text))
    number = len(p["lens_x_m"])
    for name in LENSES[1:]:
        if len(p[name]) != number:
            text = f"{name} has {len(p[name])} numbers, lens_x_m {number}; one a lens"
            found.append(case.finding(f"parameters.{name}", text))
    return found


def _slow_faults(case: Case) -> list[Finding]:
    """Find a velocity that falls to 0 with depth."""
    p = case.parameters
    least = p["top_velocity_m_s"] + min(0.0, p["gradient_per_s"]) * p["extent_m"][1]
    if least > 0.0:
        return []
    text = f"the velocity falls to {least:g} m/s at the bottom; take a larger gradient"
    return [case.finding("parameters.gradient_per_s", text)]


def run(case: Case, context: RunContext) -> None:
    """Write vp, from rank 0."""
    if context.comm.rank != 0:
        return
    out, p = case.outputs["model"], case.parameters
    if finished(out, context.fingerprint):
        context.log(f"{out} is there already")
        return
    grid = grid_of(p)
    vp = lenses(grid, p)
    frame = Frame(p["easting_m"], p["northing_m"], p["azimuth_deg"])
    model.write_model(
        out, grid, {"vp": vp}, frame, context.provenance, context.fingerprint
    )
    context.log(f"{as_text(out, grid)}, {vp.min():g} to {vp.max():g} m/s")
