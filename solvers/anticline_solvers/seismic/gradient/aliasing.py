"""The adjoint source, without frequencies that sparse sums would take for others.

The source field p holds no frequency above f_max. In the mean of a product p w only
equal frequencies of p and w meet, so what w holds above f_max adds nothing to a
gradient that sums every time step. Summed every m-th step, f_s times a second, p and w
also meet where their frequencies add up to f_s. The derivative of a misfit that is not
linear in the data, or of traces that end loud, holds such frequencies; they are taken
out, by a cosine ramp that ends at

    f_stop = f_s - f_max     and begins at f_max, or below where that leaves no room

before the source acts. With every step summed nothing is taken out.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq

PER_PERIOD = 2.5
"""Terms in a period of f_max, where a case does not say."""

NARROWEST = 0.2
"""Least width of the ramp, as a share of f_stop."""

Series = NDArray[np.float64]


class Ramp(NamedTuple):
    """Frequencies [Hz] up to which all passes, and from which nothing does."""

    passed_hz: float
    stopped_hz: float


def ramp(every: int, dt_s: float, maximum_frequency_hz: float) -> Ramp | None:
    """Give what an adjoint source keeps; None: all of it.

    every : time steps of dt_s between two terms.
    """
    if every == 1:
        return None
    stopped = 1.0 / (every * dt_s) - maximum_frequency_hz
    passed = min(maximum_frequency_hz, (1.0 - NARROWEST) * stopped)
    return Ramp(passed, stopped)


def kept(series: Series, dt_s: float, band: Ramp | None) -> Series:
    """Filter series (n, time steps) with zero phase; padded, so nothing wraps."""
    if band is None:
        return series
    nt = series.shape[-1]
    padded = next_fast_len(2 * nt, real=True)
    width = band.stopped_hz - band.passed_hz
    part = np.clip((rfftfreq(padded, dt_s) - band.passed_hz) / width, 0.0, 1.0)
    weights = np.cos(0.5 * math.pi * part) ** 2
    spectrum = rfft(series, padded, axis=-1) * weights
    return np.asarray(irfft(spectrum, padded, axis=-1)[..., :nt])
