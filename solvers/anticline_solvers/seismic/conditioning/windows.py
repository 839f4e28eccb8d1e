"""Windows of the record's time, and exponential damping.

Damping by exp(-t / tau) is what a complex frequency is in the frequency domain: early
arrivals first, later ones as tau grows.

C. Shin and Y. H. Cha (2009), Waveform inversion in the Laplace-Fourier domain.
Geophysical Journal International 177, 1067-1079.
doi:10.1111/j.1365-246X.2009.04102.x
"""

from __future__ import annotations

import numpy as np

from anticline_solvers.seismic.acquisition.mute import rise
from anticline_solvers.seismic.conditioning.operators import Diagonal


def window(
    n_samples: int,
    interval_s: float,
    from_s: float | None,
    to_s: float | None,
    taper_s: float,
) -> Diagonal:
    """Silence what is before ``from_s`` and after ``to_s``; factors (1, n_samples).

    The tapers are inside: 0 at both ends, 1 a taper away from them.
    """
    time_s = interval_s * np.arange(n_samples)
    factors = np.ones(n_samples)
    if from_s is not None:
        factors *= rise(time_s - from_s, taper_s)
    if to_s is not None:
        factors *= rise(to_s - time_s, taper_s)
    return Diagonal(factors[None, :])


def decay(n_samples: int, interval_s: float, decay_s: float) -> Diagonal:
    """Damp by exp(-t / decay_s); factors (1, n_samples)."""
    return Diagonal(np.exp(-interval_s * np.arange(n_samples) / decay_s)[None, :])
