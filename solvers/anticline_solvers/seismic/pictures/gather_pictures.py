"""Pictures of image gathers: panels side by side, over half-offset or over angle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from anticline.errors import BadInput
from anticline_solvers.formats.image_gathers import (
    GatherAxes,
    read_axes,
    read_image_gathers,
)
from anticline_solvers.seismic.imaging.angles import angle_gather
from anticline_solvers.seismic.pictures.drawing import colour_map, percentile, save

MOST_PANELS = 6
OFFSET, ANGLE = "offset", "angle"
LARGEST_ANGLE = 60


def draw_image_gathers(
    path: Path,
    out: Path,
    *,
    over: str = OFFSET,
    points: str = "",
    clip: str = "99",
    colours: str = "gray",
) -> list[Path]:
    """Draw up to six gathers; `points` are their numbers from 0, "0,4,7".

    over : "offset", or "angle" for their slant stacks.
    """
    if over not in (OFFSET, ANGLE):
        msg = f"option over={over}: offset or angle is needed"
        raise BadInput(msg)
    axes = read_axes(path)
    places = _chosen(points, axes)
    figure = gather_panels(path, axes, places, over, percentile(clip), colours)
    return [save(figure, out, path, "" if over == OFFSET else "_angles")]


def gather_panels(
    path: Path,
    axes: GatherAxes,
    places: list[tuple[int, ...]],
    over: str = OFFSET,
    ends: float = 99.0,
    colours: str = "gray",
) -> Figure:
    """Make the figure of the gathers at some image points, one scale for all."""
    gathers = read_image_gathers(path, places)
    across = axes.half_offsets_m
    label = f"half-offset along {axes.along} [m]"
    if over == ANGLE:
        across, label = np.arange(-LARGEST_ANGLE, LARGEST_ANGLE + 1.0), "angle [deg]"
        step_m = axes.grid.spacing_m[-1]
        gathers = np.stack(
            [angle_gather(g, axes.half_offsets_m, step_m, across) for g in gathers]
        )
    figure = Figure(figsize=(1.6 + 1.75 * len(places), 5.5), layout="constrained")
    frames = figure.subplots(1, len(places), sharey=True, squeeze=False)[0]
    most = float(np.percentile(np.abs(gathers), ends)) or 1.0
    shown: Any = None
    for frame, gather, place in zip(frames, gathers, places, strict=True):
        shown = frame.imshow(
            gather.T,
            extent=_edges(across, axes.depths_m),
            aspect="auto",
            cmap=colour_map(colours),
            vmin=-most,
            vmax=most,
            interpolation="bilinear",
        )
        frame.axvline(0.0, color="tab:red", linewidth=0.6, linestyle="--")
        frame.set_title(_place(axes, place), fontsize="medium")
    frames[0].set_ylabel("depth [m]")
    figure.supxlabel(label, fontsize="medium")
    figure.colorbar(shown, ax=list(frames), label="amplitude", shrink=0.8)
    shots = f", {len(axes.shots)} shots" if axes.shots else ""
    kind = "half-offset" if over == OFFSET else "angle"
    figure.suptitle(f"{path.name}: {kind} gathers{shots}, clip at {ends:g} %")
    return figure


def _edges(
    across: NDArray[np.float64], depths_m: NDArray[np.float64]
) -> tuple[float, float, float, float]:
    """Left, right, bottom and top, half a sample beyond the outer ones."""
    dx, dz = across[1] - across[0], depths_m[1] - depths_m[0]
    return (
        float(across[0] - dx / 2),
        float(across[-1] + dx / 2),
        float(depths_m[-1] + dz / 2),
        float(depths_m[0] - dz / 2),
    )


def _place(axes: GatherAxes, place: tuple[int, ...]) -> str:
    names = zip(axes.grid.axes, axes.position_m(place), strict=False)
    return ", ".join(f"{name} = {value:g} m" for name, value in names)


def spread_out(axes: GatherAxes, most: int = MOST_PANELS) -> list[tuple[int, ...]]:
    """Give up to ``most`` image points, evenly over all of them."""
    places = axes.places()
    chosen = np.linspace(0, len(places) - 1, min(most, len(places)))
    return [places[round(i)] for i in chosen]


def _chosen(text: str, axes: GatherAxes) -> list[tuple[int, ...]]:
    if not text:
        return spread_out(axes)
    places, words = axes.places(), text.split(",")
    known = [int(w) for w in words if w.strip().isdigit() and int(w) < len(places)]
    if len(known) != len(words) or len(words) > 2 * MOST_PANELS:
        msg = (
            f"option points={text}: up to {2 * MOST_PANELS} numbers from 0 to "
            f"{len(places) - 1}, with commas, are needed"
        )
        raise BadInput(msg)
    return [places[number] for number in known]
