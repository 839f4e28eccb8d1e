"""The figures of quality control, each fit to stand alone in a report."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from anticline_solvers.domain.grid import Grid
from anticline_solvers.seismic.pictures.drawing import WIDTH_IN
from anticline_solvers.seismic.pictures.gather_pictures import gather_panels, spread_out
from anticline_solvers.seismic.qc.fold import Fold
from anticline_solvers.seismic.qc.lighting import LIGHTS, decibels
from anticline_solvers.seismic.qc.report import Focused, Lit, Recordings
from anticline_solvers.seismic.qc.spectra import (
    BAND_DB,
    Spectrum,
    plane_spectrum,
    spectrum,
    wavenumbers,
)

LOWEST_DB = -60.0
MOST_MARKS = 100_000
"""Traces drawn on a map; of more, every second, third ... is."""
TITLES = dict(zip(LIGHTS, ("sources", "receivers"), strict=True))


def fold_figure(fold: Fold) -> Figure:
    """Draw the fold of a line as steps, of a 3-D survey as a map."""
    flat = fold.counts.ndim == 1
    figure = Figure(figsize=(WIDTH_IN, 3.4 if flat else 6.0), layout="constrained")
    frame = figure.subplots()
    bins = " x ".join(f"{width:g}" for width in fold.bin_m)
    title = f"fold, bins of {bins} m: up to {fold.counts.max()}"
    if flat:
        frame.fill_between(
            fold.centres_m(0), fold.counts, step="mid", color="tab:blue", alpha=0.5
        )
        frame.set(xlabel="midpoint x [m]", ylabel="traces in a bin", title=title)
        frame.set_ylim(bottom=0)
        frame.margins(x=0)
        frame.yaxis.set_major_locator(MaxNLocator(integer=True))
        return figure
    halves = [0.5 * width for width in fold.bin_m]
    x, y = (fold.centres_m(axis) for axis in (0, 1))
    shown = frame.imshow(
        np.ma.masked_equal(fold.counts, 0).T,
        origin="lower",
        extent=(
            x[0] - halves[0],
            x[-1] + halves[0],
            y[0] - halves[1],
            y[-1] + halves[1],
        ),
        cmap="viridis",
        interpolation="nearest",
    )
    frame.set(xlabel="midpoint x [m]", ylabel="midpoint y [m]", title=title)
    figure.colorbar(shown, ax=frame, label="traces in a bin", shrink=0.8)
    return figure


def spectra_figure(made: Recordings) -> Figure:
    """Draw the mean spectrum beside the wavelet's, and that of every shot."""
    survey, mean = made.survey, made.spectra.mean
    wavelet = spectrum(survey.wavelet, survey.wavelet_interval_s)
    last_hz = _last(mean, wavelet)
    figure = Figure(figsize=(WIDTH_IN, 6.4), layout="constrained")
    top, below = figure.subplots(2, 1, sharex=True, height_ratios=[1.0, 1.1])
    low, high = mean.band()
    top.axvspan(low, high, color="tab:blue", alpha=0.08)
    label = f"gathers, peak {mean.peak:.3g} Hz, {low:.3g} to {high:.3g} Hz above "
    top.plot(mean.frequency, mean.decibels(), label=f"{label}{BAND_DB:g} dB")
    top.plot(
        wavelet.frequency,
        wavelet.decibels(),
        "--",
        color="tab:orange",
        label=f"wavelet, peak {wavelet.peak:.3g} Hz",
    )
    top.set(ylabel="amplitude [dB of the peak]", ylim=(LOWEST_DB, 3.0))
    top.set_title("amplitude spectra, mean over all traces")
    top.grid(alpha=0.3)
    top.legend(loc="lower left")
    shown = _shot_map(below, made, last_hz)
    figure.colorbar(shown, ax=below, label="dB of the largest")
    return figure


def _shot_map(frame: Axes, made: Recordings, last_hz: float) -> Any:
    """Draw the spectrum of every shot as a row."""
    spectra = made.spectra
    kept = spectra.frequency <= last_hz
    level = spectra.amplitude[:, kept]
    shots = len(spectra.shot_ids)
    shown = frame.imshow(
        20.0 * np.log10(np.maximum(level / (level.max() or 1.0), 1e-15)),
        extent=(0.0, spectra.frequency[kept][-1], shots + 0.5, 0.5),
        aspect="auto",
        vmin=LOWEST_DB,
        vmax=0.0,
        cmap="viridis",
        interpolation="nearest",
    )
    frame.set(xlabel="frequency [Hz]", ylabel="shot, counted from 1")
    frame.set_xlim(0.0, last_hz)
    frame.yaxis.set_major_locator(MaxNLocator(integer=True))
    frame.set_title("mean over the traces of each shot", fontsize="medium")
    return shown


