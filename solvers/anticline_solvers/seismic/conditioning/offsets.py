"""Weights of traces by their offset, (n_receivers,)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from anticline_solvers.seismic.acquisition.mute import rise
from anticline_solvers.seismic.conditioning.operators import Weights


def offset_window(
    offsets_m: ArrayLike, from_m: float | None, to_m: float | None, taper_m: float
) -> Weights:
    """Weigh traces 0 outside of a window, 1 a taper inside of it.

    The ends belong to the window; with a taper their weight is 0.
    """
    h = np.asarray(offsets_m, np.float64)
    weights = np.ones_like(h)
    if from_m is not None:
        weights *= rise(h - from_m, taper_m)
    if to_m is not None:
        weights *= rise(to_m - h, taper_m)
    return weights


def offset_power(offsets_m: ArrayLike, power: float, from_m: float) -> Weights:
    """Weigh traces by (offset / from_m)^power; those nearer than from_m by 1."""
    h = np.asarray(offsets_m, np.float64)
    return np.asarray((np.maximum(h, from_m) / from_m) ** power)
