"""The filter that turns predicted traces into observed ones, by least squares.

    f = argmin  sum_i w_i |d_i - f * p_i|^2 + e R_0 |f|^2,     lags -L to L

over traces i of weight w. Its normal equations are of Toeplitz kind, their matrix the
autocorrelation R of the predicted traces, their right side the correlation r of these
with the observed ones:

    sum_m R_(l - m) f_m + e R_0 f_l = r_l,   R_k = sum_i w_i sum_t p_i(t) p_i(t + k),
                                             r_l = sum_i w_i sum_t d_i(t) p_i(t - l)

The matrix is positive definite, and e bounds its condition. With lags as long as the
record it is the estimate of each frequency alone, sum d conj(p) / (sum |p|^2 + e R_0),
of Pratt; fewer lags are fewer unknowns, so less of the noise is fitted.

Source: R. G. Pratt (1999), Seismic waveform inversion in the frequency domain, Part 1:
theory and verification in a physical scale model, Geophysics 64(3),
doi:10.1190/1.1444597.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.fft import irfft, next_fast_len, rfft
from scipy.linalg import solve_toeplitz
from scipy.signal import oaconvolve

Real = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Correlations:
    """Of predicted traces with themselves and with observed ones, summed up.

    auto : (2 L + 1,) lags 0 to 2 L.  cross : (2 L + 1,) lags -L to L.  [Pa2]
    """

    auto: Real
    cross: Real

    def __add__(self, other: Correlations) -> Correlations:
        """Take both sums together."""
        return Correlations(self.auto + other.auto, self.cross + other.cross)


def correlations(
    observed: ArrayLike, predicted: ArrayLike, weights: ArrayLike, longest: int
) -> Correlations:
    """Correlate the traces of a shot, (n_receivers, n_samples) each.

    weights : (n_receivers,), at least 0. longest : the filter's L [samples].
    """
    d, p = (np.asarray(traces, np.float64) for traces in (observed, predicted))
    n = next_fast_len(d.shape[-1] + 2 * longest + 1, real=True)
    spectrum = rfft(p, n, axis=-1)
    w = np.asarray(weights, np.float64)[:, None]
    auto = irfft((w * np.abs(spectrum) ** 2).sum(axis=0), n)
    cross = irfft((w * rfft(d, n, axis=-1) * spectrum.conj()).sum(axis=0), n)
    lags = np.arange(-longest, longest + 1)
    return Correlations(auto[: 2 * longest + 1], cross[lags])


def matching_filter(sums: Correlations, damping: float) -> Real:
    """Solve for the filter, float64 (2 L + 1,), lags -L to L.

    damping : e, above 0. Raises ValueError where the predicted traces are silent.
    """
    if not sums.auto[0] > 0.0:
        msg = "the predicted traces are silent"
        raise ValueError(msg)
    column = sums.auto.copy()
    column[0] *= 1.0 + damping
    return np.asarray(solve_toeplitz(column, sums.cross))


def matched(predicted: ArrayLike, taps: Real) -> Real:
    """Convolve traces (n_receivers, n_samples) with a filter of lags -L to L."""
    traces, longest = np.asarray(predicted, np.float64), taps.size // 2
    whole = oaconvolve(traces, taps[None, :], mode="full", axes=-1)
    return np.asarray(whole[:, longest : longest + traces.shape[-1]])
