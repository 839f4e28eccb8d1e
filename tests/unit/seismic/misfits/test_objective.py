"""A shot's objective: conditioning, misfit, and the derivative by raw traces."""

from __future__ import annotations

import numpy as np
import pytest

from anticline.errors import BadInput
from anticline_solvers.seismic.misfits import MISFITS, objective
from conditioned import EVERYTHING, parameters, survey

SURVEY = survey()
SHOT = SURVEY.shots[0]
SCALES = 10.0 ** -np.arange(2.0, 5.5, 0.5)


def gather(seed):
    """Traces of noise between 2 and 20 Hz, float32."""
    rng = np.random.default_rng(seed)
    spectrum = np.fft.rfft(rng.normal(size=(20, 500)))
    hz = np.fft.rfftfreq(500, 0.004)
    return np.fft.irfft(spectrum * ((hz > 2.0) & (hz < 20.0)), 500).astype(np.float32)


def of(observed, weights=None, **given):
    return objective.of(parameters(**given), SHOT, SURVEY, observed, weights)


@pytest.mark.parametrize("name", MISFITS)
def test_its_derivative_is_by_the_traces_as_modelled(name):
    """Through filter, mutes, windows and weights: second order over three decades."""
    held = of(gather(1), **EVERYTHING, misfit=name)
    predicted = gather(1).astype(np.float64) + 0.3 * gather(2)
    change = gather(3).astype(np.float64)
    base = held.evaluate(predicted)
    slope = float((base.adjoint * change).sum())
    left = [
        abs(held.evaluate(predicted + s * change).value - base.value - s * slope)
        for s in SCALES
    ]
    assert np.abs(-np.diff(np.log10(left)) / 0.5 - 2.0).max() < 0.1


@pytest.mark.parametrize("name", MISFITS)
def test_faulty_traces_are_refused_by_name_or_count_nothing(name):
    observed = gather(1)
    observed[3], observed[5, 100] = 0.0, np.nan
    with pytest.raises(BadInput) as caught:
        of(observed, misfit=name)
    assert "shot 1, receiver 3 of 20" in str(caught.value)
    assert "shot 1, receiver 5 of 20" in str(caught.value)
    held = of(observed, misfit=name, bad_traces="leave_out")
    assert held.faults.numbers == (3, 5)
    found = held.evaluate(gather(2))
    assert np.isfinite(found.value)
    assert (found.per_trace[[3, 5]] == 0.0).all()
    assert (found.adjoint[[3, 5]] == 0.0).all()
    sound = of(gather(1), misfit=name, leave_out_traces=["1:3", "1:5"])
    assert found.value == sound.evaluate(gather(2)).value


def test_faults_of_traces_that_are_left_out_anyway_are_no_matter():
    observed = gather(1)
    observed[3] = np.nan
    held = of(observed, leave_out_traces=["all:3"])
    assert held.faults.numbers == ()
    assert np.isfinite(held.evaluate(gather(2)).value)


@pytest.mark.parametrize("name", MISFITS)
def test_a_weight_multiplies_the_misfit_of_its_trace(name):
    weights = np.linspace(0.0, 3.0, 20)
    plain = of(gather(1), misfit=name).evaluate(gather(2))
    weighed = of(gather(1), weights, misfit=name).evaluate(gather(2))
    np.testing.assert_allclose(weighed.per_trace, weights * plain.per_trace)
    np.testing.assert_allclose(weighed.adjoint, weights[:, None] * plain.adjoint)


def test_observed_and_predicted_traces_are_conditioned_alike():
    for name in ("least_squares", "normalised_correlation", "travel_time"):
        held = of(gather(1), **EVERYTHING, misfit=name)
        assert held.evaluate(gather(1)).value == pytest.approx(0.0, abs=1e-20)
