from __future__ import annotations

import numpy as np
import pytest

from anticline_solvers.domain.grid import Grid
from anticline_solvers.seismic import compare

GRID = Grid((30, 120), (10.0, 5.0), (0.0, 0.0))
RNG = np.random.default_rng(3)
PLAIN = {
    "top_m": 0.0,
    "bottom_m": None,
    "side_m": 0.0,
    "window_m": 200.0,
    "agc_m": 0.0,
    "shift_m": 0.0,
}


def picture() -> np.ndarray:
    return RNG.standard_normal(GRID.shape).astype(np.float32)


def test_an_image_agrees_with_itself_whatever_its_scale():
    one = picture()
    assert compare.correlation(one, 7.0 * one) == pytest.approx(1.0)
    assert compare.correlation(one, -one) == pytest.approx(-1.0)
    assert compare.correlation(one, 0.0 * one) == 0.0


def test_unrelated_images_do_not_correlate():
    assert abs(compare.correlation(picture(), picture())) < 0.1


def test_a_shift_within_the_tolerance_is_found():
    reference = picture()
    lower = np.roll(reference, 3, axis=1)
    report = compare.compare(lower, reference, GRID, PLAIN | {"shift_m": 25.0})
    assert abs(report["correlation"]) < 0.2
    assert report["best_shift_m"] == -15.0
    assert report["correlation_at_best_shift"] == pytest.approx(1.0)


def test_depth_windows_tile_the_compared_depths():
    limits = {"top_m": 100.0, "bottom_m": 500.0}
    report = compare.compare(picture(), picture(), GRID, PLAIN | limits)
    windows = report["windows"]
    assert [w["top_m"] for w in windows] == [100.0, 300.0]
    assert windows[0]["bottom_m"] == 295.0
    assert windows[-1]["bottom_m"] == 500.0


def test_a_depth_window_sees_only_its_own_depths():
    reference, image = picture(), picture()
    image[:, :40] = reference[:, :40]
    report = compare.compare(image, reference, GRID, PLAIN)
    values = [w["correlation"] for w in report["windows"]]
    assert values[0] == pytest.approx(1.0)
    assert max(abs(v) for v in values[1:]) < 0.2


def test_gain_control_takes_a_slow_trend_out():
    reference = picture()
    trend = np.exp(-np.arange(120) / 20.0)
    fading = reference * trend
    plain = compare.compare(fading, reference, GRID, PLAIN)["correlation"]
    gained = compare.compare(fading, reference, GRID, PLAIN | {"agc_m": 50.0})
    assert plain < 0.7
    assert gained["correlation"] > 0.98


def test_grids_that_differ_are_told_apart():
    assert GRID.agrees_with(GRID)
    assert not GRID.agrees_with(Grid((30, 120), (10.0, 5.0), (1.0, 0.0)))
    assert not GRID.agrees_with(Grid((30, 121), (10.0, 5.0), (0.0, 0.0)))
