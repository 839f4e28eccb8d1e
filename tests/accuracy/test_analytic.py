"""The analytic seismograms agree with closed forms and with each other."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from accuracy.analytic import below_a_free_surface, seismograms
from anticline_solvers.seismic.acquisition.wavelets import ricker

PEAK_HZ, DT, V = 10.0, 1e-3, 2000.0


def ricker_at(t):
    a = (np.pi * PEAK_HZ * (t - 1.25 / PEAK_HZ)) ** 2
    return (1 - 2 * a) * np.exp(-a)


def test_a_point_source_sends_its_wavelet_with_one_over_distance():
    r = np.array([100.0, 777.7, 1500.0])
    found = seismograms(3, ricker(PEAK_HZ, DT), DT, r, V, 1200)
    t = np.arange(1200) * DT
    expected = ricker_at(t - r[:, None] / V) / (4 * np.pi * r[:, None])
    assert np.abs(found - expected).max() < 1e-5 * np.abs(expected).max()


@pytest.mark.parametrize("r", [150.0, 900.0])
def test_a_line_source_is_a_line_of_point_sources(r):
    """p = 1/(2 pi) integral of f(t - s) / sqrt(s^2 - (r/v)^2) ds, s = r/v cosh u."""
    (found,) = seismograms(2, ricker(PEAK_HZ, DT), DT, [r], V, 900)
    for sample in (round((r / V + 0.125) / DT), round((r / V + 0.17) / DT), 850):
        t = sample * DT
        furthest = np.arccosh(max(t * V / r, 1.0))
        breaks = np.arccosh(np.maximum((t - np.linspace(0, 0.25, 6)) * V / r, 1.0))
        value, _ = quad(
            lambda u, t=t: ricker_at(t - r / V * np.cosh(u)),
            0.0,
            furthest,
            points=np.unique(breaks),
            limit=200,
        )
        assert found[sample] == pytest.approx(
            value / (2 * np.pi), abs=1e-5 * np.abs(found).max()
        )


@pytest.mark.parametrize("ndim", [2, 3])
def test_nothing_arrives_before_the_wave_does(ndim):
    (trace,) = seismograms(ndim, ricker(PEAK_HZ, DT), DT, [1500.0], V, 1000)
    before = trace[: round(1500.0 / V / DT)]
    assert np.abs(before).max() < 1e-4 * np.abs(trace).max()


@pytest.mark.parametrize("ndim", [2, 3])
def test_the_free_surface_is_without_pressure(ndim):
    source = [0.0] * (ndim - 1) + [50.0]
    at_surface = [300.0] * (ndim - 1) + [0.0]
    below = [300.0] * (ndim - 1) + [80.0]
    traces = below_a_free_surface(
        ndim, ricker(PEAK_HZ, DT), DT, source, [at_surface, below], V, 600
    )
    assert np.abs(traces[0]).max() < 1e-12 * np.abs(traces[1]).max()
