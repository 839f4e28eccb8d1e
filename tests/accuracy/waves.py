"""Small acoustic models and surveys that several tests share."""

from __future__ import annotations

import numpy as np

from anticline_solvers.acoustic.propagator import AcousticPropagator
from anticline_solvers.domain.grid import Grid
from anticline_solvers.numerics.dispersion import EDGE_STEPS, correct, predisperse
from anticline_solvers.numerics.stability import maximum_time_step
from anticline_solvers.seismic.acquisition.wavelets import maximum_frequency, ricker
from anticline_solvers.seismic.timeloop import propagate

SPACING_M = 10.0


def rough(shape, seed=1):
    """Velocity [m/s], float64 of `shape`: 1500 to 3000, rising with depth, random."""
    trend = np.linspace(1600.0, 2800.0, shape[-1])
    return trend + np.random.default_rng(seed).uniform(-100.0, 200.0, shape)


def propagator(velocity, *, shape=None, spacing_m=SPACING_M, courant=0.9, **options):
    """A propagator whose time step is `courant` of the stable limit.

    velocity : [m/s], an array, or a number that fills `shape`.
    options : of `AcousticPropagator`; float64 on one thread if left out.
    """
    if shape is not None:
        velocity = np.full(shape, float(velocity))
    velocity = np.asarray(velocity)
    spacing = np.broadcast_to(spacing_m, velocity.ndim)
    order = options.setdefault("space_order", 8)
    options.setdefault("dtype", np.float64)
    options.setdefault("threads", 1)
    dt_s = courant * maximum_time_step(velocity.max(), spacing, order)
    grid = Grid(velocity.shape, tuple(map(float, spacing)), (0.0,) * velocity.ndim)
    return AcousticPropagator(grid, velocity, dt_s, **options)


def peak_for(velocity_m_s, points_per_wavelength, spacing_m=SPACING_M):
    """Ricker peak [Hz] that puts this many points in the band's shortest wavelength."""
    top = maximum_frequency(ricker(1.0, 1e-3), 1e-3)
    return velocity_m_s / (points_per_wavelength * spacing_m) / top


def seismograms(waves, peak_hz, source_m, receivers_m, duration_s, interval_s):
    """Traces (n_rec, n) of a Ricker point source, time dispersion taken out."""
    n = round(duration_s / interval_s) + 1
    nt = int(np.ceil(duration_s / waves.dt_s)) + EDGE_STEPS
    wavelet = predisperse(ricker(peak_hz, interval_s), interval_s, waves.dt_s, nt)
    source = waves.points([source_m], density=True)
    receivers = waves.points(receivers_m)
    traces = propagate(waves, source, wavelet[None, :], receivers)
    return correct(traces, waves.dt_s, interval_s, n)


def relative_error(found, expected):
    """L2 norm of the difference as a part of the expected one's."""
    return float(np.linalg.norm(found - expected) / np.linalg.norm(expected))


def decibel(part, whole):
    """Energy of a part of a signal against the whole [dB]."""
    return float(20.0 * np.log10(np.linalg.norm(part) / np.linalg.norm(whole)))
