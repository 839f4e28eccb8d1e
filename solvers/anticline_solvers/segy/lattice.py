"""The regular grid behind the map positions of stacked traces.

A line (2-D) lies along the main axis of its positions, +x towards the later traces. In
3-D positions are linear in inline and crossline,

    (easting, northing) = c + i a + j b

fitted by least squares; +x is along a or b, whichever has the other 90 degrees
clockwise from it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.formats.geometry import Frame

SQUARE = 0.02
"""Largest cosine between inline and crossline directions that counts as 90 degrees."""

Positions = NDArray[np.float64]


@dataclass(frozen=True)
class Lattice:
    """A frame and the distances of columns along its axes [m]; () where unknown."""

    frame: Frame
    spacing_m: tuple[float, ...]


def line_of(positions_m: Positions) -> Lattice:
    """Fit a line to positions (n, 2) [m], its local (0, 0) at the first column.

    Raises ValueError where all positions are one.
    """
    middle = positions_m.mean(axis=0)
    _, size, axes = np.linalg.svd(positions_m - middle, full_matrices=False)
    if not size[0] > 0.0:
        msg = "all traces are at one place"
        raise ValueError(msg)
    along = axes[0]
    if (positions_m[-1] - positions_m[0]) @ along < 0.0:
        along = -along
    distance = np.sort((positions_m - middle) @ along)
    start = middle + distance[0] * along
    return Lattice(_frame(start, along), (_spacing(distance),))


def _spacing(distance: Positions) -> float:
    """Fit the step of sorted positions on a line, gaps and twins among them."""
    steps = np.diff(distance)
    step = float(np.median(steps[steps > 1e-3 * steps.max()]))
    number = np.rint((distance - distance[0]) / step)
    return rounded(float(np.polyfit(number, distance, 1)[0]), int(number[-1]))


def rounded(step_m: float, count: int) -> float:
    """Round a fitted step to whole millimetres where that moves nothing by a tenth."""
    whole = round(step_m, 3)
    return whole if abs(whole - step_m) * count < 0.1 * step_m else step_m


def plane_of(
    positions_m: Positions, inline: NDArray[np.integer], crossline: NDArray[np.integer]
) -> Lattice:
    """Fit a lattice to positions (n, 2) [m] by inline and crossline numbers.

    Raises ValueError where the numbers do not span a plane or its axes are not square.
    """
    i, j = inline - inline.min(), crossline - crossline.min()
    if not (i.any() and j.any()):
        msg = "inline (byte 189) or crossline (byte 193) does not vary"
        raise ValueError(msg)
    terms = np.column_stack([np.ones(i.size), i, j])
    solution, _, rank, _ = np.linalg.lstsq(terms, positions_m, rcond=None)
    if rank < 3:
        msg = "inlines and crosslines (bytes 189, 193) lie on one line"
        raise ValueError(msg)
    start, a, b = solution
    lengths = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    if min(lengths) == 0.0 or abs(a @ b) > SQUARE * lengths[0] * lengths[1]:
        msg = "inlines and crosslines are not square to each other on the map"
        raise ValueError(msg)
    steps = tuple(
        rounded(_step(n) * length, int(n.max() / _step(n)))
        for n, length in zip((i, j), lengths, strict=True)
    )
    if _clockwise(a, b):
        return Lattice(_frame(start, a), steps)
    return Lattice(_frame(start, b), steps[::-1])


def _step(numbers: NDArray[np.integer]) -> float:
    """Most frequent distance of numbers that are there."""
    values, counts = np.unique(np.diff(np.unique(numbers)), return_counts=True)
    return float(values[np.argmax(counts)])


def _clockwise(a: Positions, b: Positions) -> bool:
    """Tell whether b lies clockwise of a, both easting and northing."""
    return bool(a[0] * b[1] - a[1] * b[0] < 0.0)


def _frame(start: Positions, along: Positions) -> Frame:
    azimuth = math.degrees(math.atan2(along[0], along[1])) % 360.0
    return Frame(float(start[0]), float(start[1]), azimuth)
