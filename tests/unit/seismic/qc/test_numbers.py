"""Numbers of quality control, on cases whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from anticline_solvers.formats.survey import Shot, Survey
from anticline_solvers.seismic.acquisition.spreads import Line, Spread, rolling_spread
from anticline_solvers.seismic.acquisition.wavelets import ricker
from anticline_solvers.seismic.qc import fold, lighting, residuals, spectra


def survey_of(shots: tuple[Shot, ...]) -> Survey:
    return Survey(shots, ricker(20.0, 0.002), 0.002, 0.004, 100, 20.0, 60.0)


@pytest.mark.parametrize(
    ("receiver_m", "shot_m", "count"), [(25, 50, 48), (10, 30, 60)]
)
def test_a_rolling_line_has_the_fold_of_the_formula(receiver_m, shot_m, count):
    sources = Spread(Line(0.0, 6000.0, shot_m), None, 5.0)
    streamer = Line(-100.0 - receiver_m * (count - 1), -100.0, receiver_m)
    shots = rolling_spread(sources, Spread(streamer, None, 5.0), None)
    found = fold.fold_of(survey_of(shots))
    assert found.bin_m == (receiver_m / 2,)
    assert found.counts.sum() == len(shots) * count
    middle = found.centres_m(0)
    full = found.counts[(middle > 1500.0) & (middle < 4000.0)]
    nominal = count * receiver_m / (2 * shot_m)
    assert full.mean() == pytest.approx(nominal, rel=1e-2)
    assert np.ptp(full) <= 1
    numbers = fold.fold_numbers(found)
    assert numbers["largest"] == int(np.ceil(nominal))
    assert numbers["traces"] == found.counts.sum()


def test_a_3d_patch_has_the_product_of_the_folds_of_its_lines():
    receivers = Spread(Line(0, 900, 100), Line(0, 300, 100), 0.0).positions_m()
    sources = Spread(Line(0, 900, 100), Line(0, 300, 100), 0.0).positions_m()
    shots = tuple(Shot(i, at, receivers) for i, at in enumerate(sources))
    found = fold.fold_of(survey_of(shots))
    along = np.convolve(np.ones(10), np.ones(10))
    across = np.convolve(np.ones(4), np.ones(4))
    assert found.bin_m == (50.0, 50.0)
    assert np.array_equal(found.counts, np.outer(along, across))


@pytest.mark.parametrize("peak_hz", [8.0, 23.0])
def test_the_spectrum_of_a_ricker_peaks_at_its_peak_frequency(peak_hz):
    found = spectra.spectrum(ricker(peak_hz, 0.002), 0.002)
    assert found.peak == pytest.approx(peak_hz, rel=2e-3)
    low, high = found.band()
    shape = (np.array([low, high]) / peak_hz) ** 2
    level = 20 * np.log10(shape * np.exp(1.0 - shape))
    assert level == pytest.approx([-20.0, -20.0], abs=0.6)


def test_the_spectrum_of_a_spike_is_flat_and_its_time_integral():
    found = spectra.spectrum(np.eye(1, 64, 5)[0] * 3.0, 0.004)
    np.testing.assert_allclose(found.amplitude, 3.0 * 0.004, rtol=1e-12)


def test_a_dipping_image_has_its_wavenumbers():
    x, z = np.meshgrid(10.0 * np.arange(128), 5.0 * np.arange(256), indexing="ij")
    section = np.cos(2 * np.pi * (0.01 * x + 0.02 * z))
    assert spectra.wavenumbers(section, 5.0).peak == pytest.approx(0.02, rel=1e-2)
    across, down, amplitude = spectra.plane_spectrum(section, (10.0, 5.0))
    i, k = np.unravel_index(amplitude.argmax(), amplitude.shape)
    assert across[i] == pytest.approx(0.01, abs=1 / 1280)
    assert down[k] == pytest.approx(0.02, abs=1 / 1280)


def delayed(delay_s: float, scale: float = 1.0) -> np.ndarray:
    times = 0.004 * np.arange(300)
    at = np.array([0.3, 0.5, 0.7])[:, None] + delay_s
    phase = (np.pi * 12.0 * (times - at)) ** 2
    return (scale * (1 - 2 * phase) * np.exp(-phase)).astype(np.float32)


@pytest.mark.parametrize("delay_s", [0.0, 0.012, -0.0137, 0.0214])
def test_a_known_delay_of_the_modelled_traces_is_found(delay_s):
    found = residuals.residuals_of(1, delayed(0.0), delayed(delay_s, 2.0), 0.004, 0.08)
    np.testing.assert_allclose(found.shift_s, delay_s, atol=2e-4)
    np.testing.assert_allclose(found.rms_ratio, 2.0, rtol=1e-3)
    assert found.likeness.min() > 0.97
    assert found.numbers()["time_shift_s"] == pytest.approx(delay_s, abs=2e-4)


def test_no_shift_larger_than_the_one_looked_for_is_found():
    found = residuals.residuals_of(1, delayed(0.0), delayed(0.2), 0.004, 0.02)
    assert np.abs(found.shift_s).max() <= 0.02 + 1e-9
    assert found.likeness.max() < 0.5


def test_equal_gathers_leave_no_residual_and_doubled_ones_a_residual_of_one():
    same = residuals.residuals_of(1, delayed(0.0), delayed(0.0), 0.004, 0.08)
    twice = residuals.residuals_of(2, delayed(0.0), delayed(0.0, 2.0), 0.004, 0.08)
    assert same.numbers()["residual"] == 0.0
    assert twice.numbers()["residual"] == pytest.approx(1.0, rel=1e-5)
    both = residuals.pooled([same, twice])
    assert both["residual"] == pytest.approx(np.sqrt(0.5), rel=1e-5)
    assert both["rms_ratio"] == pytest.approx(np.sqrt(2.5), rel=1e-5)


def test_silent_traces_are_left_out_and_counted():
    observed = delayed(0.0)
    observed[1] = 0.0
    found = residuals.residuals_of(1, observed, delayed(0.012), 0.004, 0.08)
    assert found.numbers()["silent"] == 1
    assert np.isnan(found.shift_s[1])
    assert found.numbers()["time_shift_s"] == pytest.approx(0.012, abs=2e-4)
    silence = residuals.residuals_of(1, 0 * observed, observed, 0.004, 0.08)
    assert silence.numbers()["residual"] is None


def test_the_focus_is_the_root_mean_square_half_offset():
    offsets = np.array([-20.0, -10.0, 0.0, 10.0, 20.0])
    gathers = np.zeros((3, 5, 8), np.float32)
    gathers[0, 2, 3] = 1.0
    gathers[1, [0, 4], 5] = 1.0
    focus = lighting.focus_m(gathers, offsets)
    assert focus[:2].tolist() == [0.0, 20.0]
    assert np.isnan(focus[2])


def test_the_illumination_is_told_in_decibels_of_energy():
    light = np.array([100.0, 1.0, 1e-3, 0.0])
    assert lighting.decibels(light)[:3] == pytest.approx([0.0, -20.0, -50.0])
    numbers = lighting.light_numbers(light)
    assert numbers["below_40_db_share"] == 0.5
    assert numbers["unlit_share"] == 0.25
