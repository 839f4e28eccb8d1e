"""Hilbert transform of traces, as a matrix that is antisymmetric to rounding.

Multiplication with -i sign(omega) of the trace padded with zeros to twice its length,
then cut: H = R^T K R with K antisymmetric, so H^T = -H.
"""

from __future__ import annotations

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from anticline_solvers.seismic.misfits.evaluated import Traces


def hilbert(traces: Traces) -> Traces:
    """Give the Hilbert transform of each trace, float64 (n_receivers, n_samples)."""
    n = traces.shape[-1]
    padded = next_fast_len(2 * n, real=True)
    spectrum = -1j * rfft(traces, padded, axis=-1)
    spectrum[..., 0] = 0.0
    if padded % 2 == 0:
        spectrum[..., -1] = 0.0
    return np.asarray(irfft(spectrum, padded, axis=-1)[..., :n])
