"""Silent traces count nothing where shapes are compared, and never make a NaN."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anticline_solvers.seismic.misfits import MISFITS, choice, misfit
from anticline_solvers.seismic.misfits.silence import hushed
from traces import INTERVAL_S, late_and_changed, reflections

OF_SAMPLES = ("least_squares", "envelope")
OF_SHAPES = tuple(name for name in MISFITS if name not in OF_SAMPLES)

silences = st.lists(st.booleans(), min_size=6, max_size=6)


def silenced(traces, silent):
    return np.where(np.array(silent)[:, None], 0.0, traces)


@pytest.mark.parametrize("name", MISFITS)
@settings(max_examples=15)
@given(no_data=silences, no_model=silences)
def test_no_misfit_of_silent_traces_is_a_nan(name, no_data, no_model):
    observed = silenced(reflections(), no_data)
    predicted = silenced(late_and_changed(), no_model)
    found = misfit(name, observed, predicted, INTERVAL_S)
    assert np.isfinite(found.value)
    assert np.isfinite(found.adjoint).all()
    both = np.array(no_data) & np.array(no_model)
    assert (found.per_trace[both] == 0.0).all()
    assert (found.adjoint[both] == 0.0).all()


@pytest.mark.parametrize("name", OF_SHAPES)
def test_a_silent_trace_leaves_the_others_as_they_are(name):
    observed, predicted = reflections(), late_and_changed()
    whole = misfit(name, observed, predicted, INTERVAL_S)
    silent = [False, True, False, False, False, False]
    some = misfit(name, silenced(observed, silent), predicted, INTERVAL_S)
    assert some.per_trace[1] == 0.0
    assert (some.adjoint[1] == 0.0).all()
    others = [0, 2, 3, 4, 5]
    np.testing.assert_allclose(some.per_trace[others], whole.per_trace[others])
    np.testing.assert_allclose(
        some.adjoint[others], whole.adjoint[others], rtol=1e-9, atol=1e-15
    )


@pytest.mark.parametrize("name", OF_SHAPES)
def test_what_rounding_leaves_of_a_muted_trace_counts_nothing(name):
    observed, predicted = reflections(), late_and_changed()
    rounding = np.random.default_rng(0).normal(size=predicted.shape[1])
    for traces in (observed, predicted):
        traces[2] = 1e-17 * rounding
    found = misfit(name, observed, predicted, INTERVAL_S)
    assert found.per_trace[2] == 0.0
    assert (found.adjoint[2] == 0.0).all()


def test_only_traces_far_below_the_loudest_are_hushed():
    quiet = np.array([[1e-30, 0.0], [1e-37, 0.0], [0.0, 1e-40]])
    assert hushed(quiet).tolist() == [[1e-30, 0.0], [1e-37, 0.0], [0.0, 0.0]]
    assert quiet[2, 1] == 1e-40
    assert not hushed(np.zeros((3, 10))).any()


@pytest.mark.parametrize("name", MISFITS)
def test_a_sample_that_is_no_number_is_refused_by_name(name):
    observed, predicted = reflections(), late_and_changed()
    predicted[4, 17] = np.nan
    with pytest.raises(ValueError, match="predicted: trace 4"):
        misfit(name, observed, predicted, INTERVAL_S)


@pytest.mark.parametrize("weights", [[1.0] * 5, [-1.0] * 6, [np.inf] * 6])
def test_weights_that_are_none_are_refused(weights):
    observed = reflections()
    with pytest.raises(ValueError, match="6 finite numbers"):
        misfit("least_squares", observed, observed, INTERVAL_S, weights)


def test_gathers_of_two_shapes_are_refused():
    with pytest.raises(ValueError, match="one shape"):
        misfit("least_squares", np.ones((2, 5)), np.ones((2, 6)), INTERVAL_S)


@pytest.mark.parametrize("name", MISFITS)
def test_the_blocks_that_traces_are_taken_in_do_not_matter(name, monkeypatch):
    observed, predicted = reflections(traces=25), late_and_changed(traces=25)
    predicted[3] = 1e-15 * predicted[4]
    whole = misfit(name, observed, predicted, INTERVAL_S)
    monkeypatch.setattr(choice, "BLOCK_SAMPLES", 1000)
    assert len(list(choice.blocks(observed.shape))) == 7
    parts = misfit(name, observed, predicted, INTERVAL_S)
    np.testing.assert_allclose(parts.per_trace, whole.per_trace, rtol=1e-12)
    np.testing.assert_allclose(
        parts.adjoint,
        whole.adjoint,
        rtol=1e-9,
        atol=1e-12 * np.abs(whole.adjoint).max(),
    )
