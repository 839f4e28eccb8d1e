from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline_solvers.seismic.acquisition import mute

lengths = st.floats(0.0, 5.0)


@given(length=lengths)
def test_a_taper_rises_from_silent_to_untouched_and_never_falls(length):
    weights = mute.rise(np.linspace(-3.0, 9.0, 500), length)
    assert weights.min() == 0.0
    assert weights.max() == 1.0
    assert (np.diff(weights) >= 0.0).all()


def test_a_taper_is_half_way_at_half_its_length():
    assert mute.rise(1.0, 2.0) == pytest.approx(0.5)


def test_a_taper_of_no_length_is_a_step():
    assert mute.rise([-1e-9, 0.0, 1e-9], 0.0).tolist() == [0.0, 1.0, 1.0]


@given(offset=st.floats(0.0, 3000.0), velocity=st.floats(300.0, 6000.0))
def test_the_top_mute_silences_the_direct_wave_and_spares_what_is_later(
    offset, velocity
):
    interval, delay, taper = 0.004, 0.2, 0.1
    weights = mute.top_mute([offset], 1000, interval, velocity, delay, taper)[0]
    time = interval * np.arange(1000)
    passed = offset / velocity + delay
    assert (weights[time < passed] == 0.0).all()
    assert (weights[time > passed + taper] == 1.0).all()


def test_the_end_taper_leaves_the_start_and_ends_in_silence():
    weights = mute.end_taper(100, 0.01, 0.2)
    assert (weights[:79] == 1.0).all()
    assert weights[-1] == 0.0


def test_the_depth_mute_follows_the_water_bottom():
    velocity = np.full((3, 10), 1500.0, np.float32)
    velocity[0, 4:] = 2000.0
    velocity[1, 7:] = 2000.0
    depths = 10.0 * np.arange(10)
    floor = mute.water_bottom_m(velocity, depths, 1510.0)
    assert floor.tolist() == [40.0, 70.0, 90.0]
    weights = mute.depth_mute(depths, floor, 20.0)
    expected = [0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 1.0, 1.0, 1.0, 1.0]
    np.testing.assert_allclose(weights[0], expected, atol=1e-7)
    assert (weights[2] == 0.0).all()
