"""What each misfit sees of a trace, and what it does not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anticline_solvers.seismic.misfits import MISFITS, misfit
from traces import INTERVAL_S, PERIOD_S, late_and_changed, reflections

BLIND_TO_SCALE = (
    "normalised_correlation",
    "transport",
    "travel_time",
    "adaptive_matching_filter_reverse",
)
FILTERS = ("adaptive_matching_filter_reverse", "adaptive_matching_filter_forward")
OBSERVED, PREDICTED = reflections(), late_and_changed()

scales = st.floats(-30.0, 30.0).map(lambda power: 10.0**power)


def of(name, observed, predicted, **given):
    return misfit(name, observed, predicted, INTERVAL_S, **given)


@pytest.mark.parametrize("name", BLIND_TO_SCALE)
@settings(max_examples=20)
@given(scale=scales, other=scales)
def test_a_misfit_of_shapes_does_not_see_how_large_traces_are(name, scale, other):
    plain = of(name, OBSERVED, PREDICTED)
    scaled = of(name, scale * OBSERVED, other * PREDICTED)
    assert scaled.value == pytest.approx(plain.value, rel=1e-9)
    np.testing.assert_allclose(
        scaled.adjoint * other, plain.adjoint, rtol=1e-6, atol=1e-9 * plain.value
    )


@pytest.mark.parametrize("name", BLIND_TO_SCALE)
def test_its_adjoint_source_does_not_change_how_large_traces_are(name):
    found = of(name, OBSERVED, PREDICTED)
    along = (found.adjoint * PREDICTED).sum(axis=-1)
    size = np.linalg.norm(found.adjoint, axis=-1) * np.linalg.norm(PREDICTED, axis=-1)
    assert (np.abs(along) < 1e-9 * size).all()


@pytest.mark.parametrize("power", [1, 2])
def test_the_envelope_does_not_see_polarity(power):
    one, other = (of("envelope", OBSERVED, s * PREDICTED, power=power) for s in (1, -1))
    assert other.value == pytest.approx(one.value, rel=1e-12)
    np.testing.assert_allclose(other.adjoint, -one.adjoint, atol=1e-12)


def test_the_envelope_is_that_of_a_modulated_wave():
    """cos under a slow bell: the envelope is the bell, whatever the phase."""
    time_s = INTERVAL_S * np.arange(250)
    bell = np.exp(-(((time_s - 1.0) / 0.15) ** 2))
    waves = [bell * np.cos(2.0 * np.pi * 15.0 * time_s + phase) for phase in (0.0, 1.0)]
    found = of("envelope", waves[:1], waves[1:]).value
    assert found < 1e-6 * of("least_squares", waves[:1], waves[1:]).value


def test_correlation_is_0_for_alike_1_for_unrelated_2_for_opposite_traces():
    alike = of("normalised_correlation", OBSERVED, 3.0 * OBSERVED)
    np.testing.assert_allclose(alike.per_trace, 0.0, atol=1e-15)
    opposite = of("normalised_correlation", OBSERVED, -OBSERVED)
    np.testing.assert_allclose(opposite.per_trace, 2.0)
    apart = of("normalised_correlation", [[1.0, 1.0]], [[1.0, -1.0]])
    assert apart.value == pytest.approx(1.0)


@pytest.mark.parametrize("name", [n for n in MISFITS if n not in FILTERS])
def test_a_misfit_of_equal_traces_is_zero_and_so_is_its_derivative(name):
    found = of(name, OBSERVED, OBSERVED)
    other = of(name, OBSERVED, PREDICTED)
    assert found.value <= 1e-20 * other.value + 1e-24
    assert np.abs(found.adjoint).max() < 1e-9 * np.abs(other.adjoint).max()


@pytest.mark.parametrize("name", FILTERS)
def test_the_matching_filter_of_equal_traces_falls_to_zero_with_its_constant(name):
    """Where the traces hold every frequency."""
    full = np.zeros((1, 250))
    full[0, [40, 48]] = 1.0, 0.5
    floors = [of(name, full, full, floor=10.0**-k).value for k in (1, 3, 5, 7)]
    assert (np.diff(np.log10(floors)) < -1.5).all()
    assert floors[-1] < 1e-12


@pytest.mark.parametrize("name", FILTERS)
def test_the_floor_of_traces_that_lack_frequencies_is_below_a_period(name):
    same = of(name, OBSERVED, OBSERVED, floor=0.01).per_trace
    late = of(name, OBSERVED, reflections(PERIOD_S), floor=0.01).per_trace
    assert (same < late).all()
    assert np.sqrt(2.0 * same.mean()) < PERIOD_S


@pytest.mark.parametrize("name", FILTERS)
def test_the_matching_filter_of_a_moved_trace_tells_how_far(name):
    white = np.zeros((1, 250))
    white[0, 40] = 1.0
    assert of(name, white, white).value < 1e-24
    for samples in (9, 90):
        moved = of(name, white, np.roll(white, samples)).value
        assert moved == pytest.approx(0.5 * (samples * INTERVAL_S) ** 2)


def test_both_matching_filters_agree_on_a_shift():
    late = reflections(0.1)
    one, other = (of(name, OBSERVED, late).value for name in FILTERS)
    assert one == pytest.approx(other, rel=1e-3)


@pytest.mark.parametrize("name", MISFITS)
def test_float32_traces_give_the_misfit_of_their_values(name):
    single = of(name, OBSERVED.astype(np.float32), PREDICTED.astype(np.float32))
    double = of(
        name,
        OBSERVED.astype(np.float32).astype(np.float64),
        PREDICTED.astype(np.float32).astype(np.float64),
    )
    assert single.value == double.value
    assert single.adjoint.dtype == np.float64
