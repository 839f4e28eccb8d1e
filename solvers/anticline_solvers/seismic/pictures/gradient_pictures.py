"""A gradient above its illumination, as one picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats import gradient, model
from anticline_solvers.seismic.pictures.drawing import percentile, save
from anticline_solvers.seismic.pictures.figures import (
    PANEL_IN,
    draw_section,
    position,
    size_of,
)
from anticline_solvers.seismic.pictures.sections import (
    Section,
    exaggeration,
    sections,
)

LIGHT_COLOURS = "magma"


def draw_gradient(
    path: Path,
    out: Path,
    *,
    clip: str = "98",
    colours: str = "seismic",
    at: str = "",
) -> list[Path]:
    """Draw both; `at` is x,y,z [m] of the slices in 3-D."""
    grid, measured = model.read_grid(path), gradient.read_measured(path)
    where, ends = position(at, grid), percentile(clip)
    found = [sections(path, grid, name, where) for name in gradient.FIELDS]
    figure = _figure(found[0], grid)
    rows = figure.subplots(2, len(found[0]), squeeze=False)
    stretch = exaggeration(grid)
    for name, frames, planes in zip(gradient.FIELDS, rows, found, strict=True):
        most = _most(planes, ends)
        signed = name == gradient.GRADIENT
        limits = (-most if signed else 0.0, most)
        colour = colours if signed else LIGHT_COLOURS
        for frame, plane in zip(frames, planes, strict=True):
            ratio = stretch if plane.down == "z" else 1
            shown = draw_section(frame, plane, limits, colour, None, ratio)
        label = f"misfit by {measured.parameter}" if signed else name
        figure.colorbar(shown, ax=list(frames), label=label, shrink=0.9, pad=0.02)
    told = f", vertical exaggeration {stretch:g}" if stretch != 1 else ""
    figure.suptitle(
        f"{path.name}: {measured.measure} {measured.misfit:.4g}, "
        f"{len(measured.misfits)} shots, {size_of(grid)}{told}",
        fontsize="medium",
    )
    return [save(figure, out, path, "")]


def _figure(planes: list[Section], grid: Grid) -> Figure:
    """Make a figure with two rows of these planes, in proportion."""
    width = (1.0 if len(planes) == 1 else 1.6) * PANEL_IN
    scale = width / sum(plane.width_m for plane in planes)
    stretch = exaggeration(grid)
    tallest = max(
        plane.height_m * (stretch if plane.down == "z" else 1) for plane in planes
    )
    return Figure(
        figsize=(width + 1.8, 2 * min(5.0, scale * tallest) + 1.4),
        layout="constrained",
    )


def _most(planes: list[Section], ends: float) -> float:
    """Give the percentile of the sizes of all cells that are not zero; 1 for none."""
    sizes = np.concatenate([np.abs(plane.values).ravel() for plane in planes])
    some = sizes[sizes > 0.0]
    return float(np.percentile(some, ends)) if some.size else 1.0
