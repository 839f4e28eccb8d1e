"""Envelopes.

    e(p) = sqrt(p^2 + (H p)^2 + c^2)         H: Hilbert transform
    f = 1/2 |e(p)^k - e(d)^k|^2              k = 1 or 2
    s = k (r p - H (r H p)),    r = (e(p)^k - e(d)^k) e(p)^(k-2)

The envelope varies as slowly as the signal's bandwidth is wide, not as fast as its
frequency: it holds low frequencies that the trace lacks, and f grows over several
periods of shift. It is blind to polarity and phase. Start with it, end with another.

k = 1 weighs events as least squares does, and is not smooth where an envelope is 0;
c, a share (`floor`) of the trace's largest observed envelope, makes it so. k = 2 is a
polynomial, needs no c, and gives strong events a weight of amplitude^4.

E. Bozdag, J. Trampert and J. Tromp (2011), Misfit functions for full waveform
inversion based on instantaneous phase and envelope measurements. Geophysical Journal
International 185, 845-870. doi:10.1111/j.1365-246X.2011.04970.x
R.-S. Wu, J. Luo and B. Wu (2014), Seismic envelope inversion and modulation signal
model. Geophysics 79, WA13-WA24. doi:10.1190/geo2013-0294.1
"""

from __future__ import annotations

import numpy as np

from anticline_solvers.seismic.misfits.evaluated import PerTrace, Traces
from anticline_solvers.seismic.misfits.hilbert import hilbert
from anticline_solvers.seismic.misfits.silence import over


def evaluate(
    observed: Traces,
    predicted: Traces,
    interval_s: float,
    power: int = 1,
    floor: float = 1e-2,
) -> tuple[PerTrace, Traces]:
    """Give the misfit of each trace's envelope to ``power`` [Pa^2 or Pa^4]."""
    square_d = observed**2 + hilbert(observed) ** 2
    turned = hilbert(predicted)
    square_p = predicted**2 + turned**2
    if power == 2:
        residual = square_p - square_d
        pull = 2.0 * residual
    else:
        c2 = floor**2 * square_d.max(axis=-1, keepdims=True, initial=0.0)
        size = np.sqrt(square_p + c2)
        residual = size - np.sqrt(square_d + c2)
        pull = over(residual, size)
    adjoint = pull * predicted - hilbert(pull * turned)
    return 0.5 * (residual**2).sum(axis=-1), adjoint
