"""The component `seismic.smooth`: a model without its short wavelengths.

Slowness is convolved with a Gaussian exp(-r^2 / (2 sigma^2)), sigma the correlation
length, so travel times across a bed are kept. The water layer can stay as it is: the
convolution below then takes weights from the rock alone,

    s = G (m s0) / G m,   m = 1 in rock, 0 in water.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from anticline.component import Case, Finding, RunContext
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats import model
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.models.preflight import in_memory, model_faults, output_faults
from anticline_solvers.models.spacing import as_text
from anticline_solvers.models.water import water_layer

Field = NDArray[np.float32]

BYTES_PER_CELL = 24


def smooth(
    field: Field, sigma_cells: Sequence[float], water: NDArray[np.bool_] | None = None
) -> Field:
    """Smooth a positive field by its inverse, with edges continued; float32.

    sigma_cells : correlation length of each axis in cells.
    water : cells that keep their value and lend none to the others.
    """
    blur = partial(gaussian_filter, sigma=sigma_cells, mode="nearest", truncate=4.0)
    inverse = 1.0 / np.asarray(field, np.float64)
    if water is None or not water.any():
        return np.ascontiguousarray(1.0 / blur(inverse), np.float32)
    rock = np.where(water, 0.0, 1.0)
    weight = np.maximum(blur(rock), 1e-12)
    made = np.where(water, field, weight / np.maximum(blur(rock * inverse), 1e-30))
    return np.ascontiguousarray(made, np.float32)


def check(case: Case, comm_size: int) -> list[Finding]:
    """Find what keeps the model from being smoothed."""
    found = model_faults(case)
    if found:
        return found
    grid = model.read_grid(case.inputs["model"])
    fields = len(model.fields_of(case.inputs["model"]))
    cells = math.prod(grid.shape)
    return in_memory(case, BYTES_PER_CELL) + output_faults(case, "model", cells, fields)


def run(case: Case, context: RunContext) -> None:
    """Smooth every field on rank 0."""
    if context.comm.rank != 0:
        return
    out = case.outputs["model"]
    if finished(out, context.fingerprint):
        context.log(f"{out} is there already")
        return
    path = case.inputs["model"]
    grid = model.read_grid(path)
    vp = model.read_field(path, "vp")
    water = None
    if case.parameters["keep_water"]:
        water = water_layer(vp, case.parameters["water_velocity_m_s"])
    sigma = _cells(grid, case.parameters["correlation_length_m"])
    fields = {
        name: smooth(model.read_field(path, name), sigma, water)
        for name in model.fields_of(path)
    }
    model.write_model(
        out,
        grid,
        fields,
        model.read_frame(path),
        context.provenance,
        context.fingerprint,
    )
    context.log(as_text(out, grid))


def _cells(grid: Grid, length_m: float) -> list[float]:
    return [length_m / h for h in grid.spacing_m]
