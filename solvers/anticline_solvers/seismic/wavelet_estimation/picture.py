"""What seismic.wavelet draws: both wavelets, their spectra, and traces of a shot."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from anticline_solvers.formats.report import write_bytes
from anticline_solvers.formats.survey import Survey
from anticline_solvers.seismic.acquisition.preparation import offsets_m
from anticline_solvers.seismic.pictures.drawing import WIDTH_IN, png
from anticline_solvers.seismic.qc.spectra import spectrum
from anticline_solvers.seismic.wavelet_estimation.estimation import Pair, Pairs
from anticline_solvers.seismic.wavelet_estimation.matching import matched
from anticline_solvers.seismic.wavelet_estimation.shaping import Shaped

Real = NDArray[np.float64]

FIRST, NEW, OBSERVED = "tab:blue", "tab:red", "k"
SPECTRUM_FLOOR_DB = -50.0


def draw(
    pairs: Pairs,
    taps: Real,
    first: Survey,
    shaped: Shaped,
    report: Mapping[str, Any],
    out: Path,
) -> None:
    """Draw into a PNG file; the traces are the loudest of the middle shot."""
    figure = Figure(figsize=(WIDTH_IN, 9.0), layout="constrained")
    rows = figure.subplots(3, 2, squeeze=False)
    _wavelets(rows[0, 0], first, shaped)
    _spectra(rows[0, 1], first, shaped)
    _filter(rows[1, 0], taps, first.sample_interval_s)
    _shots(rows[1, 1], report)
    ids = pairs.observed.survey.shot_ids
    middle = ids[len(ids) // 2]
    pair = next(pair for pair in pairs if pair.shot.id == middle)
    _traces(rows[2, 0], pair, pair.predicted, first.sample_interval_s, FIRST, "before")
    made = matched(pair.predicted, taps)
    _traces(rows[2, 1], pair, made, first.sample_interval_s, NEW, "after")
    figure.suptitle(
        f"residual {report['residual_before']:.4f} before, "
        f"{report['residual_after']:.4f} after; later by "
        f"{1e3 * report['shift_s']:.4g} ms"
    )
    write_bytes(out, png(figure))


def _wavelets(frame: Axes, first: Survey, shaped: Shaped) -> None:
    for samples, dt, colour, name in (
        (first.wavelet, first.wavelet_interval_s, FIRST, "first"),
        (shaped.samples, shaped.interval_s, NEW, "estimated"),
    ):
        frame.plot(dt * np.arange(samples.size), samples, color=colour, label=name)
    frame.set(title="wavelets", xlabel="time [s]")
    frame.legend()


def _spectra(frame: Axes, first: Survey, shaped: Shaped) -> None:
    for samples, dt, colour in (
        (first.wavelet, first.wavelet_interval_s, FIRST),
        (shaped.samples, shaped.interval_s, NEW),
    ):
        found = spectrum(samples, dt)
        frame.plot(found.frequency, found.decibels(), color=colour)
    top = 1.5 * first.maximum_frequency_hz
    frame.set(title="amplitude spectra", xlabel="frequency [Hz]", ylabel="dB")
    frame.set(xlim=(0.0, top), ylim=(SPECTRUM_FLOOR_DB, 3.0))
    frame.grid(alpha=0.3)


def _filter(frame: Axes, taps: Real, interval_s: float) -> None:
    lags = interval_s * (np.arange(taps.size) - taps.size // 2)
    frame.plot(lags, taps, color="tab:green")
    frame.set(title="matching filter", xlabel="lag [s]")


def _shots(frame: Axes, report: Mapping[str, Any]) -> None:
    shots = [shot["shot"] for shot in report["shots"]]
    for key, colour in (("residual_before", FIRST), ("residual_after", NEW)):
        frame.plot(shots, [shot[key] for shot in report["shots"]], "o-", color=colour)
    frame.plot(shots, [shot["factor"] for shot in report["shots"]], "k--", lw=0.8)
    frame.set(title="residuals, and factor (dashed)", xlabel="shot", ylim=(0.0, None))


def _traces(
    frame: Axes, pair: Pair, made: Real, interval_s: float, colour: str, when: str
) -> None:
    """Draw the loudest trace, observed and made."""
    loudest = int(np.argmax((pair.observed**2).sum(axis=1) * pair.weights))
    times = interval_s * np.arange(made.shape[1])
    frame.plot(times, pair.observed[loudest], color=OBSERVED, label="observed")
    frame.plot(times, made[loudest], "--", color=colour, label=when)
    offset = offsets_m(pair.shot)[loudest]
    title = f"shot {pair.shot.id}, offset {offset:g} m"
    frame.set(title=title, xlabel="time [s]", ylabel="pressure [Pa]")
    frame.legend()
