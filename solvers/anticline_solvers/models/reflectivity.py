"""The component `models.reflectivity`: what a perfect image of a model shows.

At the boundary of cells k and k + 1 of a column a wave that comes straight down is
reflected by (constant density)

    r = (v[k+1] - v[k]) / (v[k+1] + v[k]).

Each reflection is drawn as a zero-phase Ricker wavelet in two-way time
t(z) = 2 int dz / v, so its width in depth follows the local velocity:

    image(z) = sum_k r_k w(t(z) - t_k).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from anticline.component import Case, Finding, RunContext
from anticline_solvers.formats import model
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.formats.image import write_image
from anticline_solvers.models.preflight import in_memory, model_faults, output_faults

Field = NDArray[np.float32]
Floats = NDArray[np.float64]

SAMPLES_PER_PERIOD = 32
BYTES_PER_CELL = 60


def band_limited(vp: Field, spacing_m: float, peak_frequency_hz: float) -> Field:
    """Reflectivity of a model seen through a Ricker wavelet, float32 of its shape.

    vp : (..., nz) [m/s]; spacing_m : of the last axis. No unit; a lone boundary shows
    its reflection coefficient at its depth.
    """
    columns = np.asarray(vp, np.float64).reshape(-1, vp.shape[-1])
    step = 2 * spacing_m / columns
    centres = np.cumsum(step, axis=1) - 0.5 * step
    boundaries = np.cumsum(step, axis=1)[:, :-1]
    strength = np.diff(columns, axis=1) / (columns[:, 1:] + columns[:, :-1])
    interval = 1.0 / (SAMPLES_PER_PERIOD * peak_frequency_hz)
    series = _spread(boundaries / interval, strength)
    wave = _ricker(peak_frequency_hz, interval)
    drawn = fftconvolve(series, wave[None, :], mode="same", axes=1)
    return _read(drawn, centres / interval).reshape(vp.shape).astype(np.float32)


def _ricker(peak_frequency_hz: float, interval_s: float) -> Floats:
    """Zero-phase wavelet, an odd number of samples, peak 1 in the middle."""
    half = int(1.7 / (peak_frequency_hz * interval_s))
    phase = (np.pi * peak_frequency_hz * interval_s * np.arange(-half, half + 1)) ** 2
    wave: Floats = (1 - 2 * phase) * np.exp(-phase)
    return wave


def _spread(samples: Floats, strength: Floats) -> Floats:
    """Put spikes at fractional samples onto a regular series, column by column."""
    n = int(samples.max()) + 3
    below = samples.astype(np.int64)
    part = samples - below
    flat = below + n * np.arange(len(samples))[:, None]
    length = n * len(samples)
    near = np.bincount(flat.ravel(), ((1 - part) * strength).ravel(), length)
    far = np.bincount((flat + 1).ravel(), (part * strength).ravel(), length)
    return np.asarray(near + far, np.float64).reshape(len(samples), n)


def _read(series: Floats, samples: Floats) -> Floats:
    """Read a regular series at fractional samples, column by column."""
    below = np.minimum(samples.astype(np.int64), series.shape[1] - 2)
    low = np.take_along_axis(series, below, axis=1)
    high = np.take_along_axis(series, below + 1, axis=1)
    value: Floats = low + (samples - below) * (high - low)
    return value


def check(case: Case, comm_size: int) -> list[Finding]:
    """Find what keeps the reflectivity from being computed."""
    found = model_faults(case)
    if found:
        return found
    grid = model.read_grid(case.inputs["model"])
    cells = math.prod(grid.shape)
    return in_memory(case, BYTES_PER_CELL) + output_faults(case, "image", cells, 1)


def run(case: Case, context: RunContext) -> None:
    """Compute and write on rank 0."""
    if context.comm.rank != 0:
        return
    path, out = case.inputs["model"], case.outputs["image"]
    if finished(out, context.fingerprint):
        context.log(f"{out} is there already")
        return
    grid = model.read_grid(path)
    drawn = band_limited(
        model.read_field(path),
        grid.spacing_m[-1],
        case.parameters["peak_frequency_hz"],
    )
    write_image(
        out,
        grid,
        {"image": drawn},
        (),
        model.read_frame(path),
        context.provenance,
        context.fingerprint,
    )
    context.log(f"{out}: reflectivity of {path}")
