"""Tapers: over a trace's time, and over an image's depth.

Every taper is a raised cosine between 0 (silent) and 1 (untouched).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Weights = NDArray[np.float64]


def rise(distance: ArrayLike, length: float) -> Weights:
    """0 up to distance 0, 1 from ``length`` on, a raised cosine between.

    ``length`` 0 is a step: 1 from distance 0 on.
    """
    away = np.asarray(distance, np.float64)
    if length <= 0.0:
        return np.where(away >= 0.0, 1.0, 0.0)
    share = np.clip(away, 0.0, length) / length
    return 0.5 - 0.5 * np.cos(np.pi * share)


def top_mute(
    offsets_m: ArrayLike,
    n_samples: int,
    interval_s: float,
    velocity_m_s: float,
    delay_s: float,
    taper_s: float,
) -> Weights:
    """Silence what arrives before the direct wave has passed.

    offsets_m : (n,) distance of source and receiver [m].
    delay_s : duration of the wavelet, so that the mute ends at
        offset / velocity + delay; the taper follows.

    Returns float64 (n, n_samples), to be multiplied with the traces.
    """
    time_s = interval_s * np.arange(n_samples)
    passed_s = np.asarray(offsets_m, np.float64) / velocity_m_s + delay_s
    return rise(time_s[None, :] - passed_s[:, None], taper_s)


def end_taper(n_samples: int, interval_s: float, taper_s: float) -> Weights:
    """Fade a trace out over its last ``taper_s``; (n_samples,), last value 0."""
    left_s = interval_s * np.arange(n_samples - 1, -1, -1)
    return rise(left_s, taper_s)


def depth_mute(
    depths_m: ArrayLike, floor_m: ArrayLike, taper_m: float
) -> NDArray[np.float32]:
    """Silence an image above a depth that may vary along the surface.

    depths_m : (nz,) depth of the cells [m].
    floor_m : depth down to which the image is silent, any shape [m].

    Returns float32, the shape of ``floor_m`` and nz.
    """
    below_m = np.asarray(depths_m, np.float64) - np.asarray(floor_m)[..., None]
    return rise(below_m, taper_m).astype(np.float32)


def water_bottom_m(
    velocity: NDArray[np.float32], depths_m: ArrayLike, fastest_water_m_s: float
) -> Weights:
    """Depth of the first cell in each column faster than water [m].

    velocity : (nx [, ny], nz) [m/s]. A column of water alone gives its last depth.
    """
    rock = velocity > fastest_water_m_s
    first = np.where(rock.any(axis=-1), rock.argmax(axis=-1), velocity.shape[-1] - 1)
    bottom: Weights = np.asarray(depths_m, np.float64)[first]
    return bottom
