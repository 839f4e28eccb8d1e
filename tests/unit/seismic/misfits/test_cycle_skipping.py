"""Which misfits grow with a shift of many periods, and which do not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anticline_solvers.seismic.misfits import MISFITS, misfit
from traces import INTERVAL_S, PERIOD_S, reflections

SHIFTS_S = PERIOD_S * np.arange(0.0, 3.05, 0.15)
MONOTONE = (
    "transport",
    "travel_time",
    "adaptive_matching_filter_reverse",
    "adaptive_matching_filter_forward",
)
SKIPPING = ("least_squares", "normalised_correlation")

seeds = st.integers(0, 10_000)


def values(name, shifts_s, seed=1, traces=12):
    observed = reflections(0.0, traces, seed)
    return [
        misfit(name, observed, reflections(s, traces, seed), INTERVAL_S).value
        for s in shifts_s
    ]


def reach(name):
    """The shift up to which a misfit grows, in periods."""
    falls = np.diff(values(name, SHIFTS_S)) <= 0.0
    return SHIFTS_S[np.argmax(falls) if falls.any() else -1] / PERIOD_S


@pytest.mark.parametrize("name", MONOTONE)
@pytest.mark.parametrize("side", [-0.2, 1.0])
def test_a_misfit_of_times_grows_over_periods(name, side):
    """Towards early times only as far as the first events stay in the record."""
    assert (np.diff(values(name, side * SHIFTS_S)) > 0.0).all()


@pytest.mark.parametrize("name", SKIPPING)
def test_a_misfit_of_samples_skips_cycles_within_a_period(name):
    assert reach(name) < 1.0


def test_the_envelope_reaches_farther_than_least_squares():
    assert reach("envelope") > 2.0 * reach("least_squares")


@pytest.mark.parametrize("name", MONOTONE)
@settings(max_examples=6)
@given(seed=seeds)
def test_it_grows_whatever_the_reflections_are(name, seed):
    coarse = values(name, SHIFTS_S[::4], seed, traces=30)
    assert (np.diff(coarse) > 0.0).all()


@pytest.mark.parametrize("name", MONOTONE)
def test_its_derivative_says_later_traces_should_be_earlier(name):
    """Over three periods a step along the shift lowers it."""
    observed, traces = reflections(0.0, 12), 12
    for shift_s in SHIFTS_S[2::3]:
        here = misfit(name, observed, reflections(shift_s, traces), INTERVAL_S)
        rate = (
            reflections(shift_s + 1e-4, traces) - reflections(shift_s - 1e-4, traces)
        ) / 2e-4
        assert (here.adjoint * rate).sum() > 0.0


@pytest.mark.parametrize("name", MISFITS)
def test_no_shift_is_better_than_none(name):
    found = values(name, np.linspace(-0.1, 0.1, 21))
    assert int(np.argmin(found)) == 10
