"""Picture of a state: the misfit of every evaluation, the model, and its change.

Of a volume the plane in the middle of y is drawn. Misfits are relative to the first;
steps that were not taken are hollow.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from anticline_solvers.domain.grid import Grid
from anticline_solvers.inversion import files
from anticline_solvers.inversion.parameterisation import Field, to_field
from anticline_solvers.inversion.state import Row, State
from anticline_solvers.seismic.pictures.drawing import (
    WIDTH_IN,
    colour_map,
    percentile,
    save,
)
from anticline_solvers.seismic.pictures.sections import Section, extent_of

LOGARITHMIC = 0.3
"""Share of the largest misfit below which misfits are drawn by their logarithms."""

SECTION_IN, CURVE_IN, TALLEST_IN = 6.5, 2.8, 5.0


def draw_state(
    path: Path, out: Path, *, clip: str = "99.5", colours: str = "viridis"
) -> list[Path]:
    """Draw misfit, model and change, one below the other."""
    found, ends = files.read(path), percentile(clip)
    state = found.state
    now, before = (
        _section(to_field(state.problem.parameter, x), found.grid)
        for x in (state.best, state.problem.start)
    )
    high = min(TALLEST_IN, SECTION_IN * now.height_m / now.width_m) + 0.9
    figure = Figure(figsize=(WIDTH_IN, CURVE_IN + 2 * high), layout="constrained")
    curve, above, below = figure.subplots(3, 1, height_ratios=[CURVE_IN, high, high])
    _draw_misfit(curve, state)
    limits = tuple(np.percentile(now.values, [100 - ends, ends]))
    name = "dv" if state.problem.parameter == "perturbation" else "vp"
    title = f"{name} after iteration {state.iteration} [m/s]"
    _draw_section(above, now, now.values, limits, colour_map(colours), title)
    change = now.values - before.values
    most = float(np.percentile(np.abs(change), ends)) or 1.0
    title = "change from the start [m/s]"
    _draw_section(below, now, change, (-most, most), "seismic", title)
    figure.suptitle(f"{path.name}: {_told(state)}")
    return [save(figure, out, path, "")]


def _told(state: State) -> str:
    done = f"{state.settings.method}, {len(state.history)} evaluations"
    return f"{done}; {state.why.value}" if state.why else done


def _draw_misfit(frame: Axes, state: State) -> None:
    """Draw the data misfit relative to the first."""
    taken = [row for row in state.history if row.accepted]
    left = [row for row in state.history if not row.accepted and _finite(row)]
    frame.plot(*_curve(state, taken), "o-", color="tab:blue", ms=4, label="accepted")
    if left:
        frame.plot(*_curve(state, left), "o", color="tab:blue", mfc="none", ms=4,
                   label="not taken")  # fmt: skip
    frame.set(xlabel="evaluation", ylabel="data misfit / first")
    values = [row.data for row in taken + left]
    if values and 0.0 < min(values) < LOGARITHMIC * max(values):
        frame.set_yscale("log")
    frame.grid(alpha=0.3)
    if left:
        frame.legend()


def _finite(row: Row) -> bool:
    return bool(np.isfinite(row.data))


def _curve(state: State, rows: list[Row]) -> tuple[list[int], list[float]]:
    first = state.first.data if state.history and state.first.data else 1.0
    return [row.evaluation for row in rows], [row.data / first for row in rows]


def _section(field: Field, grid: Grid) -> Section:
    """Take a section, or the plane in the middle of y."""
    where = ""
    if grid.ndim == 3:
        middle = grid.shape[1] // 2
        where = f"y = {grid.coordinates(1)[middle]:g} m"
        field = field[:, middle, :]
    first, step = (
        (values[0], values[-1]) for values in (grid.origin_m, grid.spacing_m)
    )
    return Section(np.asarray(field, np.float32), "x", "z", first, step, where)


def _draw_section(
    frame: Axes,
    section: Section,
    values: Field,
    limits: tuple[Any, ...],
    colours: str,
    title: str,
) -> None:
    low, high = limits
    shown = frame.imshow(
        values.T,
        extent=extent_of(section),
        vmin=low,
        vmax=high,
        cmap=colours,
        aspect="auto",
        interpolation="nearest",
    )
    frame.set(xlabel="x [m]", ylabel="depth [m]")
    frame.set_title(f"{title} {section.where}".strip(), fontsize="medium")
    frame.figure.colorbar(shown, ax=frame, pad=0.02)
