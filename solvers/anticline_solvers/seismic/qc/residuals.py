"""Modelled gathers against observed ones, trace by trace.

With d an observed and p a modelled trace of the same receiver,

    rms ratio   sqrt(sum p^2 / sum d^2)
    residual    sqrt(sum (p - d)^2 / sum d^2)           0 where they agree
    time shift  tau of the largest sum_t d(t) p(t + tau), |tau| <= the largest shift
                looked for; positive where the modelled trace is late
    likeness    sum_t d(t) p(t + tau) / sqrt(sum d^2 sum p^2) at that tau

A shot's ratio and residual are of all its traces together, its time shift is the
median over traces. Traces that are silent in either gather are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

from anticline_solvers.seismic.qc.spectra import refined

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Residuals:
    """Of one shot, float64 (receivers,), NaN at silent traces.

    observed, modelled, difference : energies sum d^2, sum p^2, sum (p - d)^2 [Pa2].
    shift_s, likeness : as the module says.
    """

    shot_id: int
    observed: Values
    modelled: Values
    difference: Values
    shift_s: Values
    likeness: Values

    @property
    def rms_ratio(self) -> Values:
        """Of every trace."""
        return np.sqrt(self.modelled / self.observed)

    @property
    def residual(self) -> Values:
        """Of every trace."""
        return np.sqrt(self.difference / self.observed)

    def numbers(self) -> dict[str, Any]:
        """Give the numbers of the shot for a report."""
        return {
            "shot": self.shot_id,
            "traces": int(np.isfinite(self.observed).sum()),
            "silent": int(np.isnan(self.observed).sum()),
            **pooled([self]),
        }


def residuals_of(
    shot_id: int,
    observed: NDArray[np.float32],
    modelled: NDArray[np.float32],
    interval_s: float,
    largest_shift_s: float,
) -> Residuals:
    """Compare the traces (receivers, samples) of a shot [Pa]."""
    d, p = (np.asarray(traces, np.float64) for traces in (observed, modelled))
    seen, made, apart = ((x**2).sum(axis=1) for x in (d, p, p - d))
    silent = (seen == 0.0) | (made == 0.0)
    for values in (seen, made, apart):
        values[silent] = np.nan
    shift, likeness = _shifts(d, p, interval_s, largest_shift_s)
    shift[silent] = np.nan
    likeness /= np.sqrt(seen * made)
    return Residuals(shot_id, seen, made, apart, shift, likeness)


def _shifts(d: Values, p: Values, interval_s: float, most_s: float) -> list[Values]:
    """Shift of the largest cross-correlation of every trace, and its value."""
    samples = d.shape[1]
    most = max(1, min(int(most_s / interval_s + 1e-6), samples - 1))
    n = next_fast_len(samples + most + 1, real=True)
    product = np.conj(rfft(d, n, axis=1)) * rfft(p, n, axis=1)
    around = irfft(product, n, axis=1)
    lags = np.concatenate([around[:, n - most :], around[:, : most + 1]], axis=1)
    times = interval_s * np.arange(-most, most + 1.0)
    at = lags.argmax(axis=1)
    shift = np.array([refined(times, y, int(k)) for y, k in zip(lags, at, strict=True)])
    return [shift, lags[np.arange(len(at)), at]]


def pooled(parts: list[Residuals]) -> dict[str, float | None]:
    """Numbers of several shots together; None where every trace is silent."""
    observed, modelled, difference, shift, likeness = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("observed", "modelled", "difference", "shift_s", "likeness")
    )
    live = np.isfinite(observed)
    if not live.any():
        return dict.fromkeys(("rms_ratio", "residual", "time_shift_s", "likeness"))
    total = float(observed[live].sum())
    return {
        "rms_ratio": float(np.sqrt(modelled[live].sum() / total)),
        "residual": float(np.sqrt(difference[live].sum() / total)),
        "time_shift_s": float(np.median(shift[live])),
        "likeness": float(np.median(likeness[live])),
    }
