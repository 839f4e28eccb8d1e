"""The error of the leapfrog's time step, taken out of wavelets and traces.

    (q[n+1] - 2 q[n] + q[n-1]) / dt^2 = L q[n] + f[n]

At a frequency w [rad/s] of the time steps, the left side is -theta^2 q with

    theta(w) = (2 / dt) sin(w dt / 2)

so the scheme does at w exactly what the equation p_tt = L p + f does at theta(w).
Both spectra are therefore only moved along the frequency axis:

    predisperse   f_steps(w) = f(theta(w))                 before the time loop
    correct       p(W) = p_steps(w),  theta(w) = W         after it

and no error of the time step is left, whatever L is. Resampling between the time
step and the sample interval is part of the same move.

Both are linear, and `correct_transposed` is the exact transpose of `correct`: it takes
the derivative of a misfit by the samples back to the time steps.

Cost: one padded FFT, a sparse interpolation and one FFT back for each trace. The
spectrum at the moved frequencies is a nonuniform FFT (`numerics.nonuniform`).

Band: w dt <= pi / 2, four time steps in a period, is kept whole; a cosine ramp ends
at 2 pi / 3. A stable run with enough cells in its wavelength stays below that
(`numerics.stability`). Where the other sampling is coarser, a ramp over the last
tenth below its Nyquist frequency takes that place.

Edges: the last sample is held and tapered, so that a trace that ends loud makes no
click. `correct` moves energy to later times and leaves the last EDGE_STEPS time steps
of a loud trace inaccurate (1 % ten steps before the end, 1e-4 from twenty on): let
the time loop run that much longer than the last sample. `predisperse` moves energy to
earlier times: what a longer recording would have moved into the last
T (1 - cos(w dt / 2)) of a series is missing there.

Sources: M. Wang and S. Xu (2015), Finite-difference time dispersion transforms for
wave propagation, Geophysics 80(6), doi:10.1190/geo2015-0059.1; E. F. M. Koene,
J. O. A. Robertsson, F. Broggini and F. Andersson (2018), Eliminating time dispersion
from seismic wave modeling, Geophys. J. Int. 213(1), doi:10.1093/gji/ggx563.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.fft import irfft, next_fast_len

from anticline_solvers.numerics.nonuniform import (
    NonuniformTransform,
    irfft_transposed,
)

PASSED, STOPPED = 0.25 * math.pi, math.pi / 3.0  # of w dt / 2
NYQUIST_RAMP = 0.9
SILENT = 1e-12
EDGE_STEPS = 25
CHUNK_BYTES = 64 * 2**20

Floats = NDArray[np.floating[Any]]
Real = NDArray[np.float64]
Complex = NDArray[np.complex128]


def predisperse(series: ArrayLike, interval_s: float, dt_s: float, nt: int) -> Floats:
    """Sample f(t) as the time steps need it; `correct` is the inverse.

    Parameters
    ----------
    series : (..., n), sample k at k * interval_s: wavelets, or data to inject.
    interval_s : interval of the series [s].
    dt_s : time step [s].
    nt : number of time steps.

    Returns
    -------
    (..., nt), step k at k * dt_s, float32 for a float32 series, else float64.
    """
    series = _floating(series)
    n_period = _period(series.shape[-1] * interval_s, nt * dt_s, dt_s)
    steps = 2.0 * math.pi / (n_period * dt_s) * _bins(n_period)
    moved: Real = 2.0 / dt_s * np.sin(0.5 * steps * dt_s)
    keep = _band(0.5 * steps * dt_s) * _below_nyquist(moved, interval_s, dt_s)
    move = _Move.of(series.shape[-1], interval_s, dt_s, nt, moved, keep, n_period)
    return move.applied(series)


def correct(
    traces: ArrayLike, dt_s: float, sample_interval_s: float, n_samples: int
) -> Floats:
    """Traces as an exact time integration gives them, at a sample interval.

    Parameters
    ----------
    traces : (..., nt), step k at k * dt_s.
    dt_s : time step [s].
    sample_interval_s, n_samples : sampling of the result.

    Returns
    -------
    (..., n_samples), sample k at k * sample_interval_s, float32 for float32 traces,
    else float64.

    Raises ValueError where the traces end before the last sample.
    """
    traces = _floating(traces)
    nt = traces.shape[-1]
    return _correction(nt, dt_s, sample_interval_s, n_samples).applied(traces)


def correct_transposed(
    samples: ArrayLike, dt_s: float, sample_interval_s: float, nt: int
) -> Floats:
    """Apply the exact transpose of `correct`.

    Parameters
    ----------
    samples : (..., n_samples), such as the derivative of a misfit by each sample.
    dt_s : time step [s].
    sample_interval_s : sampling of `samples`.
    nt : number of time steps.

    Returns
    -------
    (..., nt), float32 for float32 samples, else float64.

    Raises ValueError where nt time steps end before the last sample.
    """
    samples = _floating(samples)
    n_samples = samples.shape[-1]
    return _correction(nt, dt_s, sample_interval_s, n_samples).transposed(samples)


def _correction(
    nt: int, dt_s: float, sample_interval_s: float, n_samples: int
) -> _Move:
    end, last = (nt - 1) * dt_s, (n_samples - 1) * sample_interval_s
    if last > end + 1e-6 * dt_s:
        msg = f"traces end at {end:g} s; {n_samples} samples need {last:g} s"
        raise ValueError(msg)
    n_period = _period(nt * dt_s, last, sample_interval_s)
    step = 2.0 * math.pi / (n_period * sample_interval_s)
    exact = step * _bins(n_period)
    half: Real = np.arcsin(np.minimum(0.5 * exact * dt_s, 1.0))
    keep = _band(half) * _below_nyquist(exact, sample_interval_s, dt_s)
    moved = 2.0 / dt_s * half
    return _Move.of(nt, dt_s, sample_interval_s, n_samples, moved, keep, n_period)


def _floating(series: ArrayLike) -> Floats:
    array = np.asarray(series)
    return array if array.dtype == np.float32 else array.astype(np.float64)


def _tail(n: int) -> int:
    """Count the samples that continue a series of n beyond its end."""
    return max(32, n // 8)


def _period(duration_s: float, end_s: float, interval_s: float) -> int:
    """Length of the transform that is wide enough that nothing wraps around.

    The band's slowest frequency, at w dt / 2 = pi / 3, arrives at twice its time.
    """
    longest = max(2.4 * duration_s, 1.2 * end_s) / interval_s
    return int(next_fast_len(math.ceil(longest) + 128, real=True))


def _bins(n_period: int) -> Real:
    """Numbers of the frequencies in the spectrum of n_period real samples."""
    return np.arange(n_period // 2 + 1, dtype=np.float64)


def _band(half_angle: Real) -> Real:
    """Weight of each frequency by w dt / 2: 1, a cosine ramp, 0."""
    ramp = np.clip((half_angle - PASSED) / (STOPPED - PASSED), 0.0, 1.0)
    return np.asarray(np.cos(0.5 * math.pi * ramp) ** 2)


def _below_nyquist(omega: Real, interval_s: float, dt_s: float) -> Real:
    """Weight of each frequency [rad/s] that a sampling coarser than dt allows."""
    if interval_s <= dt_s * (1.0 + 1e-9):
        return np.ones_like(omega)
    part = omega * interval_s / math.pi
    ramp = np.clip((part - NYQUIST_RAMP) / (1.0 - NYQUIST_RAMP), 0.0, 1.0)
    return np.asarray(np.cos(0.5 * math.pi * ramp) ** 2)


@dataclass(frozen=True, eq=False)
class _Move:
    """Gives series whose spectrum at bin k is the input's at moved[k], times keep[k].

    used : the bins kept. gain : of each of them.
    """

    n: int
    n_out: int
    n_period: int
    used: NDArray[np.int64]
    gain: Real
    transform: NonuniformTransform

    @classmethod
    def of(
        cls,
        n: int,
        interval_in_s: float,
        interval_out_s: float,
        n_out: int,
        moved: Real,
        keep: Real,
        n_period: int,
    ) -> _Move:
        """Prepare series of n samples; moved [rad/s], keep : (n_period // 2 + 1,)."""
        used = np.flatnonzero(keep > SILENT)
        angles = moved[used] * interval_in_s
        transform = NonuniformTransform.of(n + _tail(n), angles)
        gain = keep[used] * interval_in_s / interval_out_s
        return cls(n, n_out, n_period, used, gain, transform)

    def applied(self, series: Floats) -> Floats:
        """(..., n) -> (..., n_out), of the series' dtype."""
        flat = series.reshape(-1, self.n)
        out = np.empty((len(flat), self.n_out), series.dtype)
        for some in self._chunks(len(flat)):
            part = _continued(flat[some].astype(np.float64))
            spectrum = np.zeros((len(part), self.n_period // 2 + 1), np.complex128)
            spectrum[:, self.used] = self.gain * self.transform(part)
            out[some] = irfft(spectrum, self.n_period, axis=-1)[:, : self.n_out]
        return out.reshape(*series.shape[:-1], self.n_out)

    def transposed(self, series: Floats) -> Floats:
        """(..., n_out) -> (..., n), of the series' dtype."""
        flat = series.reshape(-1, self.n_out)
        out = np.empty((len(flat), self.n), series.dtype)
        for some in self._chunks(len(flat)):
            spectrum = irfft_transposed(flat[some].astype(np.float64), self.n_period)
            part = self.transform.transposed(self.gain * spectrum[:, self.used])
            out[some] = _continued_transposed(part, self.n)
        return out.reshape(*series.shape[:-1], self.n)

    def _chunks(self, traces: int) -> Iterator[slice]:
        """Cut traces into parts of bounded memory."""
        step = max(1, CHUNK_BYTES // (64 * (self.transform.n_fft + self.n_period)))
        for start in range(0, traces, step):
            yield slice(start, start + step)


def _continued(series: Real) -> Real:
    """(traces, n) with the last sample held, under a taper that ends at 0."""
    taper = _taper(_tail(series.shape[-1]))
    return np.concatenate([series, taper * series[:, -1:]], axis=-1)


def _continued_transposed(series: Real, n: int) -> Real:
    """Transpose of `_continued`, back to n samples."""
    part = series[:, :n].copy()
    part[:, -1] += series[:, n:] @ _taper(_tail(n))
    return part


def _taper(tail: int) -> Real:
    return np.asarray(np.cos(0.5 * math.pi * np.arange(1, tail + 1) / tail) ** 2)
