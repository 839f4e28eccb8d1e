"""The grid that a band asks for."""

from __future__ import annotations

import math
from pathlib import Path

from anticline.component import Case, Finding
from anticline_solvers.domain.grid import Grid
from anticline_solvers.models.resampling import on_spacing
from anticline_solvers.numerics.stability import points_per_wavelength

RICKER_TOP = 2.764
"""Where a Ricker spectrum has fallen to 1 % of its peak, in peak frequencies."""

ROUND = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5, 8.0, 10.0)


def band_spacing(vmin_m_s: float, peak_frequency_hz: float, space_order: int) -> float:
    """Largest round spacing [m] that carries a Ricker wavelet at a space order."""
    shortest = vmin_m_s / (RICKER_TOP * peak_frequency_hz)
    limit = shortest / points_per_wavelength(space_order)
    scale = 10.0 ** math.floor(math.log10(limit))
    return scale * max(step for step in ROUND if step * scale <= limit * (1 + 1e-12))


def chosen_grid(case: Case, source: Grid, vmin_m_s: float) -> Grid:
    """Grid of the parameters `spacing_m`, or the one their band asks for.

    With neither the source's own grid.
    """
    given = case.parameters["spacing_m"]
    peak = case.parameters["peak_frequency_hz"]
    if given is None and peak is None:
        return source
    if given is None:
        given = band_spacing(vmin_m_s, peak, case.parameters["space_order"])
    return on_spacing(source, given)


def spacing_faults(case: Case) -> list[Finding]:
    """Find a spacing and a band given together."""
    if None in (case.parameters["spacing_m"], case.parameters["peak_frequency_hz"]):
        return []
    text = "spacing_m and peak_frequency_hz are both given; give one, or neither"
    return [case.finding("parameters.spacing_m", text)]


def as_text(path: Path, grid: Grid) -> str:
    """Say what was written."""
    cells = " x ".join(str(n) for n in grid.shape)
    steps = " x ".join(f"{h:g}" for h in grid.spacing_m)
    return f"{path}: {cells} cells of {steps} m"
