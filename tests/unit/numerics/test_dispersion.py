"""The time step's error leaves wavelets and traces, and nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import cumulative_simpson

from anticline_solvers.numerics import dispersion
from anticline_solvers.numerics.dispersion import (
    EDGE_STEPS,
    correct,
    correct_transposed,
    predisperse,
)
from anticline_solvers.numerics.nonuniform import NonuniformTransform
from anticline_solvers.seismic.acquisition.wavelets import ricker

PEAK_HZ = 10.0
DT = 1 / (20 * PEAK_HZ)  # 7.2 time steps in the shortest period
NT = 800


def oscillate(force, omega, dt):
    """Leapfrog of p'' = -omega^2 p + f from rest; p at every time step."""
    p = np.zeros(len(force) + 1)
    for n in range(1, len(force)):
        p[n + 1] = 2 * p[n] - p[n - 1] + dt**2 * (force[n] - omega**2 * p[n])
    return p[:-1]


def oscillate_exactly(force_at, omega, dt, n):
    """The same oscillator, by Duhamel's integral on a fine axis."""
    finer = 40
    t = np.arange((n - 1) * finer + 1) * dt / finer
    f = force_at(t)
    cosine = cumulative_simpson(np.cos(omega * t) * f, x=t, initial=0)
    sine = cumulative_simpson(np.sin(omega * t) * f, x=t, initial=0)
    p = (np.sin(omega * t) * cosine - np.cos(omega * t) * sine) / omega
    return p[::finer]


def ricker_at(t):
    a = (np.pi * PEAK_HZ * (t - 1.25 / PEAK_HZ)) ** 2
    return (1 - 2 * a) * np.exp(-a)


def relative(found, expected):
    return np.linalg.norm(found - expected) / np.linalg.norm(expected)


@pytest.mark.parametrize("frequency_hz", [5.0, 10.0, 20.0])
def test_a_leapfrog_oscillator_that_ends_loud_becomes_exact(frequency_hz):
    omega = 2 * np.pi * frequency_hz
    exact = oscillate_exactly(ricker_at, omega, DT, NT)
    plain = oscillate(ricker_at(np.arange(NT) * DT), omega, DT)
    force = predisperse(ricker(PEAK_HZ, DT), DT, DT, NT + EDGE_STEPS)
    corrected = correct(oscillate(force, omega, DT), DT, DT, NT)
    assert relative(plain, exact) > 0.07
    assert relative(corrected, exact) < 1e-4


def plane_wave(force, n_cells, at):
    """Pressure `at` cells from a plane source: v = h = 1, exact in space."""
    dt = 0.5
    k = 2 * np.pi * np.fft.rfftfreq(n_cells)
    before, now = np.zeros(n_cells), np.zeros(n_cells)
    trace = np.zeros(len(force))
    for n, f in enumerate(force):
        trace[n] = now[at]
        lap = np.fft.irfft(-(k**2) * np.fft.rfft(now), n_cells)
        lap[0] += f
        before, now = now, 2 * now - before + dt**2 * lap
    return trace


def test_a_plane_wave_is_within_a_thousandth_after_ten_wavelengths_at_cfl_one_half():
    nt, wavelength = 300, 10
    peak = 1 / wavelength
    away = 10 * wavelength
    t = np.arange(nt) * 0.5
    tau = t - away - 1.25 / peak
    exact = 0.5 * tau * np.exp(-((np.pi * peak * tau) ** 2))
    plain = plane_wave(ricker(peak, 0.5, nt), 512, away)
    force = predisperse(ricker(peak, 0.5), 0.5, 0.5, nt)
    corrected = correct(plane_wave(force, 512, away), 0.5, 0.5, nt)
    assert relative(plain, exact) > 0.07
    assert relative(corrected, exact) < 1e-3


@given(
    start_s=st.floats(0.0, 1.0),
    interval=st.sampled_from([0.002, 0.004, 0.01]),
    peak=st.floats(3.0, 10.0),
)
def test_correcting_undoes_predispersing_through_any_sample_interval(
    start_s, interval, peak
):
    t = np.arange(round(4.0 / interval)) * interval
    a = (np.pi * peak * (t - start_s - 1.25 / peak)) ** 2
    series = (1 - 2 * a) * np.exp(-a)
    steps = predisperse(series, interval, DT, NT)
    back = correct(steps, DT, interval, len(t) - 4)
    assert np.abs(back - series[:-4]).max() < 1e-4


