"""The adjoint source of every misfit is its derivative by the predicted traces."""

from __future__ import annotations

import numpy as np
import pytest

from anticline_solvers.seismic.misfits import MISFITS, misfit
from traces import INTERVAL_S, late_and_changed, reflections

SCALES = 10.0 ** -np.arange(2.0, 5.5, 0.5)
VARIANTS = [(name, {}) for name in MISFITS] + [
    ("envelope", {"power": 2}),
    ("envelope", {"floor": 0.3}),
    ("transport", {"sharpness": 8.0}),
    ("travel_time", {"longest_s": 0.1}),
    ("adaptive_matching_filter_reverse", {"floor": 0.1, "floor_of": "mean"}),
    ("adaptive_matching_filter_forward", {"floor": 0.1, "floor_of": "mean"}),
]
FILTERS = ("adaptive_matching_filter_reverse", "adaptive_matching_filter_forward")

OBSERVED, PREDICTED = reflections(), late_and_changed()
WEIGHTS = np.linspace(0.0, 2.0, len(OBSERVED))
CHANGE = reflections(seed=9)


def at(name, predicted, settings, observed=OBSERVED):
    return misfit(name, observed, predicted, INTERVAL_S, WEIGHTS, **settings)


def slope_along(name, settings, change):
    return float((at(name, PREDICTED, settings).adjoint * change).sum())


def difference(name, settings, change, step):
    """Central difference of fourth order."""

    def across(size):
        ahead, behind = (
            at(name, PREDICTED + side * size * change, settings).value
            for side in (1.0, -1.0)
        )
        return (ahead - behind) / (2.0 * size)

    return (4.0 * across(step) - across(2.0 * step)) / 3.0


@pytest.mark.parametrize(("name", "settings"), VARIANTS)
def test_what_the_derivative_leaves_falls_at_second_order(name, settings):
    base, slope = (
        at(name, PREDICTED, settings).value,
        slope_along(name, settings, CHANGE),
    )
    left = [
        abs(at(name, PREDICTED + s * CHANGE, settings).value - base - s * slope)
        for s in SCALES
    ]
    orders = -np.diff(np.log10(left)) / 0.5
    assert np.abs(orders - 2.0).max() < 0.1


@pytest.mark.parametrize(("name", "settings"), VARIANTS)
@pytest.mark.parametrize("seed", [5, 6])
def test_the_derivative_agrees_with_differences(name, settings, seed):
    change = np.random.default_rng(seed).normal(size=OBSERVED.shape)
    slope = slope_along(name, settings, change)
    best = min(
        abs(difference(name, settings, change, step) - slope)
        for step in (3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5)
    )
    assert best < (1e-9 if name in FILTERS else 1e-7) * abs(slope)


@pytest.mark.parametrize(("name", "settings"), VARIANTS)
def test_the_value_is_the_sum_of_the_traces_however_they_are_ordered(name, settings):
    found = at(name, PREDICTED, settings)
    again = misfit(
        name,
        OBSERVED[::-1],
        PREDICTED[::-1],
        INTERVAL_S,
        WEIGHTS[::-1],
        **settings,
    )
    assert again.value == found.value
    np.testing.assert_allclose(
        again.adjoint[::-1], found.adjoint, rtol=1e-9, atol=1e-15
    )
    assert found.per_trace.sum() == pytest.approx(found.value, rel=1e-14)


def published(name, d, p, mu):
    """f and s of one trace as the formulas of the adaptive matching filter are written.

    Lags in samples.
    """
    nt = d.size
    n = 2 * nt
    big_d, big_p = np.fft.rfft(d, n), np.fft.rfft(p, n)
    reverse = name.endswith("reverse")
    over = np.abs(big_d if reverse else big_p) ** 2 + mu
    w_hat = (big_d.conj() * big_p if reverse else big_p.conj() * big_d) / over
    w = np.fft.irfft(w_hat, n)
    lag = np.minimum(np.arange(n), n - np.arange(n))
    f = 0.5 * np.sum((lag * w) ** 2) / np.sum(w**2)
    g_hat = np.fft.rfft((lag**2 - 2.0 * f) * w / np.sum(w**2))
    if reverse:
        return f, np.fft.irfft(big_d * g_hat / over, n)[:nt]
    q = g_hat / over
    s = q.conj() * (big_d - big_p * w_hat) - w_hat.conj() * (big_p * q)
    return f, np.fft.irfft(s, n)[:nt]


@pytest.mark.parametrize("name", FILTERS)
def test_the_matching_filter_is_the_published_one_with_lags_in_seconds(name):
    found = misfit(name, OBSERVED, PREDICTED, INTERVAL_S, floor=0.01)
    for d, p, f, s in zip(
        OBSERVED, PREDICTED, found.per_trace, found.adjoint, strict=True
    ):
        mu = 0.01 * (np.abs(np.fft.rfft(d, 2 * d.size)) ** 2).max()
        value, adjoint = published(name, d, p, mu)
        assert f == pytest.approx(INTERVAL_S**2 * value, rel=1e-12)
        scale = 1e-12 * np.abs(s).max()
        np.testing.assert_allclose(s, INTERVAL_S**2 * adjoint, atol=scale)


@pytest.mark.parametrize("name", FILTERS)
def test_the_constant_of_the_matching_filter_comes_from_the_observed_traces(name):
    small = misfit(name, OBSERVED, 1e-6 * PREDICTED, INTERVAL_S, floor=0.1)
    whole = misfit(name, OBSERVED, PREDICTED, INTERVAL_S, floor=0.1)
    if name.endswith("reverse"):
        np.testing.assert_allclose(small.per_trace, whole.per_trace, rtol=1e-9)
    else:
        assert (np.abs(small.per_trace / whole.per_trace - 1.0) > 0.01).any()