def _last(*found: Spectrum) -> float:
    """Give the highest frequency worth showing: all is below LOWEST_DB beyond it."""
    ends = []
    for one in found:
        above = np.flatnonzero(one.decibels() >= LOWEST_DB)
        ends.append(one.frequency[above[-1]])
    return float(min(1.1 * max(ends), found[0].frequency[-1]))


def residuals_figure(made: Recordings) -> Figure:
    """Draw ratio, residual and time shift of every shot, and of every trace."""
    shots = [one.numbers() for one in made.residuals]
    numbers = np.arange(1, len(shots) + 1)
    figure = Figure(figsize=(WIDTH_IN, 7.6), layout="constrained")
    frames = figure.subplots(2, 2, height_ratios=[1.0, 1.2])
    marker = "." if len(shots) > 60 else "o"
    style = {"marker": marker, "markersize": 4, "linewidth": 1}
    first, second = frames[0]
    for key, label in (
        ("rms_ratio", "modelled / observed rms"),
        ("residual", "residual / observed rms"),
    ):
        first.plot(numbers, _known(shots, key), label=label, **style)
    first.axhline(1.0, color="0.6", linewidth=0.8)
    first.set(xlabel="shot, counted from 1", ylabel="ratio", title="amplitude")
    first.set_ylim(bottom=0.0)
    first.legend()
    second.plot(
        numbers, 1e3 * _known(shots, "time_shift_s"), color="tab:green", **style
    )
    second.axhline(0.0, color="0.6", linewidth=0.8)
    second.set(xlabel="shot, counted from 1", ylabel="time shift [ms]")
    second.set_title("median shift, positive: modelled late")
    for frame in (first, second):
        frame.xaxis.set_major_locator(MaxNLocator(integer=True))
    for frame, name, factor, label in (
        (frames[1, 0], "residual", 1.0, "residual / observed rms"),
        (frames[1, 1], "shift_s", 1e3, "time shift [ms]"),
    ):
        _trace_map(figure, frame, made, name, factor, label)
    return figure


def _known(shots: list[dict[str, Any]], key: str) -> NDArray[np.float64]:
    return np.array([np.nan if s[key] is None else s[key] for s in shots], float)


def _trace_map(
    figure: Figure, frame: Axes, made: Recordings, name: str, factor: float, label: str
) -> None:
    """Draw a number of every trace at its shot and offset along x."""
    rows = [factor * getattr(one, name) for one in made.residuals]
    offsets = [
        made.survey.shot(one.shot_id).receivers_m[:, 0]
        - made.survey.shot(one.shot_id).source_m[0]
        for one in made.residuals
    ]
    sparse = 1 + sum(map(len, rows)) // MOST_MARKS
    values = np.concatenate(rows)[::sparse]
    across = np.concatenate(offsets)[::sparse]
    down = np.concatenate([np.full(len(r), i + 1.0) for i, r in enumerate(rows)])
    bars = np.stack(
        [across, down[::sparse] - 0.5, across, down[::sparse] + 0.5], axis=1
    )
    signed = name == "shift_s"
    known = values[np.isfinite(values)]
    most = float(np.percentile(np.abs(known), 98)) if known.size else 1.0
    width = 72.0 * 3.5 / max(1, np.unique(np.round(across, 1)).size)
    shown = LineCollection(
        list(bars.reshape(-1, 2, 2)),
        array=values,
        linewidths=min(6.0, max(0.5, 1.3 * width)),
        cmap="RdBu_r" if signed else "magma_r",
    )
    shown.set_clim(-most if signed else 0.0, most or 1.0)
    frame.add_collection(shown)
    frame.autoscale_view()
    frame.set_ylim(len(rows) + 0.5, 0.5)
    frame.yaxis.set_major_locator(MaxNLocator(integer=True))
    frame.set(xlabel="offset along x [m]", ylabel="shot, counted from 1")
    figure.colorbar(shown, ax=frame, label=label)


