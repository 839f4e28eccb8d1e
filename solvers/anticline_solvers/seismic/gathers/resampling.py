"""Traces filtered and read at another sample interval in one step.

    y(m h) = 1/P sum_k H(f_k) X(f_k) exp(2 pi i f_k (m h - lead)),   f_k = k / P
    X(f)   = dt sum_n x_n exp(-2 pi i f n dt)

H has no phase, so y rings before x begins; it is told `lead` later, so that it begins
at rest. No interval need divide the other: X is computed at the f_k themselves, by the
chirp z-transform.

Source: L. R. Rabiner, R. W. Schafer and C. M. Rader (1969), The chirp z-transform
algorithm, IEEE Transactions on Audio and Electroacoustics 17(2),
doi:10.1109/TAU.1969.1162034 (`scipy.signal.CZT`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.fft import irfft, next_fast_len
from scipy.signal import CZT

from anticline_solvers.seismic.conditioning.band_pass import BandPass

Real = NDArray[np.float64]

SILENT = 1e-12


@dataclass(frozen=True)
class Resampling:
    """From n_in samples every interval_in_s to n_out samples every interval_out_s.

    band : the filter; its own interval is not used. lead_s : delay of the result [s].

    The transform's period is twice the longer record, so what rings comes round only
    where it rings longer than the record.
    """

    band: BandPass
    lead_s: float
    interval_in_s: float
    n_in: int
    interval_out_s: float
    n_out: int

    def apply(self, traces: ArrayLike) -> Real:
        """Filter and read: (..., n_in) to float64 (..., n_out)."""
        n_period, factors, transform = self._plan
        spectrum = np.zeros((*np.shape(traces)[:-1], n_period // 2 + 1), np.complex128)
        used = factors.size
        spectrum[..., :used] = factors * transform(np.asarray(traces, np.float64))
        return np.asarray(irfft(spectrum, n_period, axis=-1)[..., : self.n_out])

    @cached_property
    def _plan(self) -> tuple[int, NDArray[np.complex128], CZT]:
        """Samples of a period, factors of its lowest frequencies, their transform."""
        longest_s = max(
            self.n_in * self.interval_in_s, self.n_out * self.interval_out_s
        )
        samples = (2.0 * longest_s + self.lead_s) / self.interval_out_s
        n_period = int(next_fast_len(math.ceil(samples), real=True))
        step_hz = 1.0 / (n_period * self.interval_out_s)
        nyquist_hz = 0.5 / max(self.interval_in_s, self.interval_out_s)
        bins = np.arange(n_period // 2 + 1)
        frequencies = step_hz * bins[step_hz * bins < nyquist_hz]
        kept = self.band.response(frequencies)
        used = int(np.flatnonzero(kept > SILENT)[-1]) + 1
        frequencies, kept = frequencies[:used], kept[:used]
        delay = np.exp(-2j * math.pi * frequencies * self.lead_s)
        ratio = self.interval_in_s / self.interval_out_s
        turn = np.exp(-2j * math.pi * step_hz * self.interval_in_s)
        return n_period, ratio * kept * delay, CZT(self.n_in, used, w=turn)
