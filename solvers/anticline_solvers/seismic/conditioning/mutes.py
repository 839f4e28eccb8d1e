"""Mutes by offset and time: before an arrival, and after one.

An arrival at offset h is at t = h / velocity + delay.

    top      0 until then, rises after it over the taper    no first breaks, direct wave
    bottom   falls before it over the taper, 0 from then on  nothing but early arrivals

so that neither lets a sample of what it silences through.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from anticline_solvers.seismic.acquisition.mute import rise, top_mute
from anticline_solvers.seismic.conditioning.operators import Diagonal


def top(
    offsets_m: ArrayLike,
    n_samples: int,
    interval_s: float,
    velocity_m_s: float,
    delay_s: float,
    taper_s: float,
) -> Diagonal:
    """Silence what is before an arrival; factors (n_receivers, n_samples)."""
    return Diagonal(
        top_mute(offsets_m, n_samples, interval_s, velocity_m_s, delay_s, taper_s)
    )


def bottom(
    offsets_m: ArrayLike,
    n_samples: int,
    interval_s: float,
    velocity_m_s: float,
    delay_s: float,
    taper_s: float,
) -> Diagonal:
    """Silence what is after an arrival; factors (n_receivers, n_samples)."""
    end_s = np.asarray(offsets_m, np.float64) / velocity_m_s + delay_s
    time_s = interval_s * np.arange(n_samples)
    return Diagonal(rise(end_s[:, None] - time_s[None, :], taper_s))
