"""A picture of an image above its reference, with equal scales."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from anticline_solvers.domain.grid import Grid

CLIP_PERCENTILE = 99.0
WIDTH_IN = 9.0


def draw_pair(
    image: NDArray[np.floating[Any]],
    reference: NDArray[np.floating[Any]],
    grid: Grid,
    report: dict[str, Any],
    out: Path,
) -> None:
    """Draw both; in 3-D the plane through the middle of y. ``out`` is a PNG file.

    report : of `seismic.compare`.
    """
    each_in = min(max(WIDTH_IN * grid.extent_m[-1] / grid.extent_m[0], 1.5), 6.0)
    figure = Figure(figsize=(WIDTH_IN, 2.0 * each_in + 1.0), layout="constrained")
    x0, z0 = grid.origin_m[0], grid.origin_m[-1]
    extent = (x0, x0 + grid.extent_m[0], z0 + grid.extent_m[-1], z0)
    titles = (f"image, correlation {report['correlation']:.3f}", "reference")
    frames = figure.subplots(2, 1, sharex=True, squeeze=False)[:, 0]
    for frame, values, title in zip(frames, (image, reference), titles, strict=True):
        plane = values if values.ndim == 2 else values[:, values.shape[1] // 2]
        most = float(np.percentile(np.abs(plane), CLIP_PERCENTILE)) or 1.0
        frame.imshow(plane.T, extent=extent, cmap="gray", vmin=-most, vmax=most)
        frame.set(title=title, ylabel="depth [m]")
    frames[-1].set_xlabel("x [m]")
    FigureCanvasAgg(figure)
    part = out.with_name(out.stem + ".part" + out.suffix)
    figure.savefig(part, dpi=150)
    part.replace(out)
