from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline_solvers.seismic.misfits.travel_time import pick
from traces import INTERVAL_S, reflections


@given(shift=st.floats(-0.2, 0.5))
def test_the_lag_of_a_moved_trace_is_how_far_it_was_moved(shift):
    """To a two-thousandth of a sample, though it is moved by a fraction of one."""
    picked = pick(reflections(), reflections(shift), INTERVAL_S, None)
    assert picked.found.all()
    np.testing.assert_allclose(picked.lag_s, shift, atol=5e-4 * INTERVAL_S)


def test_the_derivative_of_the_lag_is_that_of_differences():
    observed, predicted = reflections(), reflections(0.0213, seed=1)
    change = reflections(seed=8)
    here = pick(observed, predicted, INTERVAL_S, None)
    lags = [
        pick(observed, predicted + s * change, INTERVAL_S, None).lag_s
        for s in (1e-5, -1e-5)
    ]
    rate = (here.derivative * change).sum(axis=-1)
    np.testing.assert_allclose((lags[0] - lags[1]) / 2e-5, rate, rtol=1e-6)


def test_no_lag_beyond_the_longest_is_picked():
    late = reflections(0.3)
    far = pick(reflections(), late, INTERVAL_S, 0.4)
    near = pick(reflections(), late, INTERVAL_S, 0.1)
    np.testing.assert_allclose(far.lag_s, 0.3, atol=1e-6)
    assert (np.abs(near.lag_s) <= 0.1 + INTERVAL_S).all()


def test_traces_that_nowhere_agree_have_no_lag():
    observed, predicted = np.zeros((2, 50)), np.zeros((2, 50))
    observed[:, 20], predicted[0, 20], predicted[1, 30] = 1.0, -1.0, -1.0
    picked = pick(observed, predicted, INTERVAL_S, INTERVAL_S)
    assert not picked.found.any()
    assert not picked.lag_s.any()
    assert not picked.derivative.any()


@pytest.mark.parametrize("n", [1, 2, 3])
def test_traces_of_a_few_samples_make_no_nan(n):
    picked = pick(np.ones((2, n)), np.ones((2, n)), INTERVAL_S, None)
    assert np.isfinite(picked.lag_s).all()
    assert np.isfinite(picked.derivative).all()
