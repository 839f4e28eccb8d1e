"""The fold map: how many traces have their midpoint in each bin."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from anticline_solvers.formats.geometry import Frame
from anticline_solvers.segy.extents import Extents, Piece

MOST_BINS = 10_000
MOST_AREA = 4_000_000
DPI = 150


@dataclass(frozen=True, eq=False)
class Fold:
    """Traces counted by bins of a frame.

    counts : int64 (nx, ny). first_m : local position of the first bin's edge.
    """

    counts: NDArray[np.int64]
    bin_m: float
    first_m: tuple[float, float]
    frame: Frame


def fold_of(
    pieces: Iterable[Piece],
    extents: Extents,
    bin_m: float | None,
    azimuth_deg: float | None,
) -> Fold:
    """Count midpoints, along a direction and across it.

    extents : of the same traces. azimuth_deg : of the direction; None: east. bin_m :
    left out, half the receiver distance; at most MOST_BINS bins an axis and
    MOST_AREA in all.
    The outermost midpoints lie in the middle of their bins.
    """
    low, high = extents.low[6:], extents.high[6:]
    frame = Frame(
        float(low[0]), float(low[1]), 90.0 if azimuth_deg is None else azimuth_deg
    )
    corners = np.array([[x, y] for x in (low[0], high[0]) for y in (low[1], high[1])])
    local = frame.to_local(corners)
    first, size = local.min(axis=0), np.ptp(local, axis=0)
    wanted = bin_m or 0.5 * (extents.spacing_m or 2.0 * size.max() / 100) or 1.0
    area = float(size[0] * size[1])
    step = max(wanted, size.max() / (MOST_BINS - 1), math.sqrt(area / MOST_AREA))
    first -= 0.5 * step
    shape = tuple(int(n) for n in np.floor(size / step + 0.5) + 1)
    counts = np.zeros(shape, np.int64)
    for piece in pieces:
        cells = np.floor((frame.to_local(piece.middle) - first) / step).astype(int)
        cells = np.clip(cells, 0, np.array(shape) - 1)
        np.add.at(counts, (cells[:, 0], cells[:, 1]), 1)
    return _trimmed(Fold(counts, step, (float(first[0]), float(first[1])), frame))


def _trimmed(fold: Fold) -> Fold:
    """Cut empty bins off the sides."""
    x, y = (np.flatnonzero(fold.counts.any(axis=axis)) for axis in (1, 0))
    counts = fold.counts[x[0] : x[-1] + 1, y[0] : y[-1] + 1]
    first = tuple(
        a + fold.bin_m * int(cut[0])
        for a, cut in zip(fold.first_m, (x, y), strict=True)
    )
    return Fold(counts, fold.bin_m, (first[0], first[1]), fold.frame)


def draw(fold: Fold, title: str, path: Path) -> Path:
    """Write the map as a PNG: a curve where the survey is a line."""
    figure = Figure(figsize=(8.0, 5.0), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    nx, ny = fold.counts.shape
    x = (fold.first_m[0] + fold.bin_m * np.arange(nx + 1)) / 1000.0
    azimuth = fold.frame.azimuth_deg
    axes.set_xlabel(f"distance along {azimuth:.1f} degrees [km]")
    if ny == 1:
        axes.stairs(fold.counts[:, 0], x, fill=True)
        axes.set_ylabel("fold")
    else:
        y = (fold.first_m[1] + fold.bin_m * np.arange(ny + 1)) / 1000.0
        shown = axes.pcolormesh(x, y, fold.counts.T, cmap="viridis", vmin=0)
        axes.set_aspect("equal", adjustable="datalim")
        axes.set_ylabel(f"distance along {(azimuth + 90.0) % 360.0:.1f} degrees [km]")
        figure.colorbar(shown, ax=axes, label="fold")
    axes.set_title(f"{title}: fold in bins of {fold.bin_m:.4g} m", fontsize=10)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=DPI)
    return path
