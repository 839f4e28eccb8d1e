"""Trace headers in SI units: scalars applied, places and times as they are meant.

    x, y      stored * s where the scalar s (byte 71) is positive, stored / |s| where
              it is negative, as stored where it is 0
    depth     of a receiver, datum - elevation; of a source, datum - surface elevation
              + depth below it; the scalar is that of byte 69
    delay     of the first sample (byte 109), a thousandth of a second or of a
              kilometre, its scalar that of byte 215

Feet (byte 3255 is 2) are turned into metres.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.integer]
Numbers = NDArray[np.float64]
Columns = Mapping[str, Column]

SOURCE = ("source_x", "source_y", "source_elevation", "source_depth")
RECEIVER = ("receiver_x", "receiver_y", "receiver_elevation")
SCALARS = ("coordinate_scalar", "elevation_scalar")
PLACES = (*SOURCE, *RECEIVER, *SCALARS)
TIMES = ("delay_time", "time_scalar")
STANDARD_SCALARS = (0, 1, 10, 100, 1000, 10000)


@dataclass(frozen=True, eq=False)
class Places:
    """Where traces were shot and recorded.

    source, receiver : float64 (n, 3): easting, northing, depth below the datum [m].
    """

    source: Numbers
    receiver: Numbers


def scaled(values: Column, scalars: Column) -> Numbers:
    """Apply scalars to stored integers, entry by entry."""
    factor = scalars.astype(np.float64)
    size = np.where(factor == 0.0, 1.0, np.abs(factor))
    numbers = values.astype(np.float64)
    return np.where(factor < 0.0, numbers / size, numbers * size)


def places(columns: Columns, length_unit_m: float, datum_m: float = 0.0) -> Places:
    """Give positions of traces.

    columns : the fields PLACES, integers (n,) each.
    datum_m : elevation of depth 0.
    """

    def length(name: str, scalar: str) -> Numbers:
        return length_unit_m * scaled(columns[name], columns[scalar])

    flat, up = SCALARS
    x, y, elevation, below = SOURCE
    source_z = datum_m - length(elevation, up) + length(below, up)
    source = np.stack([length(x, flat), length(y, flat), source_z], axis=1)
    x, y, elevation = RECEIVER
    receiver_z = datum_m - length(elevation, up)
    receiver = np.stack([length(x, flat), length(y, flat), receiver_z], axis=1)
    return Places(source, receiver)


def bins(columns: Columns, length_unit_m: float) -> Numbers:
    """Give CDP_X and CDP_Y of traces, float64 (n, 2): easting, northing [m]."""
    scalar = columns["coordinate_scalar"]
    return length_unit_m * np.stack(
        [scaled(columns[name], scalar) for name in ("cdp_x", "cdp_y")], axis=1
    )


def delays(columns: Columns) -> Numbers:
    """Give the delay of the first sample, float64 (n,) [s or km]."""
    return scaled(columns["delay_time"], columns["time_scalar"]) / 1000.0
