"""Traces that hold nothing, which no misfit of shapes can compare."""

from __future__ import annotations

import numpy as np

from anticline_solvers.seismic.misfits.evaluated import PerTrace, Traces

QUIET = 1e-9
"""A trace whose peak is below this share (-180 dB) of its gather's is silent."""


def hushed(traces: Traces) -> Traces:
    """Give the gather with its silent traces exactly zero; a copy where there are any.

    What is left where a mute has taken all is rounding; normalised to 1, it would be
    as loud as any trace.
    """
    peak = np.abs(traces).max(axis=-1, initial=0.0)
    silent = peak <= QUIET * peak.max(initial=0.0)
    if not silent.any():
        return traces
    return np.where(silent[:, None], 0.0, traces)


def over(values: PerTrace, divisor: PerTrace) -> PerTrace:
    """Divide, and give 0 where the divisor is 0."""
    return np.divide(values, divisor, out=np.zeros_like(values), where=divisor != 0.0)


def unit_traces(traces: Traces) -> tuple[Traces, PerTrace]:
    """Give each trace divided by its norm, and the norms; those of zeros are 0.

    Taken over the peak first, so that no square over- or underflows.
    """
    peak = np.abs(traces).max(axis=-1, initial=0.0)
    scaled = over(traces, np.broadcast_to(peak[:, None], traces.shape))
    norm = np.linalg.norm(scaled, axis=-1)
    unit = over(scaled, np.broadcast_to(norm[:, None], traces.shape))
    return unit, peak * norm


def through_norm(adjoint: Traces, unit: Traces, norm: PerTrace) -> Traces:
    """Take a derivative with respect to unit traces back to the traces.

    d(p/|p|) = (dp - u <u, dp>) / |p|, which is symmetric; 0 for silent traces.
    """
    along = (adjoint * unit).sum(axis=-1, keepdims=True)
    away = adjoint - along * unit
    return over(away, np.broadcast_to(norm[:, None], away.shape))
