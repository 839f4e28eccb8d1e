"""Homogeneous seismograms are the exact ones, time dispersion taken out."""

from __future__ import annotations

import numpy as np
import pytest

from accuracy import waves
from accuracy.analytic import below_a_free_surface, seismograms
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.seismic.acquisition.wavelets import maximum_frequency, ricker

V, H, INTERVAL_S = 2000.0, waves.SPACING_M, 2e-3
PEAK_PER_TOP = maximum_frequency(ricker(1.0, 1e-3), 1e-3)


def misfit(model, peak_hz, source_m, receivers_m, free_surface=False):
    """Largest relative L2 error of the receivers, until the wavelet has passed."""
    ndim = model.grid.ndim
    far = np.linalg.norm(np.subtract(receivers_m, source_m), axis=1).max()
    duration_s = np.ceil((far / V + 2.5 / peak_hz) / INTERVAL_S) * INTERVAL_S
    found = waves.seismograms(
        model, peak_hz, source_m, receivers_m, duration_s, INTERVAL_S
    )
    wavelet, n = ricker(peak_hz, INTERVAL_S), found.shape[1]
    if free_surface:
        exact = below_a_free_surface(
            ndim, wavelet, INTERVAL_S, source_m, receivers_m, V, n
        )
    else:
        distance = np.linalg.norm(np.subtract(receivers_m, source_m), axis=1)
        exact = seismograms(ndim, wavelet, INTERVAL_S, distance, V, n)
    return max(map(waves.relative_error, found, exact))


def test_two_dimensional_traces_are_exact_to_one_percent_after_ten_wavelengths():
    """At 8 points per shortest wavelength and half of the stable time step."""
    peak_hz = waves.peak_for(V, 8.0)
    ten = 10 * V / peak_hz
    cells = int(ten / H * 0.8) + 40
    model = waves.propagator(V, shape=(cells, cells), courant=0.5)
    source = np.array([153.0, 207.0])
    receivers = source + ten * np.array([[0.6, 0.8], [0.8, 0.6], [0.96, 0.28]])
    receivers = receivers[(receivers < H * (cells - 1)).all(axis=1)]
    assert len(receivers) == 2
    assert misfit(model, peak_hz, source, receivers) < 0.01


def test_three_dimensional_traces_are_exact_to_one_percent():
    """After 10 of the shortest wavelengths, at 8 points in them."""
    peak_hz = waves.peak_for(V, 8.0)
    ten = 10 * V / (peak_hz * PEAK_PER_TOP)
    model = waves.propagator(V, shape=(72, 72, 72), courant=0.5, dtype=np.float32)
    source = np.array([112.0, 97.0, 103.0])
    direction = np.array([[2.0, 2.0, 1.0], [1.0, 2.0, 2.0]]) / 3
    assert misfit(model, peak_hz, source, source + ten * direction) < 0.01


@pytest.mark.slow
def test_three_dimensional_traces_are_exact_to_one_percent_after_ten_wavelengths():
    peak_hz = waves.peak_for(V, 8.0)
    ten = 10 * V / peak_hz
    shape = (int(ten / H) + 40, 90, 90)
    model = waves.propagator(V, shape=shape, courant=0.5, dtype=np.float32, threads=2)
    source = np.array([20.2, 44.3, 44.9]) * H
    receivers = source + ten * np.array([[1.0, 0.0, 0.0]])
    assert misfit(model, peak_hz, source, receivers) < 0.01


FRACTIONS = [(0.0, 0.0), (0.25, 0.5), (0.5, 0.5), (0.37, 0.81), (0.9, 0.1)]


@pytest.mark.parametrize("fraction", FRACTIONS)
def test_off_grid_points_are_right_at_five_points_per_wavelength(fraction):
    """Source and receivers moved by fractions of a cell, each by its own."""
    peak_hz = waves.peak_for(V, 5.0)
    model = waves.propagator(V, shape=(110, 90), courant=0.5)
    source = (np.array([25.0, 20.0]) + fraction) * H
    receivers = (np.array([[80.0, 62.0], [60.0, 70.0]]) - fraction[::-1]) * H
    assert misfit(model, peak_hz, source, receivers) < 0.01


def test_a_source_moved_by_a_fraction_of_a_cell_moves_arrivals_by_its_time():
    """The shift is read off the phase of the peak frequency, to 1 % of a cell."""
    peak_hz = waves.peak_for(V, 5.0)
    model = waves.propagator(V, shape=(110, 60), courant=0.5)
    receiver = [[80 * H, 30 * H]]
    fractions = np.array([0.0, 0.2, 0.4, 0.6, 0.8])
    t = np.arange(round(0.9 / INTERVAL_S) + 1) * INTERVAL_S
    phases = []
    for fraction in fractions:
        source = [(20 + fraction) * H, 30 * H]
        (trace,) = waves.seismograms(model, peak_hz, source, receiver, t[-1], t[1])
        phases.append(np.angle(trace @ np.exp(-2j * np.pi * peak_hz * t)))
    earlier_s = (np.unwrap(phases) - phases[0]) / (2 * np.pi * peak_hz)
    assert np.abs(earlier_s - fractions * H / V).max() < 0.01 * H / V


@pytest.mark.parametrize(
    ("source", "receivers", "shape"),
    [
        ((203.0, 44.0), [(801.0, 57.0), (612.0, 300.0)], (110, 70)),
        ((203.0, 237.0, 31.0), [(451.0, 305.0, 28.0), (203.0, 237.0, 352.0)],
         (72, 60, 60)),
    ],
)  # fmt: skip
def test_a_free_surface_answers_with_the_source_s_negative_image(
    source, receivers, shape
):
    peak_hz = waves.peak_for(V, 8.0)
    model = waves.propagator(
        V,
        shape=shape,
        courant=0.5,
        boundary=Boundary(free_surface=True),
        dtype=np.float32,
    )
    assert misfit(model, peak_hz, source, receivers, free_surface=True) < 0.01
