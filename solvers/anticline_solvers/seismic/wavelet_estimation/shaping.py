"""The wavelet that a filter makes of the first one, fit to be modelled with.

    W_new(f) = W(f) sum_l f_l exp(-2 pi i f l dt)

at the first wavelet's own interval. What lies before time 0 no survey can hold, and
what comes after the length asked for is not wanted: both ends are cut, and tapered by
raised cosines, because a wavelet must begin at rest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq

from anticline_solvers.seismic.acquisition.mute import rise

Real = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Shaped:
    """A new wavelet.

    samples : float64 (n,), sample k at k * interval_s.
    cut_share : energy that was cut off and tapered, of all.
    """

    samples: Real
    interval_s: float
    cut_share: float


def shape(
    wavelet: Real,
    interval_s: float,
    taps: Real,
    tap_interval_s: float,
    length_s: float,
    taper_s: float,
) -> Shaped:
    """Filter a wavelet, (n,), sample k at k * interval_s, and cut it to a length.

    taps : (2 L + 1,), lags -L to L of tap_interval_s. Frequencies beyond the taps'
    Nyquist are dropped; the gathers that they were found from hold none.
    """
    longest_s = (taps.size // 2) * tap_interval_s
    early = math.ceil(longest_s / interval_s)
    kept = math.floor(length_s / interval_s) + 1
    n = next_fast_len(max(wavelet.size + early, kept) + 2 * early, real=True)
    frequencies = rfftfreq(n, interval_s)
    spectrum = rfft(wavelet, n) * _response(taps, tap_interval_s, frequencies)
    spectrum[frequencies > 0.5 / tap_interval_s] = 0.0
    whole = irfft(spectrum, n)
    times = interval_s * np.arange(kept)
    weights = rise(times, taper_s) * rise(times[-1] - times, taper_s)
    samples = whole[:kept] * weights
    energy = float((whole**2).sum())
    # Whatever the taper took away is lost as much as what lies outside.
    lost = energy - float((samples**2).sum())
    return Shaped(samples, interval_s, max(0.0, lost) / energy)


def _response(
    taps: Real, interval_s: float, frequencies: Real
) -> NDArray[np.complex128]:
    """Give the transform of the taps at any frequencies [Hz]."""
    lags = interval_s * (np.arange(taps.size) - taps.size // 2)
    return np.asarray(np.exp(-2j * math.pi * np.outer(frequencies, lags)) @ taps)


def shift_s(one: Real, other: Real, interval_s: float) -> float:
    """Time by which `other` is later than `one`, where they correlate best [s].

    Of either sign of the correlation: a wavelet of reversed polarity is not late.
    """
    n = next_fast_len(one.size + other.size, real=True)
    correlation = np.abs(irfft(rfft(other, n) * rfft(one, n).conj(), n))
    best = int(np.argmax(correlation))
    low, here, high = correlation[[best - 1, best, (best + 1) % n]]
    curve = low - 2.0 * here + high
    between = 0.5 * (low - high) / curve if curve < 0.0 else 0.0
    lag = best - n if best > n // 2 else best
    return float((lag + between) * interval_s)
