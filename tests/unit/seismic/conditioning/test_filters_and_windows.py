"""What the filters, mutes, windows and weights let through."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline_solvers.seismic import conditioning
from anticline_solvers.seismic.conditioning import mutes, offsets, windows
from anticline_solvers.seismic.conditioning.band_pass import BandPass
from conditioned import EVERYTHING, parameters, survey

N, DT = 1000, 0.004
TIME_S = DT * np.arange(N)
BAND = BandPass(DT, (3.0, 5.0), (10.0, 12.0))


def wave(hz):
    """A long pulse of one frequency in the middle of the record."""
    return (np.exp(-(((TIME_S - 2.0) / 0.5) ** 2)) * np.cos(2 * np.pi * hz * TIME_S))[
        None
    ]


@pytest.mark.parametrize(("hz", "left"), [(7.5, 1.0), (1.0, 0.0), (15.0, 0.0)])
def test_a_band_passes_whole_and_nothing_else_passes(hz, left):
    pulse = wave(hz)
    apart = np.linalg.norm(BAND.apply(pulse) - left * pulse)
    assert apart < 1e-3 * np.linalg.norm(pulse)


def test_the_response_is_a_half_between_two_corners():
    found = BAND.response([0.0, 3.0, 4.0, 5.0, 10.0, 11.0, 12.0, 60.0])
    np.testing.assert_allclose(found, [0, 0, 0.5, 1, 1, 0.5, 0, 0], atol=1e-12)


def test_the_filter_has_no_phase():
    spike = np.zeros((1, 999))
    spike[0, 499] = 1.0
    found = BandPass(DT, None, (10.0, 12.0)).apply(spike)[0]
    np.testing.assert_allclose(found, found[::-1], atol=1e-15)
    assert found.argmax() == 499


def test_the_end_of_a_trace_does_not_come_round_to_its_start():
    late = np.zeros((1, N))
    late[0, -1] = 1.0
    found = np.abs(BandPass(DT, None, (10.0, 15.0)).apply(late)[0])
    assert found[:500].max() < 1e-3 * found.max()


@given(
    velocity=st.floats(500.0, 6000.0),
    delay=st.floats(-0.2, 0.5),
    taper=st.floats(0.0, 0.5),
)
def test_a_top_and_a_bottom_mute_at_one_time_leave_nothing(velocity, delay, taper):
    offsets_m = np.linspace(0.0, 3000.0, 7)
    each = [
        mute(offsets_m, N, DT, velocity, delay, taper).factors
        for mute in (mutes.top, mutes.bottom)
    ]
    both = each[0] * each[1]
    arrival_s = offsets_m / velocity + delay
    assert (both[np.abs(TIME_S - arrival_s[:, None]) > 1e-9] == 0.0).all()
    later = arrival_s[:, None] + taper + 1e-9 < TIME_S
    earlier = arrival_s[:, None] - taper - 1e-9 > TIME_S
    assert (each[0][later] == 1.0).all()
    assert (each[1][earlier] == 1.0).all()


@given(start=st.floats(0.0, 1.5), length=st.floats(0.5, 2.0), taper=st.floats(0.0, 0.2))
def test_a_window_is_silent_outside_and_untouched_a_taper_inside(start, length, taper):
    factors = windows.window(N, DT, start, start + length, taper).factors[0]
    outside = (start - 1e-9 > TIME_S) | (start + length + 1e-9 < TIME_S)
    assert (factors[outside] == 0.0).all()
    middle = (start + taper < TIME_S) & (start + length - taper > TIME_S)
    assert (factors[middle] == 1.0).all()


def test_a_window_may_be_open_at_an_end():
    assert (windows.window(N, DT, None, None, 0.1).factors == 1.0).all()
    late = windows.window(N, DT, 1.0, None, 0.1).factors[0]
    assert (late[:250] == 0.0).all()
    assert (late[300:] == 1.0).all()


def test_decay_takes_amplitudes_to_one_over_e():
    factors = windows.decay(N, DT, 0.8).factors[0]
    assert factors[0] == 1.0
    assert factors[200] == pytest.approx(np.exp(-1.0))


def test_an_offset_window_takes_its_ends_and_tapers_inside():
    h = np.array([0.0, 100.0, 150.0, 200.0, 800.0, 1000.0, 1001.0])
    sharp = offsets.offset_window(h, 100.0, 1000.0, 0.0)
    assert sharp.tolist() == [0, 1, 1, 1, 1, 1, 0]
    soft = offsets.offset_window(h, 100.0, 1000.0, 100.0)
    np.testing.assert_allclose(soft, [0, 0, 0.5, 1, 1, 0, 0], atol=1e-12)
    assert (offsets.offset_window(h, None, None, 50.0) == 1.0).all()


def test_a_power_of_the_offset_weighs_far_traces_and_near_ones_alike():
    h = [0.0, 100.0, 400.0]
    assert offsets.offset_power(h, 0.5, 100.0).tolist() == [1.0, 1.0, 2.0]
    assert offsets.offset_power(h, -1.0, 100.0).tolist() == [1.0, 1.0, 0.25]
    assert offsets.offset_power(h, 0.0, 100.0).tolist() == [1.0, 1.0, 1.0]


def test_a_chain_holds_what_its_parameters_say():
    """A trace at 600 m: silent before and after, weighed by its offset, others out."""
    of = survey()
    shot = of.shots[0]
    chain = conditioning.of(parameters(**EVERYTHING), shot, of)
    found = chain.apply(np.random.default_rng(0).normal(size=(20, 500)))
    time_s = 0.004 * np.arange(500)
    outside = (time_s < 600.0 / 1500.0 + 0.05) | (time_s > 600.0 / 1200.0 + 0.9)
    assert (found[11][outside] == 0.0).all()
    assert np.abs(found[11][~outside]).max() > 0.0
    assert chain.weights[11] == pytest.approx(6.0)
    assert (chain.weights[[4, 5, 6, 7, 19]] == 0.0).all()
    assert (found[[4, 5, 6, 7, 19]] == 0.0).all()


def test_tapers_last_a_period_of_the_peak_frequency_where_none_is_given():
    of = survey()
    chain = conditioning.of(parameters(time_from_s=0.5), of.shots[0], of)
    kept = chain.apply(np.ones((20, 500)))[0]
    assert kept[125] == 0.0
    assert 0.0 < kept[150] < 1.0
    assert kept[157] == 1.0
