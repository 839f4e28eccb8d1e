"""Wavelets: where they start, what band they fill, which are refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline.errors import BadInput
from anticline_solvers.seismic.acquisition.wavelets import (
    check_wavelet,
    maximum_frequency,
    ormsby,
    read_wavelet,
    ricker,
)


@given(peak=st.floats(1.0, 200.0), per_period=st.floats(8.0, 200.0))
def test_a_ricker_starts_and_ends_below_1e_5_of_its_peak(peak, per_period):
    wavelet = ricker(peak, 1 / (peak * per_period))
    assert abs(wavelet[0]) < 1e-5
    assert abs(wavelet[-1]) < 1e-5


def test_a_ricker_peaks_at_its_delay_and_its_peak_frequency():
    wavelet = ricker(8.0, 1e-3, 4000)
    assert np.argmax(wavelet) == round(1.25 / 8.0 / 1e-3)
    assert wavelet.max() == pytest.approx(1.0, abs=1e-3)
    spectrum = np.abs(np.fft.rfft(wavelet))
    frequency = np.fft.rfftfreq(4000, 1e-3)[np.argmax(spectrum)]
    assert frequency == pytest.approx(8.0, abs=0.25)


@given(peak=st.floats(1.0, 100.0))
def test_the_band_of_a_ricker_ends_where_its_spectrum_does(peak):
    top = maximum_frequency(ricker(peak, 0.02 / peak), 0.02 / peak)
    ratio = (top / peak) ** 2
    assert ratio * np.exp(1 - ratio) == pytest.approx(1e-2, rel=0.06)
    assert top == pytest.approx(2.76 * peak, rel=0.01)


def test_a_lower_level_widens_the_band():
    wavelet = ricker(10.0, 1e-3)
    assert maximum_frequency(wavelet, 1e-3, 1e-3) > maximum_frequency(wavelet, 1e-3)


def test_an_ormsby_fills_its_trapezoid_and_starts_at_zero():
    corners, interval = (4.0, 10.0, 40.0, 60.0), 1e-3
    wavelet = ormsby(corners, interval)
    assert abs(wavelet[0]) < 1e-12
    assert wavelet.max() == pytest.approx(1.0, abs=1e-2)
    n_fft = 1 << 16
    frequency = np.fft.rfftfreq(n_fft, interval)
    amplitude = np.abs(np.fft.rfft(wavelet, n_fft)) * interval * 86.0
    flat = (frequency > 12.0) & (frequency < 37.0)
    assert np.abs(amplitude[flat] - 1.0).max() < 0.02
    outside = (frequency > 65.0) | (frequency < 0.5)
    assert amplitude[outside].max() < 5e-3
    assert 55.0 < maximum_frequency(wavelet, interval) < 62.0


@pytest.mark.parametrize(
    "corners", [(5, 4, 20, 30), (-1, 4, 20, 30), (2, 4, 30, 30), (2, 2, 20, 30)]
)
def test_corners_out_of_order_are_refused(corners):
    with pytest.raises(ValueError, match="corners"):
        ormsby(corners, 1e-3)


def test_a_length_that_cuts_the_wavelet_off_is_refused():
    with pytest.raises(ValueError, match="cut the wavelet off; 251 are needed"):
        ricker(10.0, 1e-3, 200)


def test_a_wavelet_written_as_text_is_read_back(tmp_path):
    wavelet = ricker(8.0, 4e-3)
    path = tmp_path / "wavelet.txt"
    np.savetxt(path, np.column_stack([np.arange(wavelet.size) * 4e-3, wavelet]))
    samples, interval = read_wavelet(path)
    np.testing.assert_allclose(samples, wavelet, rtol=1e-12, atol=1e-15)
    assert interval == pytest.approx(4e-3)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[0.0, 1.0, 2.0], [0.1, 1.0, 2.0]], "two columns"),
        ([[0.0, 1.0], [0.1, 1.0], [0.3, 1.0]], "evenly spaced"),
        ([[0.5, 1.0], [0.6, 1.0]], "start at 0"),
        ([[0.0, 1.0], [-0.1, 1.0]], "start at 0"),
    ],
)
def test_a_text_that_is_no_wavelet_is_refused(tmp_path, rows, message):
    path = tmp_path / "wavelet.txt"
    np.savetxt(path, rows)
    with pytest.raises(BadInput, match=message):
        read_wavelet(path)


def test_each_row_that_is_no_number_is_found_at_its_line(tmp_path):
    path = tmp_path / "wavelet.txt"
    path.write_text("# time, amplitude\n0.0 0.0\n0.1 loud\n0.2 1.0\n0.3\n")
    with pytest.raises(BadInput) as caught:
        read_wavelet(path)
    assert [finding.line for finding in caught.value.findings] == [3, 5]
    assert caught.value.findings[0].file == str(path)
    path.write_bytes(b"0.0 0.0\n0.1 \xff\xfe\n0.2 1.0\n")
    with pytest.raises(BadInput, match=r"wavelet\.txt:2  .* no UTF-8 text"):
        read_wavelet(path)


def test_our_own_wavelets_have_no_findings():
    assert check_wavelet(ricker(8.0, 4e-3), 4e-3) == []
    assert check_wavelet(ormsby((2.0, 5.0, 30.0, 45.0), 4e-3), 4e-3) == []


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        ([0.0, np.nan, 0.0], "finite"),
        ([[0.0, 1.0]], "finite"),
        ([0.0, 0.0, 0.0], "zero throughout"),
        (ricker(8.0, 4e-3)[30:], "delay it"),
        ([0.0, 0.0, 1.0, 0.0, 0.0], "sample it finer"),
    ],
)
def test_an_unusable_wavelet_is_described(samples, message):
    assert message in check_wavelet(samples, 4e-3)[0]
