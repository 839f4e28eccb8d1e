"""Optimal transport: the squared 2-Wasserstein distance of traces made into masses.

    x(p) = p |d| / (|p| max|d|)            amplitude of a trace is left out
    m(p) = log(1 + exp(b x(p))) / sum      a positive mass 1, spread over the samples
    f = 1/2 sum_k m_k (t_k - G^-1(F_k))^2  [s^2]

over the edges t_k of samples, where F_k is the mass of p before t_k, m_k the mean of
both sides, and G^-1 the time before which the mass of d is as large: on a line, G^-1 F
is the cheapest way to carry the one mass to the other, and f half the mean squared
distance. Moving a mass by tau gives tau^2 / 2: f is convex in a shift, where least
squares is so for half a period. Softplus keeps the sign: peaks weigh much, troughs
little. A smaller sharpness b makes it linear: the mass of the silent record then hides
the signal's, and convexity goes. A larger one looks at the highest peaks alone.
docs/decisions/0030-transport-of-masses.md tells how b and this form were chosen.

G^-1 has a continuous derivative, so f has one too, and s is exact.

B. Engquist and B. D. Froese (2014), Application of the Wasserstein metric to seismic
signals. Communications in Mathematical Sciences 12, 979-988.
doi:10.4310/CMS.2014.v12.n5.a7
Y. Yang, B. Engquist, J. Sun and B. F. Hamfeldt (2018), Application of optimal transport
and the quadratic Wasserstein metric to full-waveform inversion. Geophysics 83,
R43-R62. doi:10.1190/geo2016-0663.1
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from anticline_solvers.seismic.misfits.evaluated import PerTrace, Traces
from anticline_solvers.seismic.misfits.silence import over, through_norm, unit_traces


def evaluate(
    observed: Traces, predicted: Traces, interval_s: float, sharpness: float = 3.0
) -> tuple[PerTrace, Traces]:
    """Give half the squared distance of each trace [s^2], and its derivative."""
    v, loudness = unit_traces(observed)
    u, norm = unit_traces(predicted)
    heard = (loudness > 0.0) & (norm > 0.0)
    steepness = sharpness * over(np.ones_like(norm), np.abs(v).max(axis=-1))[:, None]
    target, _ = masses(steepness * v)
    mass, total = masses(steepness * u)
    per_trace, by_mass = distance(mass, target, interval_s)
    mean = (by_mass * mass).sum(axis=-1, keepdims=True)
    by_unit = steepness * expit(steepness * u) * (by_mass - mean) / total
    return heard * per_trace, heard[:, None] * through_norm(by_unit, u, norm)


def masses(values: Traces) -> tuple[Traces, Traces]:
    """Give softplus of each value over its sum along the trace, and that sum."""
    positive = np.logaddexp(0.0, values)
    total = positive.sum(axis=-1, keepdims=True)
    return positive / total, total


def distance(
    mass: Traces, target: Traces, interval_s: float
) -> tuple[PerTrace, Traces]:
    """Half the squared distance of two masses [s^2], and its derivative by the first.

    mass, target : positive, (n_receivers, n_samples), each trace of sum 1.
    """
    below = np.cumsum(mass, axis=-1)[:, :-1]  # of every inner edge
    reached, rate = quantiles(below, target)
    carried = interval_s * (np.arange(1, mass.shape[-1]) - reached)
    each = 0.5 * (mass[:, 1:] + mass[:, :-1])
    per_trace = 0.5 * (each * carried**2).sum(axis=-1)
    slope = -interval_s * each * carried * rate
    later = np.cumsum(slope[:, ::-1], axis=-1)[:, ::-1]
    by_mass = np.zeros_like(mass)
    by_mass[:, :-1] += 0.25 * carried**2 + later
    by_mass[:, 1:] += 0.25 * carried**2
    return per_trace, by_mass


def quantiles(levels: Traces, target: Traces) -> tuple[Traces, Traces]:
    """Give where a mass reaches given levels, in samples, and its derivative by them.

    levels : rising from 0 to 1 along each row. Between the edges of samples a cubic is
    taken whose rates there are one over the mean of the neighbouring masses: it rises
    everywhere, its rates being at most twice the sample's own.
    """
    edge = np.cumsum(target, axis=-1)
    cell = cells_of(levels, edge)
    joint = 0.5 * (target[:, 1:] + target[:, :-1])
    left = target / np.concatenate([target[:, :1], joint], axis=-1)
    right = target / np.concatenate([joint, target[:, -1:]], axis=-1)
    height, a, b, top = (
        np.take_along_axis(of_cell, cell, axis=-1)
        for of_cell in (target, left, right, edge)
    )
    x = np.clip((levels - (top - height)) / height, 0.0, 1.0)
    reached = cell + x * (a + x * (3.0 - 2.0 * a - b + x * (a + b - 2.0)))
    rate = a + x * (2.0 * (3.0 - 2.0 * a - b) + 3.0 * x * (a + b - 2.0))
    return reached, rate / height


def cells_of(values: Traces, edges: Traces) -> NDArray[np.intp]:
    """Find for each value the first cell whose upper edge is above it, row by row.

    Both rise along a row from 0 to 1; rows are searched as one, each lifted by its
    number. Where rounding misses by a cell, the value is on the edge of both.
    """
    rows, n = edges.shape
    lift = np.arange(rows, dtype=np.float64)[:, None]
    found = np.searchsorted((edges + lift).ravel(), (values + lift).ravel(), "right")
    cells = found.reshape(values.shape) - n * np.arange(rows)[:, None]
    return np.asarray(np.clip(cells, 0, n - 1))
