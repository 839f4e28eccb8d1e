"""Pictures of runs: rates and pressures, comparisons, fans, slices of states.

Curves are drawn in the units of the deck that the run came from.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from anticline.errors import BadInput
from anticline_solvers.reservoir.files.curves import Curves, read_curves
from anticline_solvers.reservoir.files.states import place_of, read_state, reports_of
from anticline_solvers.reservoir.quantities import quantity_of
from anticline_solvers.reservoir.units import SYSTEMS
from anticline_solvers.seismic.pictures.drawing import WIDTH_IN, colour_map, png, save

Floats = NDArray[np.float64]

DAY_S = 86_400.0
ROW_IN = 2.4
FIRST = ("FOPR", "FWPR", "FGPR", "FGOR", "FPR")
MOST_FRAMES = 12


def scaled(key: str, values: Floats, system: str) -> tuple[Floats, str]:
    """Give values and the name of their unit in a unit system."""
    units, quantity = SYSTEMS[system], quantity_of(key)
    return values / units.size(quantity), units.unit(quantity)


def course(key: str, curves: Curves, system: str) -> tuple[Floats, Floats, str]:
    """Give days, values and unit; a 0 at the start, before wells open, is left out."""
    values, unit = scaled(key, curves.values[key], system)
    begun = slice(1, None) if len(values) > 1 and values[0] == 0 else slice(None)
    return curves.times_s[begun] / DAY_S, values[begun], unit


def draw_curves(path: Path, out: Path, *, vectors: str = "") -> list[Path]:
    """Draw a run: field rates and pressure, then bottom-hole pressures of wells."""
    curves = read_curves(path)
    wanted = [name.strip() for name in vectors.split(",") if name.strip()]
    missing = [name for name in wanted if name not in curves.values]
    if missing:
        msg = f"{path} has no curve {', '.join(missing)}; it has {_some(curves)}"
        raise BadInput(msg)
    frames = [[key] for key in wanted] or _usual(curves)
    figure, axes = _frames(len(frames))
    for frame, keys in zip(axes, frames, strict=True):
        for key in keys:
            days, values, unit = course(key, curves, curves.unit_system)
            frame.plot(days, values, label=key)
            frame.set_ylabel(unit.lower())
        frame.legend(fontsize="x-small", ncols=max(1, len(keys) // 8))
    figure.suptitle(curves.title or path.name)
    return [save(figure, out, path, "")]


def _some(curves: Curves) -> str:
    return ", ".join(list(curves.values)[:12])


def _usual(curves: Curves) -> list[list[str]]:
    moving = [key for key, values in curves.values.items() if values.any()]
    frames = [[key] for key in FIRST if key in moving]
    wells = [key for key in moving if key.startswith("WBHP:")]
    return [*frames, wells] if wells else frames or [list(curves.values)[:1]]


def _frames(count: int) -> tuple[Figure, list[Axes]]:
    """Make frames of a time axis, two a row."""
    rows = -(-count // 2)
    figure = Figure(figsize=(WIDTH_IN, ROW_IN * rows + 0.5), layout="constrained")
    grid = figure.subplots(rows, 2, squeeze=False).ravel()
    for frame in grid[count:]:
        frame.set_visible(False)
    for frame in grid[:count]:
        frame.grid(alpha=0.3)
        frame.set_xlabel("days")
    return figure, list(grid[:count])


def compared(curves: Curves, reference: Curves, told: dict[str, Any]) -> bytes:
    """Draw a run over its reference: field rates and pressure, then the farthest.

    told : of each curve, what `reservoir.compare` reports. Curves that are 0
    throughout are not drawn.
    """
    shown = telling(reference, told) or list(told)[:1]
    figure, axes = _frames(len(shown))
    for frame, key in zip(axes, shown, strict=True):
        days, values, unit = course(key, reference, curves.unit_system)
        frame.plot(days, values, "k", lw=2.5, alpha=0.4)
        days, values, _ = course(key, curves, curves.unit_system)
        frame.plot(days, values, "tab:red", lw=1)
        measured = told[key]
        title = f"{key}: rms {measured['rms']:.2%}, worst {measured['worst']:.2%}"
        frame.set_title(title, fontsize="small")
        frame.set_ylabel(unit.lower())
    title = f"{curves.title or 'run'} (red) over {reference.title} (grey)"
    figure.suptitle(title, fontsize="medium")
    return png(figure)


def telling(reference: Curves, told: dict[str, Any]) -> list[str]:
    """Name the curves that a picture shows."""
    moving = [key for key in told if reference.values[key].any()]
    first = [key for key in FIRST if key in moving]
    others = sorted(
        (key for key in moving if key not in first),
        key=lambda key: -float(told[key]["worst"]),
    )
    return [*first, *others][:MOST_FRAMES]


def fanned(members: list[Curves], report: dict[str, Any]) -> bytes:
    """Draw every member thinly, the range from P10 to P90, and the median."""
    vectors = list(report["curves"])
    figure, axes = _frames(len(vectors))
    days, system = np.array(report["days"]), report["unit_system"]
    for frame, vector in zip(axes, vectors, strict=True):
        told = report["curves"][vector]
        low, middle, high = (
            scaled(vector, np.array(told[name]), system)[0]
            for name in ("p10", "p50", "p90")
        )
        for one in members:
            values, unit = scaled(vector, one.values[vector], system)
            frame.plot(days, values, color="grey", lw=0.5, alpha=0.5)
        frame.fill_between(
            days, low, high, color="tab:blue", alpha=0.3, label="P10-P90"
        )
        frame.plot(days, middle, color="tab:blue", label="P50")
        frame.set_title(vector, fontsize="small")
        frame.set_ylabel(unit.lower())
        frame.legend(fontsize="x-small")
    figure.suptitle(f"{report['members']} members")
    return png(figure)


def draw_states(
    path: Path,
    out: Path,
    *,
    report: str = "",
    layer: str = "1",
    colours: str = "viridis",
) -> list[Path]:
    """Draw pressure and saturations of a report step: a layer, a section along i."""
    held = reports_of(path)
    number = _whole("report", report, held[-1] if held else 0)
    state = read_state(path, number)
    (nx, ny, nz), active = place_of(path)
    k = _whole("layer", layer, 1)
    if not 1 <= k <= nz:
        msg = f"option layer={layer}: the grid has 1 to {nz}"
        raise BadInput(msg)
    shown = {
        "pressure [bar]": state.pressure / 1e5,
        "water saturation": state.sw,
        "gas saturation": state.sg,
    }
    figure = Figure(figsize=(WIDTH_IN, 5.5), layout="constrained")
    axes = figure.subplots(2, 3)
    for column, (name, values) in enumerate(shown.items()):
        whole = np.full(nx * ny * nz, np.nan)
        whole[active] = values
        cube = whole.reshape(nz, ny, nx)
        limits = (float(np.nanmin(values)), float(np.nanmax(values)))
        for row, part in enumerate((cube[k - 1], cube[:, ny // 2])):
            shade = axes[row, column].imshow(
                part,
                aspect="auto",
                cmap=colour_map(colours),
                vmin=limits[0],
                vmax=limits[1],
                extent=(0.5, nx + 0.5, part.shape[0] + 0.5, 0.5),
            )
            axes[row, column].set(xlabel="i", ylabel="jk"[row])
        axes[0, column].set_title(f"{name}, k = {k}", fontsize="small")
        axes[1, column].set_title(f"{name}, j = {ny // 2 + 1}", fontsize="small")
        figure.colorbar(shade, ax=axes[:, column], location="bottom", shrink=0.8)
    figure.suptitle(f"{path.name}: report step {number}, {state.time_s / DAY_S:g} days")
    return [save(figure, out, path, f"_{number:04d}")]


def _whole(name: str, text: str, otherwise: int) -> int:
    if not text:
        return otherwise
    if not text.isdigit():
        msg = f"option {name}={text}: a whole number is needed"
        raise BadInput(msg)
    return int(text)
