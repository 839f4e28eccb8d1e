"""Where an image is lit, and how well its gathers are focused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.formats.image import datasets_of
from anticline_solvers.formats.image_gathers import GatherAxes

LIGHTS = ("illumination", "receiver_illumination")
DARK_DB = -40.0


def lights_of(path: Path) -> tuple[str, ...]:
    """Name the illuminations that an image file holds."""
    return tuple(name for name in LIGHTS if name in datasets_of(path))


def decibels(light: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Energy relative to the largest [dB], at least -200."""
    most = float(light.max()) or 1.0
    return np.asarray(10.0 * np.log10(np.maximum(light / most, 1e-20)))


def light_numbers(light: NDArray[np.floating[Any]]) -> dict[str, Any]:
    """Give the numbers of an illumination for a report."""
    level = decibels(light)
    return {
        "median_db": float(np.median(level)),
        "below_40_db_share": float((level < DARK_DB).mean()),
        "unlit_share": float((light <= 0.0).mean()),
    }


def focus_m(
    gathers: NDArray[np.floating[Any]], half_offsets_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Root mean square half-offset of each gather's energy [m]; NaN where silent.

    gathers : (image points, half-offsets, depths). Small with the right velocity.
    """
    energy = (np.asarray(gathers, np.float64) ** 2).sum(axis=-1)
    total = energy.sum(axis=-1)
    total[total == 0.0] = np.nan
    return np.asarray(np.sqrt((energy * half_offsets_m**2).sum(axis=-1) / total))


def focus_numbers(axes: GatherAxes, focus: NDArray[np.float64]) -> dict[str, Any]:
    """Give the focusing of every image point for a report."""
    known = focus[np.isfinite(focus)]
    return {
        "half_offset_rms_m": float(np.median(known)) if known.size else None,
        "largest_half_offset_m": float(axes.half_offsets_m[-1]),
        "points": [
            {"at_m": list(axes.position_m(place)), "half_offset_rms_m": float(value)}
            for place, value in zip(axes.places(), focus, strict=True)
            if np.isfinite(value)
        ],
    }