def test_a_late_arrival_of_a_long_run_is_kept_to_1e_4():
    nt = 20_000
    t = np.arange(nt) * DT
    series = ricker_at(t - 0.9 * t[-1])
    back = correct(predisperse(series, DT, DT, nt), DT, DT, nt)
    assert np.abs(back - series).max() < 1e-4


def test_resampling_alone_is_exact_for_slow_signals():
    """At a hundredth of the steps' rate the moved frequencies stay in place."""
    fine, coarse = 1e-5, 1e-3
    series = ricker(10.0, coarse)
    steps = predisperse(series, coarse, fine, 20_000)
    expected = ricker_at(np.arange(20_000) * fine)
    assert np.abs(steps - expected).max() < 1e-4


def test_energy_at_the_end_does_not_wrap_around_to_the_start():
    t = np.arange(NT) * DT
    traces = ricker_at(t - t[-1] + 1.25 / PEAK_HZ)
    for result in (correct(traces, DT, DT, NT), predisperse(traces, DT, DT, NT)):
        assert np.abs(result[: NT // 2]).max() < 1e-4


def test_a_loud_end_disturbs_the_last_steps_alone():
    long = np.sin(2 * np.pi * PEAK_HZ * np.arange(2 * NT) * DT)
    cut = correct(long[:NT], DT, DT, NT)
    whole = correct(long, DT, DT, NT)
    assert np.abs(cut - whole)[: NT - EDGE_STEPS].max() < 1e-4
    assert np.abs(cut - whole).max() < 0.5


def test_a_constant_passes_unchanged_but_for_the_edges():
    result = correct(np.ones(NT), DT, 2 * DT, NT // 2)
    assert np.abs(result[NT // 8 : -NT // 8] - 1).max() < 2e-2


def test_traces_of_any_batch_shape_are_treated_one_by_one(monkeypatch):
    traces = np.random.default_rng(5).normal(size=(2, 3, 200))
    together = correct(traces, DT, DT, 150)
    assert together.shape == (2, 3, 150)
    monkeypatch.setattr(dispersion, "CHUNK_BYTES", 1)
    np.testing.assert_array_equal(correct(traces, DT, DT, 150), together)
    single = correct(traces[1, 2], DT, DT, 150)
    np.testing.assert_allclose(single, together[1, 2], atol=1e-13)


def test_single_precision_traces_stay_single_precision():
    traces = np.random.default_rng(5).normal(size=(4, 200)).astype(np.float32)
    result = correct(traces, DT, DT, 200)
    assert result.dtype == np.float32
    double = correct(traces.astype(np.float64), DT, DT, 200)
    np.testing.assert_allclose(result, double, atol=1e-6)


@given(n=st.integers(1, 300), seed=st.integers(0, 2**16))
def test_the_transform_at_any_angle_is_the_sum_it_stands_for(n, seed):
    rng = np.random.default_rng(seed)
    series, angles = rng.normal(size=(2, n)), rng.uniform(0.0, 3.1, 17)
    found = NonuniformTransform.of(n, angles)(series)
    expected = series @ np.exp(-1j * np.outer(np.arange(n), angles))
    assert np.abs(found - expected).max() < 1e-8 * np.abs(series).sum()


@given(
    nt=st.integers(2, 400),
    ratio=st.floats(0.4, 6.0),
    share=st.floats(0.05, 1.0),
    seed=st.integers(0, 2**16),
)
def test_the_transpose_of_the_correction_is_exact(nt, ratio, share, seed):
    interval = ratio * DT
    n_samples = max(1, int(share * (nt - 1) * DT / interval + 1e-9))
    rng = np.random.default_rng(seed)
    steps, samples = rng.normal(size=(3, nt)), rng.normal(size=(3, n_samples))
    forward = correct(steps, DT, interval, n_samples)
    back = correct_transposed(samples, DT, interval, nt)
    size = np.linalg.norm(forward) * np.linalg.norm(samples)
    apart = np.vdot(forward, samples) - np.vdot(steps, back)
    assert abs(apart) <= 1e-12 * max(size, np.linalg.norm(steps))


def test_the_transpose_keeps_batches_and_single_precision(monkeypatch):
    samples = np.random.default_rng(6).normal(size=(2, 3, 150)).astype(np.float32)
    together = correct_transposed(samples, DT, DT, 200)
    assert together.shape == (2, 3, 200)
    assert together.dtype == np.float32
    monkeypatch.setattr(dispersion, "CHUNK_BYTES", 1)
    np.testing.assert_array_equal(correct_transposed(samples, DT, DT, 200), together)


def test_samples_after_the_end_of_the_traces_are_refused():
    with pytest.raises(ValueError, match="traces end at"):
        correct(np.zeros(100), 1e-3, 1e-3, 101)
