"""What models.compare draws: sections on one colour scale, differences, profiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.report import write_bytes

Field = NDArray[np.float32]

WIDTH_IN, DPI = 13.0, 130
PANEL_HEIGHT_IN = (1.2, 3.6)
PROFILES = 3
DIFFERENCE_PERCENTILE = 99.0
COLOURS = {"true": "k", "start": "tab:blue", "model": "tab:red"}


def draw(
    fields: Mapping[str, Field],
    grid: Grid,
    box: tuple[slice, ...],
    report: Mapping[str, Any],
    parameters: Mapping[str, Any],
    out: Path,
) -> None:
    """Draw the models, what they differ from the true one, and profiles, as PNG.

    fields : "true", "start" where there is one, and "model", each float32 of the grid's
        shape [m/s]; in 3-D the plane through the middle of y is drawn. box : the cells
        compared, outlined. report : of `comparison.compare`.
    """
    planes = {name: _plane(values) for name, values in fields.items()}
    rows = len(planes)
    least, most = PANEL_HEIGHT_IN
    high = min(max(0.4 * WIDTH_IN * grid.extent_m[-1] / grid.extent_m[0], least), most)
    figure = Figure(figsize=(WIDTH_IN, high * rows + 4.0), layout="constrained")
    frames = figure.subplots(
        rows + 1, 2, squeeze=False, height_ratios=[*[high] * rows, 3.4]
    )
    low, top = _limits(planes)
    largest = _largest_difference(planes)
    for row, (name, plane) in enumerate(planes.items()):
        _section(frames[row, 0], plane, grid, box, "viridis", (low, top), name)
        if name == "true":
            _errors(frames[row, 1], report)
            continue
        title = f"{name} - true, relative error {report[name]['error']:.4f}"
        limits = (-largest, largest)
        apart = plane - planes["true"]
        _section(frames[row, 1], apart, grid, box, "seismic", limits, title)
    _profiles(figure, frames[rows], planes, grid, _profile_x(parameters, grid, box))
    FigureCanvasAgg(figure)
    stream = BytesIO()
    figure.savefig(stream, format="png", dpi=DPI)
    write_bytes(out, stream.getvalue())


def _plane(values: Field) -> Field:
    return values if values.ndim == 2 else values[:, values.shape[1] // 2]


def _limits(planes: Mapping[str, Field]) -> tuple[float, float]:
    """Colour limits of all models: those of the true one, which they should reach."""
    return float(planes["true"].min()), float(planes["true"].max())


def _largest_difference(planes: Mapping[str, Field]) -> float:
    true = planes["true"]
    apart = [np.abs(plane - true) for name, plane in planes.items() if name != "true"]
    return float(np.percentile(np.stack(apart), DIFFERENCE_PERCENTILE)) or 1.0


def _section(
    frame: Axes,
    plane: Field,
    grid: Grid,
    box: tuple[slice, ...],
    colours: str,
    limits: tuple[float, float],
    title: str,
) -> None:
    """Draw one section with its colour bar, and the box that is compared."""
    x, z = grid.coordinates(0), grid.coordinates(grid.ndim - 1)
    extent = (x[0], x[-1], z[-1], z[0])
    shown = frame.imshow(
        plane.T, extent=extent, cmap=colours, vmin=limits[0], vmax=limits[1]
    )
    frame.set_aspect("auto")
    frame.set(title=title, ylabel="depth [m]")
    across, down = x[box[0]], z[box[-1]]
    left, right, top, bottom = across[0], across[-1], down[0], down[-1]
    frame.plot(
        [left, right, right, left, left],
        [top, top, bottom, bottom, top],
        color="w" if colours == "viridis" else "k",
        linewidth=0.7,
    )
    bar = frame.figure.colorbar(shown, ax=frame, shrink=0.9)
    bar.set_label("vp [m/s]")


def _errors(frame: Axes, report: Mapping[str, Any]) -> None:
    """Draw the relative error by depth of each model."""
    for name in ("start", "model"):
        if name in report:
            windows = report[name]["windows"]
            depths = [0.5 * (w["top_m"] + w["bottom_m"]) for w in windows]
            values = [w["error"] for w in windows]
            frame.plot(depths, values, "o-", color=COLOURS[name], label=name)
    frame.set(title="relative error", xlabel="depth [m]", ylim=(0.0, None))
    frame.grid(alpha=0.3)
    frame.legend()


def _profile_x(
    parameters: Mapping[str, Any], grid: Grid, box: tuple[slice, ...]
) -> list[float]:
    """Where profiles are drawn: as asked for, or evenly across the box."""
    if parameters["profiles_x_m"]:
        return [float(x) for x in parameters["profiles_x_m"]]
    x = grid.coordinates(0)[box[0]]
    places = (np.arange(PROFILES) + 0.5) / PROFILES
    return [float(x[int(place * x.size)]) for place in places]


def _profiles(
    figure: Figure,
    frames: NDArray[Any],
    planes: Mapping[str, Field],
    grid: Grid,
    places: Sequence[float],
) -> None:
    """Draw velocity over depth at each place, in the room of a row of frames."""
    room = frames[0].get_gridspec()[-1, :].subgridspec(1, len(places))
    for frame in frames:
        frame.remove()
    z = grid.coordinates(grid.ndim - 1)
    for k, x in enumerate(places):
        frame = figure.add_subplot(room[0, k])
        column = int(np.rint((x - grid.origin_m[0]) / grid.spacing_m[0]))
        for name, plane in planes.items():
            frame.plot(plane[column], z, color=COLOURS[name], lw=1.0, label=name)
        frame.set(title=f"x = {x:g} m", xlabel="vp [m/s]")
        frame.invert_yaxis()
        if k == 0:
            frame.set_ylabel("depth [m]")
            frame.legend()
