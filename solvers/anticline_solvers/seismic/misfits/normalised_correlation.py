"""Normalised cross-correlation at no lag.

    f = 1 - <u, v>,   u = p/|p|,  v = d/|d|          s = (u <u, v> - v) / |p|

f = 1/2 |u - v|^2: it is least squares between traces of norm 1, blind to the
amplitude of each, and hence to an unknown source strength, to coupling and to
spreading, and sees their phases. 0 for traces that are alike, 1 for unrelated ones,
2 for opposite ones. It skips cycles as least squares does.

Where the observed trace is silent, f = 0; where only the predicted one is, f = 1;
s = 0 in both.

Y. Choi and T. Alkhalifah (2012), Application of multi-source waveform inversion to
marine streamer data using the global correlation norm. Geophysical Prospecting 60,
748-758. doi:10.1111/j.1365-2478.2012.01079.x
"""

from __future__ import annotations

import numpy as np

from anticline_solvers.seismic.misfits.evaluated import PerTrace, Traces
from anticline_solvers.seismic.misfits.silence import through_norm, unit_traces


def evaluate(
    observed: Traces, predicted: Traces, interval_s: float
) -> tuple[PerTrace, Traces]:
    """Give 1 minus the correlation of each trace, and its derivative [1/Pa].

    f is computed as 1/2 |u - v|^2, which loses no digits where u is near v.
    """
    v, loudness = unit_traces(observed)
    u, norm = unit_traces(predicted)
    there = (loudness > 0.0).astype(np.float64)
    apart = 0.5 * ((u - v) ** 2).sum(axis=-1)
    alone = (norm == 0.0) & (loudness > 0.0)
    per_trace = np.where(alone, 1.0, there * apart)
    return per_trace, through_norm(-there[:, None] * v, u, norm)
