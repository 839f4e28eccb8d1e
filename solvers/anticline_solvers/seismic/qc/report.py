"""All numbers of a case, and what the figures are drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.gathers import GatherReader
from anticline_solvers.formats.image import read_grid, read_image
from anticline_solvers.formats.image_gathers import (
    GatherAxes,
    read_axes,
    read_image_gathers,
)
from anticline_solvers.formats.survey import Survey
from anticline_solvers.seismic.qc import lighting
from anticline_solvers.seismic.qc.fold import Fold, fold_numbers, fold_of
from anticline_solvers.seismic.qc.residuals import Residuals, pooled, residuals_of
from anticline_solvers.seismic.qc.spectra import ShotSpectra, spectrum, wavenumbers

FORMAT = "anticline-qc/1"


@dataclass(frozen=True, eq=False)
class Recordings:
    """What the gathers say: their survey, fold, spectra, and residuals if modelled."""

    survey: Survey
    fold: Fold
    spectra: ShotSpectra
    residuals: tuple[Residuals, ...]

    def numbers(self) -> dict[str, Any]:
        """Give the numbers for the report."""
        survey, found = self.survey, self.spectra.mean
        wavelet = spectrum(survey.wavelet, survey.wavelet_interval_s)
        numbers: dict[str, Any] = {
            "shots": len(survey.shots),
            "fold": fold_numbers(self.fold),
            "spectra": {
                "gathers": found.numbers("hz"),
                "wavelet": wavelet.numbers("hz"),
            },
        }
        if self.residuals:
            numbers["residuals"] = {
                "all": pooled(list(self.residuals)),
                "shots": [one.numbers() for one in self.residuals],
            }
        return numbers


def recordings_of(
    gathers: Path,
    modelled: Path | None,
    bin_m: tuple[float, ...] | None,
    largest_shift_s: float | None,
) -> Recordings:
    """Read every gather once, one shot in memory at a time.

    largest_shift_s : looked for; one period of the peak frequency if None.
    """
    rows, counts, compared = [], [], []
    with GatherReader(gathers) as reader:
        survey = reader.survey
        most_s = largest_shift_s or 1.0 / survey.peak_frequency_hz
        for shot_id in reader.shot_ids:
            traces = reader.read(shot_id)
            found = spectrum(traces, survey.sample_interval_s)
            rows.append(found.amplitude)
            counts.append(len(traces))
            if modelled is not None:
                with GatherReader(modelled) as other:
                    answer = other.read(shot_id)
                compared.append(
                    residuals_of(
                        shot_id, traces, answer, survey.sample_interval_s, most_s
                    )
                )
    spectra = ShotSpectra(
        survey.shot_ids, found.frequency, np.stack(rows), np.array(counts)
    )
    return Recordings(survey, fold_of(survey, bin_m), spectra, tuple(compared))


@dataclass(frozen=True, eq=False)
class Lit:
    """An image's section with its illuminations; in 3-D at the middle of y.

    lights : name -> energy, of the section's shape. numbers : of the whole image.
    """

    path: Path
    grid: Grid
    section: NDArray[np.float32]
    lights: dict[str, NDArray[np.float32]]
    numbers: dict[str, Any]


def lit_of(path: Path) -> Lit:
    """Read an image and the illuminations that it has, one field at a time."""
    grid = read_grid(path)
    middle = slice(None) if grid.ndim == 2 else np.s_[:, grid.shape[1] // 2]
    section, spacing = read_image(path)[middle], grid.spacing_m[-1]
    found = wavenumbers(section, spacing)
    numbers: dict[str, Any] = {"spectrum": found.numbers("per_m")}
    lights = {}
    for name in lighting.lights_of(path):
        light = read_image(path, name)
        numbers[name] = lighting.light_numbers(light)
        lights[name] = light[middle]
    return Lit(path, grid, section, lights, numbers)


@dataclass(frozen=True, eq=False)
class Focused:
    """Image gathers and how far their energy lies from no offset (points,) [m]."""

    path: Path
    axes: GatherAxes
    focus_m: NDArray[np.float64]

    def numbers(self) -> dict[str, Any]:
        """Give the numbers for the report."""
        return lighting.focus_numbers(self.axes, self.focus_m)


def focused_of(path: Path) -> Focused:
    """Measure the gathers of a file, one image point in memory at a time."""
    axes = read_axes(path)
    focus = [
        lighting.focus_m(read_image_gathers(path, [place]), axes.half_offsets_m)
        for place in axes.places()
    ]
    return Focused(path, axes, np.concatenate(focus))
