"""Band-pass of zero phase.

    B = R^T H R      R: pad with zeros, H: multiply the spectrum with a real response

H is symmetric because its response is real, so B is its own transpose, to rounding,
what the padding cuts off included. The response is a raised cosine between a corner
where it is 0 and one where it is 1. Padding is as long as the trace: what rings longer
than that comes round again.

A filter of zero phase moves no event, and rings before it as well as after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq

from anticline_solvers.seismic.acquisition.mute import rise
from anticline_solvers.seismic.conditioning.operators import Traces, Weights


@dataclass(frozen=True)
class BandPass:
    """Keeps a band of frequencies.

    interval_s : of the samples.
    low_hz : (silent below, untouched above) or None; high_hz : (untouched below,
        silent above) or None.
    """

    interval_s: float
    low_hz: tuple[float, float] | None = None
    high_hz: tuple[float, float] | None = None

    def response(self, frequencies_hz: ArrayLike) -> Weights:
        """Give the factor of each frequency, 0 to 1, the shape of what is given."""
        f = np.asarray(frequencies_hz, np.float64)
        factor = np.ones_like(f)
        if self.low_hz is not None:
            silent, whole = self.low_hz
            factor *= rise(f - silent, whole - silent)
        if self.high_hz is not None:
            whole, silent = self.high_hz
            factor *= rise(silent - f, silent - whole)
        return factor

    def apply(self, traces: ArrayLike) -> Traces:
        """Filter each trace; float64, the shape of ``traces``."""
        data = np.asarray(traces, np.float64)
        n = data.shape[-1]
        padded = next_fast_len(2 * n, real=True)
        spectrum = rfft(data, padded, axis=-1)
        spectrum *= self.response(rfftfreq(padded, self.interval_s))
        return np.asarray(irfft(spectrum, padded, axis=-1)[..., :n])

    def adjoint(self, traces: ArrayLike) -> Traces:
        """Do the same: the filter is its own transpose."""
        return self.apply(traces)


def corners(given: Sequence[float] | None) -> tuple[float, float] | None:
    """Take a parameter's list of two for corners."""
    return None if given is None else (float(given[0]), float(given[1]))
