"""Amplitude spectra: of traces, shot by shot; of the wavelet; of an image in depth.

    |D(f)| = dt |sum_k d_k exp(-2 pi i f k dt)|        [Pa/Hz], averaged over traces

A band is where a spectrum is above its peak less 20 dB.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len, rfft, rfft2, rfftfreq

Values = NDArray[np.float64]

PADDING, LEAST_SAMPLES = 4, 4096
"""Traces are padded to so many times their length, and at least so many samples."""
BAND_DB = -20.0


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Amplitudes (n,) over frequency [Hz], or over wavenumber [1/m]."""

    frequency: Values
    amplitude: Values

    @property
    def peak(self) -> float:
        """Where the amplitude is largest, between samples by a parabola."""
        return refined(self.frequency, self.amplitude, int(self.amplitude.argmax()))

    def decibels(self) -> Values:
        """Amplitudes relative to the largest [dB], at least -300."""
        most = float(self.amplitude.max()) or 1.0
        return 20.0 * np.log10(np.maximum(self.amplitude / most, 1e-15))

    def band(self) -> tuple[float, float]:
        """First and last frequency above BAND_DB, between samples by a line."""
        level = self.decibels()
        above = np.flatnonzero(level >= BAND_DB)
        return self._crossing(level, above[0], -1), self._crossing(level, above[-1], 1)

    def _crossing(self, level: Values, inside: int, step: int) -> float:
        """Go from a sample above BAND_DB to the level itself, towards its neighbour."""
        outside = min(max(inside + step, 0), len(level) - 1)
        fall = level[inside] - level[outside]
        share = (level[inside] - BAND_DB) / fall if fall > 0.0 else 0.0
        return float(
            (1.0 - share) * self.frequency[inside] + share * self.frequency[outside]
        )

    def numbers(self, unit: str) -> dict[str, Any]:
        """Give peak and band for a report; their names end in ``unit``."""
        low, high = self.band()
        names = (f"peak_{unit}", f"low_{unit}", f"high_{unit}")
        return dict(zip(names, (self.peak, low, high), strict=True))


def refined(x: Values, y: Values, at: int) -> float:
    """Place of a largest value from it and its neighbours, x regular."""
    if not 0 < at < len(y) - 1:
        return float(x[at])
    below, here, above = y[at - 1], y[at], y[at + 1]
    curve = below - 2.0 * here + above
    shift = 0.5 * (below - above) / curve if curve < 0.0 else 0.0
    return float(x[at] + shift * (x[1] - x[0]))


def spectrum(traces: NDArray[np.floating[Any]], interval: float) -> Spectrum:
    """Mean amplitude spectrum of traces (n, samples) or one (samples,)."""
    rows = np.atleast_2d(np.asarray(traces, np.float64))
    n = next_fast_len(max(PADDING * rows.shape[-1], LEAST_SAMPLES), real=True)
    amplitude = interval * np.abs(rfft(rows, n, axis=-1)).mean(axis=0)
    return Spectrum(rfftfreq(n, interval), amplitude)


@dataclass(frozen=True, eq=False)
class ShotSpectra:
    """Spectra of every shot: amplitude (shots, n) over frequency (n,) [Hz].

    traces : int64 (shots,), what each is the mean of.
    """

    shot_ids: tuple[int, ...]
    frequency: Values
    amplitude: Values
    traces: NDArray[np.int64]

    @property
    def mean(self) -> Spectrum:
        """Mean over all traces."""
        weighted = np.average(self.amplitude, axis=0, weights=self.traces)
        return Spectrum(self.frequency, np.asarray(weighted))


def wavenumbers(section: NDArray[np.floating[Any]], spacing: float) -> Spectrum:
    """Mean spectrum down the columns of a section (nx, nz), tapered; over 1/m."""
    return spectrum(section * np.hanning(section.shape[1]), spacing)


def plane_spectrum(
    section: NDArray[np.floating[Any]], spacing_m: tuple[float, float]
) -> tuple[Values, Values, Values]:
    """Amplitude of a section over k_x (both signs) and k_z [1/m], tapered.

    Returns k_x (nkx,) ascending, k_z (nkz,) and amplitudes (nkx, nkz).
    """
    nx, nz = section.shape
    weights = np.hanning(nx)[:, None] * np.hanning(nz)
    amplitude = np.abs(np.fft.fftshift(rfft2(section * weights), axes=0))
    across = np.fft.fftshift(np.fft.fftfreq(nx, spacing_m[0]))
    return across, rfftfreq(nz, spacing_m[1]), amplitude
