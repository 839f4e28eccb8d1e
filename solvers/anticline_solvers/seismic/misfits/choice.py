"""A misfit by its name, and its settings from a component's parameters."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from anticline_solvers.seismic.misfits import (
    adaptive_matching_filter,
    declaration,
    envelope,
    least_squares,
    normalised_correlation,
    transport,
    travel_time,
)
from anticline_solvers.seismic.misfits.evaluated import Evaluated, PerTrace, Traces
from anticline_solvers.seismic.misfits.silence import hushed

Evaluate = Callable[..., tuple[PerTrace, Traces]]

FUNCTIONS: dict[str, Evaluate] = {
    declaration.LEAST_SQUARES: least_squares.evaluate,
    declaration.NORMALISED_CORRELATION: normalised_correlation.evaluate,
    declaration.ENVELOPE: envelope.evaluate,
    declaration.TRANSPORT: transport.evaluate,
    declaration.TRAVEL_TIME: travel_time.evaluate,
    declaration.REVERSE: adaptive_matching_filter.reverse,
    declaration.FORWARD: adaptive_matching_filter.forward,
}

OF_SHAPES = frozenset(
    {
        declaration.NORMALISED_CORRELATION,
        declaration.TRANSPORT,
        declaration.TRAVEL_TIME,
        declaration.REVERSE,
        declaration.FORWARD,
    }
)
"""Misfits that no amplitude reaches, and that have nothing to say of silent traces."""

BLOCK_SAMPLES = 2**16
"""Traces are taken in blocks of about so many samples: what a cache holds, so that
neither memory nor its speed bound the gathers."""

_MATCHING = {
    "floor": "matching_filter_floor",
    "floor_of": "matching_filter_floor_of",
}
SETTINGS: dict[str, dict[str, str]] = {
    declaration.ENVELOPE: {"power": "envelope_power", "floor": "envelope_floor"},
    declaration.TRANSPORT: {"sharpness": "transport_sharpness"},
    declaration.TRAVEL_TIME: {"longest_s": "travel_time_longest_s"},
    declaration.REVERSE: _MATCHING,
    declaration.FORWARD: _MATCHING,
}
"""Of each misfit: its settings, and the parameters they come from."""


def settings(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Give the settings of the misfit that a case's parameters name.

    parameters : holds every name of MISFIT_PARAMETERS.
    """
    taken = SETTINGS.get(parameters["misfit"], {})
    return {name: parameters[source] for name, source in taken.items()}


def misfit(
    name: str,
    observed: ArrayLike,
    predicted: ArrayLike,
    interval_s: float,
    weights: ArrayLike | None = None,
    **settings: Any,
) -> Evaluated:
    """Evaluate a misfit of a gather, and its derivative by the predicted traces.

    name : one of MISFITS.
    observed, predicted : (n_receivers, n_samples), float32 or float64, finite; all
        arithmetic is in float64.
    interval_s : of the samples [s].
    weights : (n_receivers,), at least 0; each multiplies its trace's misfit.
    settings : those of the misfit's own function.

    Memory: about 20 arrays of a block, and those given and returned.

    Raises KeyError for a name that is none, ValueError for shapes that differ, for
    samples that are not finite and for weights that are negative or not finite.
    """
    evaluate = FUNCTIONS[name]
    d, p = np.asarray(observed, np.float64), np.asarray(predicted, np.float64)
    if d.ndim != 2 or d.shape != p.shape:
        msg = f"observed {d.shape} and predicted {p.shape}: one shape (n, m) is needed"
        raise ValueError(msg)
    _insist_finite("observed", d)
    _insist_finite("predicted", p)
    if name in OF_SHAPES:
        d, p = hushed(d), hushed(p)
    per_trace, adjoint = np.zeros(len(d)), np.zeros(d.shape)
    for block in blocks(d.shape):
        per_trace[block], adjoint[block] = evaluate(
            d[block], p[block], interval_s, **settings
        )
    if weights is not None:
        each = _checked(weights, len(d))
        per_trace *= each
        adjoint *= each[:, None]
    return Evaluated(math.fsum(per_trace), per_trace, adjoint)


def blocks(shape: tuple[int, int]) -> Iterator[slice]:
    """Split a gather's traces into blocks of at most BLOCK_SAMPLES, or of one."""
    size = max(1, BLOCK_SAMPLES // max(1, shape[1]))
    for first in range(0, shape[0], size):
        yield slice(first, first + size)


def _insist_finite(what: str, traces: Traces) -> None:
    """Raise ValueError that names the first trace with a sample that is not finite."""
    bad = ~np.isfinite(traces).all(axis=-1)
    if bad.any():
        msg = f"{what}: trace {int(bad.argmax())} holds samples that are not finite"
        raise ValueError(msg)


def _checked(weights: ArrayLike, n: int) -> PerTrace:
    each = np.asarray(weights, np.float64)
    if each.shape != (n,) or not ((each >= 0.0) & np.isfinite(each)).all():
        msg = f"weights {each.shape}: {n} finite numbers of at least 0 are needed"
        raise ValueError(msg)
    return each
