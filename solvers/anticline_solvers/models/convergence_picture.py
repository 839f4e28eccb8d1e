"""What models.convergence_map draws: the final errors of both ways, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from anticline_solvers.formats.report import write_bytes

SIZE_IN, DPI = (11.0, 4.4), 130
COLOURS = "RdYlGn_r"


def draw(report: Mapping[str, Any], out: Path) -> None:
    """Draw the maps of `convergence_map.report_of` on one colour scale, as PNG.

    The scale has its middle where inversions count as converged.
    """
    figure = Figure(figsize=SIZE_IN, layout="constrained")
    frames = figure.subplots(1, 2)
    ways = ("first", "second")
    for frame, way in zip(frames, ways, strict=True):
        drawn = _map(frame, report, report[way])
    figure.colorbar(drawn, ax=frames, label="relative error of the final model")
    FigureCanvasAgg(figure)
    stream = BytesIO()
    figure.savefig(stream, format="png", dpi=DPI)
    write_bytes(out, stream.getvalue())


def _map(frame: Axes, report: Mapping[str, Any], way: Mapping[str, Any]) -> AxesImage:
    """Draw one map, with its numbers."""
    final, start = np.asarray(way["final"]), np.asarray(report["start"])
    most = 2 * report["converged_error"]
    drawn = frame.imshow(
        final, cmap=COLOURS, vmin=0, vmax=most, aspect="auto", origin="lower"
    )
    for (row, column), value in np.ndenumerate(final):
        text = f"{value:.3f}\nfrom {start[row, column]:.3f}"
        frame.text(column, row, text, ha="center", va="center", fontsize=9)
    shifts, lengths = report["slowness_shift_percent"], report["smoothing_m"]
    frame.set_xticks(range(len(shifts)), [f"{value:g}" for value in shifts])
    frame.set_yticks(range(len(lengths)), [f"{value:g}" for value in lengths])
    frame.set_xlabel("slowness shift of the start [%]")
    frame.set_ylabel("smoothing of the start [m]")
    frame.set_title(f"{way['name']}: {way['converged']} of {final.size}", fontsize=10)
    return drawn