def illumination_figure(lit: Lit) -> Figure:
    """Draw the illuminations that an image has, below each other."""
    ratio = lit.section.shape[1] * lit.grid.spacing_m[-1]
    ratio /= lit.section.shape[0] * lit.grid.spacing_m[0]
    each = min(max(0.8 * WIDTH_IN * ratio, 1.6), 4.5) + 0.5
    size = (WIDTH_IN, each * len(lit.lights) + 0.4)
    figure = Figure(figsize=size, layout="constrained")
    frames = figure.subplots(len(lit.lights), 1, sharex=True, squeeze=False)[:, 0]
    shown: Any = None
    levels = {name: decibels(light) for name, light in lit.lights.items()}
    faintest = min(float(np.percentile(level, 0.5)) for level in levels.values())
    lowest = max(LOWEST_DB, 10.0 * np.floor(faintest / 10.0))
    for frame, (name, level) in zip(frames, levels.items(), strict=True):
        shown = frame.imshow(
            level.T,
            extent=_extent(lit.grid),
            aspect="auto",
            cmap="inferno",
            vmin=min(lowest, -10.0),
            vmax=0.0,
        )
        dark = lit.numbers[name]["below_40_db_share"]
        frame.set_title(
            f"{lit.path.name}: illumination by the {TITLES[name]}{_plane(lit.grid)}, "
            f"{100 * dark:.3g} % below -40 dB",
            fontsize="medium",
        )
        frame.set_ylabel("depth [m]")
    frames[-1].set_xlabel("x [m]")
    figure.colorbar(shown, ax=list(frames), label="energy [dB of the largest]")
    return figure


def image_spectrum_figure(lit: Lit) -> Figure:
    """Draw an image's spectrum over both wavenumbers, and its mean over depth's."""
    spacing_m = (lit.grid.spacing_m[0], lit.grid.spacing_m[-1])
    across, down, amplitude = plane_spectrum(lit.section, spacing_m)
    mean = wavenumbers(lit.section, spacing_m[1])
    last = _last(mean)
    figure = Figure(figsize=(WIDTH_IN, 4.4), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=[1.6, 1.0])
    level = 20.0 * np.log10(np.maximum(amplitude / (amplitude.max() or 1.0), 1e-15))
    half = 0.5 * (across[1] - across[0]), 0.5 * (down[1] - down[0])
    shown = left.imshow(
        level.T,
        extent=(
            across[0] - half[0],
            across[-1] + half[0],
            down[-1] + half[1],
            -half[1],
        ),
        aspect="auto",
        cmap="viridis",
        vmin=LOWEST_DB,
        vmax=0.0,
    )
    left.set(xlabel="k_x [1/m]", ylabel="k_z [1/m]", ylim=(last, 0.0))
    left.set_xlim(max(across[0], -last), min(across[-1], last))
    left.set_title(f"{lit.path.name}{_plane(lit.grid)}", fontsize="medium")
    figure.colorbar(shown, ax=left, label="dB of the largest")
    right.plot(mean.decibels(), mean.frequency)
    right.axhline(mean.peak, color="tab:red", linewidth=0.8, linestyle="--")
    right.set_xlim(LOWEST_DB, 3.0)
    right.set_xlabel("amplitude [dB of the peak]")
    right.set_title(f"mean over x: peak {mean.peak:.3g} 1/m", fontsize="medium")
    right.grid(alpha=0.3)
    return figure


def gathers_figure(focused: Focused) -> Figure:
    """Draw a few image gathers."""
    return gather_panels(focused.path, focused.axes, spread_out(focused.axes))


def focus_figure(focused: Focused) -> Figure:
    """Draw the focusing of every image point: a curve in 2-D, a map in 3-D."""
    axes = focused.axes
    figure = Figure(figsize=(WIDTH_IN, 3.4), layout="constrained")
    frame = figure.subplots()
    places = np.array([axes.position_m(place) for place in axes.places()])
    frame.set_title("energy's root mean square half-offset; 0 where all is focused")
    if places.shape[1] == 1:
        frame.plot(places[:, 0], focused.focus_m, "o-", markersize=4, linewidth=1)
        frame.set(xlabel="image point x [m]", ylabel="half-offset [m]")
        frame.set_ylim(0.0, 1.15 * (np.nanmax(focused.focus_m, initial=0.0) or 1.0))
        return figure
    x, y = places.T
    shown = frame.scatter(x, y, c=focused.focus_m, cmap="magma_r", vmin=0.0)
    frame.set(xlabel="image point x [m]", ylabel="image point y [m]")
    figure.colorbar(shown, ax=frame, label="half-offset [m]")
    return figure


def _plane(grid: Grid) -> str:
    """Name the plane that is shown of a volume."""
    if grid.ndim == 2:
        return ""
    y_m = grid.coordinates(1)[grid.shape[1] // 2]
    return f" at y = {y_m:g} m"


def _extent(grid: Grid) -> tuple[float, float, float, float]:
    """Edges left, right, bottom, top [m] of the plane of x and depth."""
    x, z = (grid.coordinates(axis) for axis in (0, grid.ndim - 1))
    dx, dz = grid.spacing_m[0] / 2, grid.spacing_m[-1] / 2
    return float(x[0] - dx), float(x[-1] + dx), float(z[-1] + dz), float(z[0] - dz)
