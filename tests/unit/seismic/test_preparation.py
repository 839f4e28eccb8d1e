from __future__ import annotations

import numpy as np
import pytest

from anticline_solvers.formats.survey import Shot, Survey
from anticline_solvers.seismic.acquisition import preparation
from anticline_solvers.seismic.acquisition.wavelets import maximum_frequency, ricker

INTERVAL, N, PEAK = 0.004, 501, 10.0
TIME = INTERVAL * np.arange(N)


def recording() -> tuple[Survey, Shot]:
    receivers = np.column_stack([np.arange(0.0, 2001.0, 200.0), np.full(11, 10.0)])
    shot = Shot(1, np.array([0.0, 10.0]), receivers)
    wavelet = ricker(PEAK, 0.001)
    top = maximum_frequency(wavelet, 0.001)
    return Survey((shot,), wavelet, 0.001, INTERVAL, N, PEAK, top), shot


def pulse(centre_s: float) -> np.ndarray:
    a = (np.pi * PEAK * (TIME - centre_s)) ** 2
    return (1.0 - 2.0 * a) * np.exp(-a)


def test_cross_correlation_takes_the_data_with_the_slope_of_reversed_time():
    given = pulse(1.0)[None, :]
    made = preparation.receiver_filter(given, INTERVAL, "cross_correlation", PEAK)[0]
    slope = -np.gradient(given[0], INTERVAL)
    np.testing.assert_allclose(made, slope, atol=0.03 * np.abs(slope).max())


@pytest.mark.parametrize("condition", ["inverse_scattering", "laplacian"])
def test_other_conditions_take_back_their_frequency_squared(condition):
    given = np.cos(2.0 * np.pi * PEAK * TIME) * np.exp(-(((TIME - 1.0) / 0.35) ** 2))
    plain, scaled = (
        preparation.receiver_filter(given[None, :], INTERVAL, name, PEAK)[0]
        for name in ("cross_correlation", condition)
    )
    omega, low = 2.0 * np.pi * PEAK, 2.0 * np.pi * PEAK * preparation.LOW_SHARE
    expected = plain / (omega**2 + low**2)
    assert np.linalg.norm(scaled - expected) < 0.1 * np.linalg.norm(expected)


def test_the_mute_takes_the_direct_wave_and_leaves_a_later_reflection():
    survey, shot = recording()
    distance = preparation.offsets_m(shot)
    direct = np.stack([pulse(1.25 / PEAK + d / 1500.0) for d in distance])
    reflected = np.stack([pulse(1.8) for _ in distance[:6]])
    muted = preparation.mute_direct_wave(direct, shot, survey, 1500.0)
    assert np.abs(muted).max() < 1e-3
    near = Shot(1, shot.source_m, shot.receivers_m[:6])
    kept = preparation.mute_direct_wave(reflected, near, survey, 1500.0)
    np.testing.assert_allclose(kept, reflected, atol=1e-3)


def test_traces_end_in_silence_and_are_untouched_before():
    survey, _ = recording()
    made = preparation.fade_out(np.ones((2, N)), survey)
    assert (made[:, -1] == 0.0).all()
    assert (made[:, TIME[-1] - 2.01 / PEAK > TIME] == 1.0).all()
