"""The matching filter, and the wavelet that it makes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import toeplitz

from anticline_solvers.seismic.acquisition.wavelets import check_wavelet, ormsby, ricker
from anticline_solvers.seismic.wavelet_estimation.matching import (
    correlations,
    matched,
    matching_filter,
)
from anticline_solvers.seismic.wavelet_estimation.shaping import shape, shift_s

RNG = np.random.default_rng(5)
DT = 0.004
SPIKES = np.where(RNG.random((12, 400)) < 0.03, RNG.standard_normal((12, 400)), 0.0)
SPIKES[:, 120:] = 0.0  # so that nothing is cut off at the end
EVEN = np.ones(12)


def traces(wavelet: np.ndarray) -> np.ndarray:
    return np.stack([np.convolve(row, wavelet)[:400] for row in SPIKES])


def estimate(observed: np.ndarray, predicted: np.ndarray, damping: float = 1e-6):
    return matching_filter(correlations(observed, predicted, EVEN, 50), damping)


@given(
    lag=st.integers(-20, 20),
    scale=st.sampled_from([-3.0, 0.2, 1.0, 40.0]),
)
def test_a_shift_and_a_factor_are_found(lag, scale):
    predicted = np.roll(traces(ricker(12.0, DT)), 60, axis=1)
    observed = scale * np.roll(predicted, lag, axis=1)
    made = matched(predicted, estimate(observed, predicted))
    assert np.linalg.norm(made - observed) < 0.01 * np.linalg.norm(observed)


def test_the_equations_solved_are_the_normal_equations_of_least_squares():
    d, p = RNG.standard_normal((2, 3, 60))
    weights, longest, damping = np.array([1.0, 0.0, 2.5]), 7, 0.01
    ends, width = np.zeros(2 * longest), 2 * longest + 1
    rows = [toeplitz(np.append(row, ends), np.zeros(width)) for row in p]
    whole = [np.concatenate([np.zeros(longest), r, np.zeros(longest)]) for r in d]
    normal = sum(w * a.T @ a for w, a in zip(weights, rows, strict=True))
    right = sum(w * a.T @ r for w, a, r in zip(weights, rows, whole, strict=True))
    normal += damping * normal[0, 0] * np.eye(2 * longest + 1)
    wanted = np.linalg.solve(normal, right)
    found = matching_filter(correlations(d, p, weights, longest), damping)
    assert np.allclose(found, wanted, rtol=1e-9, atol=1e-12)


def test_shots_may_be_summed_in_parts():
    d, p = traces(ormsby((2, 6, 14, 22), DT)), traces(ricker(12.0, DT))
    whole = correlations(d, p, EVEN, 30)
    parts = correlations(d[:5], p[:5], EVEN[:5], 30) + correlations(
        d[5:], p[5:], EVEN[5:], 30
    )
    assert np.allclose(whole.auto, parts.auto)
    assert np.allclose(whole.cross, parts.cross)


def test_silent_traces_have_no_filter():
    with pytest.raises(ValueError, match="silent"):
        estimate(traces(ricker(12.0, DT)), np.zeros((12, 400)))


def in_band(samples: np.ndarray, other: np.ndarray, interval_s: float) -> float:
    """Relative difference of two wavelets from 3 to 25 Hz."""
    n = 4096
    hertz = np.fft.rfftfreq(n, interval_s)
    band = (hertz > 3.0) & (hertz < 25.0)
    one, two = (np.fft.rfft(w, n)[band] for w in (samples, other))
    return float(np.linalg.norm(one - two) / np.linalg.norm(two))


@pytest.mark.parametrize("noise", [0.0, 0.1, 0.5])
def test_a_known_wavelet_is_recovered_in_its_band(noise):
    first, fine = ricker(12.0, 0.001), 0.001
    true = np.concatenate([np.zeros(60), 3.0 * ormsby((2, 6, 14, 22), fine)])
    observed = traces(true[::4])
    rms = np.sqrt((observed**2).mean())
    observed = observed + noise * rms * RNG.standard_normal(observed.shape)
    predicted = traces(first[::4])
    taps = matching_filter(correlations(observed, predicted, EVEN, 150), 1e-5)
    made = shape(first, fine, taps, DT, 1.1, 0.02)
    assert in_band(made.samples, true, fine) < 0.02 + 0.1 * noise
    assert not check_wavelet(made.samples, fine)


def test_without_a_filter_the_wavelet_stays_and_without_room_its_loss_is_told():
    first, one = ricker(12.0, 0.001), np.zeros(21)
    one[10] = 1.0
    made = shape(first, 0.001, one, DT, 0.3, 0.02)
    part = made.samples[: first.size]
    assert np.abs(part - first[: part.size]).max() < 2e-3
    assert made.cut_share < 1e-5
    early = np.zeros(101)
    early[0] = 1.0
    assert shape(first, 0.001, early, DT, 0.3, 0.02).cut_share > 0.5


@given(late=st.integers(-60, 60), sign=st.sampled_from([-1.0, 1.0]))
def test_the_shift_of_a_wavelet_is_told_whatever_its_polarity(late, sign):
    base = np.concatenate([np.zeros(80), ricker(12.0, 0.001), np.zeros(80)])
    moved = sign * np.roll(base, late)
    assert shift_s(base, moved, 0.001) == pytest.approx(1e-3 * late, abs=1e-5)
