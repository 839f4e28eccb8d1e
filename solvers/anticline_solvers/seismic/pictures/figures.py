"""Pictures of models, images, gathers and surveys, as PNG fit for a report.

Sections have equal scales on both axes, or a vertical exaggeration that the title
tells; amplitudes are clipped at a percentile of their absolute value. No display is
needed.

Every `draw_...` takes a path, a folder or file to write, and options as text, and
gives the pictures' paths. They raise BadInput where an option makes no sense.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from anticline.errors import BadInput
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats import gathers, image, model, survey
from anticline_solvers.seismic.pictures.drawing import (
    WIDTH_IN,
    colour_map,
    percentile,
    save,
)
from anticline_solvers.seismic.pictures.sections import (
    Section,
    exaggeration,
    extent_of,
    sections,
)

PANEL_IN = 7.2
"""Width of a section beside its labels and colour bar."""

LABELS = {
    "vp": "velocity vp [m/s]",
    "rho": "density [kg/m3]",
    "image": "amplitude",
    "illumination": "illumination",
}
MOST_SHOTS = 4


def draw_model(
    path: Path,
    out: Path,
    *,
    dataset: str = "vp",
    clip: str = "100",
    colours: str = "viridis",
    at: str = "",
) -> list[Path]:
    """Draw a field; `at` is x,y,z [m] of the slices in 3-D."""
    grid, ends = model.read_grid(path), percentile(clip)
    found = sections(path, grid, dataset, position(at, grid))
    values = np.concatenate([section.values.ravel() for section in found])
    low, high = np.nanpercentile(values, [100 - ends, ends])
    title = f"{path.name}: {dataset}, {size_of(grid)}"
    return _draw_sections(found, grid, out, path, dataset, title, (low, high), colours)


def draw_image(
    path: Path,
    out: Path,
    *,
    dataset: str = "image",
    clip: str = "99",
    colours: str = "gray",
    at: str = "",
    over: str = "",
) -> list[Path]:
    """Draw a data set of an image; `over` names a model to draw it on."""
    grid = image.read_grid(path)
    where = position(at, grid)
    found = sections(path, grid, dataset, where)
    values = np.concatenate([section.values.ravel() for section in found])
    most = float(np.nanpercentile(np.abs(values), percentile(clip))) or 1.0
    least = -most if values.min() < 0 else 0.0
    below = None
    if over:
        below = sections(Path(over), model.read_grid(Path(over)), "vp", where)
    shots = len(image.read_shots(path))
    stacked = f", {shots} shots" if shots else ""
    title = f"{path.name}: {dataset}{stacked}, {size_of(grid)}"
    limits = (least, most)
    return _draw_sections(
        found, grid, out, path, dataset, title, limits, colours, below
    )


def draw_gathers(
    path: Path, out: Path, *, shots: str = "", clip: str = "98", colours: str = "gray"
) -> list[Path]:
    """Draw chosen shots, `shots` as "3,17"; left out, up to four across the survey."""
    with gathers.GatherReader(path) as reader:
        chosen = _chosen(shots, reader.shot_ids)
        figure = Figure(figsize=(2.0 + 3.4 * len(chosen), 5.5), layout="constrained")
        frames = figure.subplots(1, len(chosen), sharey=True, squeeze=False)[0]
        shown: Any = None
        for frame, number in zip(frames, chosen, strict=True):
            traces = reader.read(number)
            shown = _draw_gather(
                frame, reader.survey, number, traces, percentile(clip), colours
            )
    frames[0].set_ylabel("time [s]")
    figure.colorbar(shown, ax=frames, label="pressure / clip", shrink=0.8)
    figure.suptitle(f"{path.name}: {len(reader.shot_ids)} shots, clip at {clip} %")
    return [save(figure, out, path, "")]


def draw_survey(path: Path, out: Path, *, over: str = "") -> list[Path]:
    """Draw sources and receivers: a section in 2-D, a map in 3-D; and the wavelet."""
    made = survey.read_survey(path)
    figure = Figure(figsize=(WIDTH_IN, 6.0), layout="constrained")
    layout, wave = figure.subplots(2, 1, height_ratios=[2, 1])
    if over:
        base = model.read_grid(Path(over))
        under = sections(Path(over), base, "vp", None)
        below = under[0] if made.ndim == 2 else under[-1]
        layout.imshow(below.values.T, extent=extent_of(below), aspect="auto")
    _draw_positions(layout, made)
    times = made.wavelet_interval_s * np.arange(len(made.wavelet))
    wave.plot(times, made.wavelet, color="k", linewidth=1)
    wave.set(xlabel="time [s]", ylabel=f"source [{'Pa m' if made.ndim == 3 else 'Pa'}]")
    wave.set_title(
        f"wavelet: peak {made.peak_frequency_hz:.3g} Hz, "
        f"up to {made.maximum_frequency_hz:.3g} Hz"
    )
    figure.suptitle(
        f"{path.name}: {len(made.shots)} shots, {made.n_samples} samples of "
        f"{1e3 * made.sample_interval_s:g} ms"
    )
    return [save(figure, out, path, "")]


def _draw_sections(
    found: list[Section],
    grid: Grid,
    out: Path,
    path: Path,
    dataset: str,
    title: str,
    limits: tuple[float, float],
    colours: str,
    below: list[Section] | None = None,
) -> list[Path]:
    """Draw one section, or three below each other, with one colour bar."""
    stretch = exaggeration(grid)
    figure, frames = _panels(found, stretch)
    shown: Any = None
    for i, (frame, section) in enumerate(zip(frames, found, strict=True)):
        under = below[i] if below else None
        ratio = stretch if section.down == "z" else 1
        shown = draw_section(frame, section, limits, colours, under, ratio)
    label = LABELS.get(dataset, dataset)
    figure.colorbar(shown, ax=list(frames), label=label, shrink=0.92, pad=0.02)
    told = f", vertical exaggeration {stretch:g}" if stretch != 1 else ""
    if len(found) > 1:
        figure.suptitle(title + told)
    else:
        frames[0].set_title(title + told, fontsize="medium")
    name = "" if dataset in ("vp", "image") else f"_{dataset}"
    return [save(figure, out, path, name)]


def _panels(found: list[Section], stretch: float) -> tuple[Figure, list[Axes]]:
    """Make a figure with one wide frame, or three side by side, in proportion."""
    widths = np.array([section.width_m for section in found])
    heights = [
        section.height_m * (stretch if section.down == "z" else 1) for section in found
    ]
    shares = [float(width) for width in widths]
    scale = (1.0 if len(found) == 1 else 1.6) * PANEL_IN / widths.sum()
    high = min(7.0, scale * max(heights)) + 0.9
    size = (scale * widths.sum() + 1.8 * len(found) ** 0.5, high)
    figure = Figure(figsize=size, layout="constrained")
    frames = figure.subplots(1, len(found), squeeze=False, width_ratios=shares)[0]
    return figure, list(frames)


def draw_section(
    frame: Axes,
    section: Section,
    limits: tuple[float, float],
    colours: str,
    below: Section | None,
    stretch: float,
) -> Any:
    """Draw one plane; over a model its amplitudes get opaque as they grow."""
    low, high = limits
    opacity: Any = None
    if below is not None:
        frame.imshow(below.values.T, extent=extent_of(below), cmap="viridis")
        opacity = np.clip(np.abs(section.values.T) / high, 0, 1) ** 0.7
    shown = frame.imshow(
        section.values.T,
        extent=extent_of(section),
        vmin=low,
        vmax=high,
        cmap=colour_map(colours),
        alpha=opacity,
        interpolation="nearest",
    )
    frame.set_aspect(stretch)
    frame.set(
        xlabel=f"{section.across} [m]",
        ylabel=("depth" if section.down == "z" else section.down) + " [m]",
    )
    if section.where:
        frame.set_title(section.where, fontsize="medium")
    return shown


def _draw_gather(
    frame: Axes,
    made: survey.Survey,
    number: int,
    traces: NDArray[np.float32],
    ends: float,
    colours: str,
) -> Any:
    """Draw traces against x of their receivers, or their number where x repeats."""
    shot = made.shot(number)
    along = shot.receivers_m[:, 0]
    in_order = len(along) > 1 and bool((np.diff(along) > 0).all())
    start, stop = (along[0], along[-1]) if in_order else (0.5, len(along) + 0.5)
    clip = float(np.percentile(np.abs(traces), ends)) or 1.0
    shown = frame.imshow(
        traces.T / clip,
        extent=(start, stop, made.n_samples * made.sample_interval_s, 0.0),
        aspect="auto",
        cmap=colour_map(colours),
        vmin=-1,
        vmax=1,
    )
    place = ", ".join(f"{value:g}" for value in shot.source_m)
    frame.set_title(f"shot {number} at ({place}) m", fontsize="medium")
    frame.set_xlabel("receiver x [m]" if in_order else "receiver number")
    return shown


def _draw_positions(frame: Axes, made: survey.Survey) -> None:
    """Draw receivers under sources; x against depth in 2-D, against y in 3-D."""
    receivers = np.concatenate([shot.receivers_m for shot in made.shots])
    sources = np.stack([shot.source_m for shot in made.shots])
    receivers = np.unique(receivers, axis=0)
    frame.plot(receivers[:, 0], receivers[:, 1], "v", color="tab:blue", ms=3)
    frame.plot(sources[:, 0], sources[:, 1], "*", color="tab:red", ms=7)
    frame.legend([f"{len(receivers)} receivers", f"{len(sources)} sources"])
    frame.set(xlabel="x [m]", ylabel="depth [m]" if made.ndim == 2 else "y [m]")
    if not frame.yaxis_inverted():
        frame.invert_yaxis()  # as depth does, and y in slices of a model


def position(text: str, grid: Grid) -> tuple[float, ...] | None:
    """Read x,y,z [m] of the slices; None is the middle."""
    if not text:
        return None
    try:
        where = tuple(float(word) for word in text.split(","))
    except ValueError:
        where = ()
    if len(where) != grid.ndim or not bool(grid.contains([where]).all()):
        msg = f"option at={text}: {grid.ndim} numbers [m] within the grid are needed"
        raise BadInput(msg)
    return where


def _chosen(text: str, shot_ids: tuple[int, ...]) -> list[int]:
    if not text:
        spread = np.linspace(0, len(shot_ids) - 1, min(MOST_SHOTS, len(shot_ids)))
        return [shot_ids[round(i)] for i in spread]
    words = text.split(",")
    known = [int(w) for w in words if w.strip().isdigit() and int(w) in shot_ids]
    if len(known) != len(words):
        msg = (
            f"option shots={text}: numbers from {min(shot_ids)} to {max(shot_ids)} "
            "that the file holds are needed, with commas"
        )
        raise BadInput(msg)
    return known


def size_of(grid: Grid) -> str:
    """Say a grid's cells and spacing in a title."""
    cells = " x ".join(str(n) for n in grid.shape)
    steps = " x ".join(f"{h:g}" for h in sorted(set(grid.spacing_m)))
    return f"{cells} cells of {steps} m"
