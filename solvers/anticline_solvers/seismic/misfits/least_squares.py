"""Least squares.

    f = 1/2 |p - d|^2          s = p - d

The misfit of Gaussian noise, and the sharpest near the solution. As a function of a
time shift it has a minimum a period: beyond half a period the inversion goes to the
wrong one (cycle skipping).

A. Tarantola (1984), Inversion of seismic reflection data in the acoustic
approximation. Geophysics 49, 1259-1266. doi:10.1190/1.1441754
"""

from __future__ import annotations

from anticline_solvers.seismic.misfits.evaluated import PerTrace, Traces


def evaluate(
    observed: Traces, predicted: Traces, interval_s: float
) -> tuple[PerTrace, Traces]:
    """Give half the squared difference of each trace [Pa^2], and the difference."""
    residual = predicted - observed
    return 0.5 * (residual**2).sum(axis=-1), residual
