"""Travel time by cross-correlation.

    C(tau) = sum_n p(t_n + tau) d(t_n),   Delta = argmax C       Delta > 0: p is late
    f = 1/2 Delta^2  [s^2]

C is the trigonometric polynomial through the cross-correlation of the padded traces,
so the lag is not bound to samples: the highest sample of C starts Newton's method on
C'(Delta) = 0. That equation is linear in p, and the implicit function theorem gives
the derivative exactly, as long as one maximum is the highest:

    dDelta/dp = -a / C''(Delta),  a = dC'/dp = d', the rate of d, moved by Delta
    s = Delta dDelta/dp

f is convex in a shift of any length, as long as the traces correlate: one event, or
one window around it. With several events it is the lag of the strongest.

Weight 0 have traces where either is silent, and where C has no positive maximum
within the longest lag.

Y. Luo and G. T. Schuster (1991), Wave-equation traveltime inversion. Geophysics 56,
645-653. doi:10.1190/1.1443081
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq

from anticline_solvers.seismic.misfits.evaluated import PerTrace, Traces
from anticline_solvers.seismic.misfits.silence import unit_traces

Spectra = NDArray[np.complex128]

STEPS = 20
BLOCK = 32
SETTLED = 1e-13
"""Newton's method has ended when it moves by less than this share of a sample."""


def evaluate(
    observed: Traces,
    predicted: Traces,
    interval_s: float,
    longest_s: float | None = None,
) -> tuple[PerTrace, Traces]:
    """Give half the squared lag of each trace [s^2], and its derivative."""
    picked = pick(observed, predicted, interval_s, longest_s)
    per_trace = 0.5 * picked.lag_s**2
    return per_trace, picked.lag_s[:, None] * picked.derivative


@dataclass(frozen=True, eq=False)
class Picked:
    """Lags of predicted after observed traces.

    lag_s : (n_receivers,), 0 where none was found. found : (n_receivers,) bool.
    derivative : of lag_s by the predicted traces, (n_receivers, n_samples).
    """

    lag_s: PerTrace
    found: NDArray[np.bool_]
    derivative: Traces


def pick(
    observed: Traces, predicted: Traces, interval_s: float, longest_s: float | None
) -> Picked:
    """Find the lag of each trace and its derivative."""
    n = observed.shape[-1]
    v, loudness = unit_traces(observed)
    u, norm = unit_traces(predicted)
    padded = next_fast_len(2 * n, real=True)
    omega = np.asarray(2.0 * np.pi * rfftfreq(padded, interval_s), np.float64)
    target, moving = _spectra(v, padded), _spectra(u, padded)
    cross = moving * target.conj()
    correlation = irfft(cross, padded, axis=-1)
    reach = n - 1 if longest_s is None else min(n - 1, int(longest_s / interval_s))
    sample, found = highest(correlation, reach)
    found &= (loudness > 0.0) & (norm > 0.0)
    start_s = interval_s * sample.astype(np.float64)
    lag_s, bend = refined(cross / padded, omega, start_s, interval_s)
    found &= (bend < 0.0) & (np.abs(lag_s - start_s) < interval_s)
    rate = irfft(-1j * omega * target * _moved(omega, -lag_s), padded, axis=-1)[:, :n]
    scale = np.where(found, -1.0, 0.0) / np.where(found, bend * norm, 1.0)
    return Picked(np.where(found, lag_s, 0.0), found, scale[:, None] * rate)


def _spectra(traces: Traces, padded: int) -> Spectra:
    """Spectra of padded traces, without the Nyquist frequency, which has no rate."""
    spectra = rfft(traces, padded, axis=-1)
    if padded % 2 == 0:
        spectra[:, -1] = 0.0
    return np.asarray(spectra)


def _moved(omega: PerTrace, lag_s: PerTrace) -> Spectra:
    """Phase factors exp(i omega lag), (n_receivers, frequencies).

    The frequencies are multiples of one: factors of every BLOCK-th and of a block are
    multiplied, which is faster than an exponential for each.
    """
    n, angle = omega.size, lag_s[:, None] * omega[1]
    fine = np.exp(1j * angle * np.arange(BLOCK))
    coarse = np.exp(1j * angle * np.arange(0, n, BLOCK))
    blocks = coarse[:, :, None] * fine[:, None, :]
    return np.asarray(blocks.reshape(lag_s.size, -1)[:, :n])


def highest(
    correlation: Traces, reach: int
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Find the lag, in samples, of the highest positive maximum up to ``reach``.

    correlation : (n_receivers, padded), negative lags at the end.
    Returns lags (n_receivers,) and whether there is one.
    """
    lags = np.arange(-reach, reach + 1)
    value, before, after = (correlation[:, lags + k] for k in (0, -1, 1))
    summit = (value > 0.0) & (value >= before) & (value >= after)
    height = np.where(summit, value, 0.0)
    best = height.argmax(axis=-1)
    return lags[best], np.asarray(summit.any(axis=-1))


def refined(
    cross: Spectra, omega: PerTrace, start_s: PerTrace, interval_s: float
) -> tuple[PerTrace, PerTrace]:
    """Take lags to where C' vanishes, by Newton's method.

    cross : spectra of C over their length. Each step stays within a sample of the
    start. Returns lags [s] and C'' there [1/s^2], (n_receivers,).
    """
    first, second = 2j * omega * cross, -2.0 * omega**2 * cross
    lag_s = start_s
    for _ in range(STEPS):
        phase = _moved(omega, lag_s)
        slope = (first * phase).real.sum(axis=-1)
        bend = (second * phase).real.sum(axis=-1)
        step = np.where(bend < 0.0, slope / np.where(bend < 0.0, bend, -1.0), 0.0)
        moved = np.clip(lag_s - step, start_s - interval_s, start_s + interval_s)
        change = np.abs(moved - lag_s).max(initial=0.0)
        lag_s = moved
        if change <= SETTLED * interval_s:
            break
    return lag_s, bend
