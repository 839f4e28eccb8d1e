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


def band_spacing(
    vmin_m_s: float,
    maximum_frequency_hz: float,
    space_order: int,
    cells_per_wavelength: float | None = None,
) -> float:
    """Largest round spacing [m] that carries a frequency at a space order.

    cells_per_wavelength : in the shortest; left out, what the order asks for.
    """
    cells = cells_per_wavelength or points_per_wavelength(space_order)
    limit = vmin_m_s / maximum_frequency_hz / cells
    scale = 10.0 ** math.floor(math.log10(limit))
    return scale * max(step for step in ROUND if step * scale <= limit * (1 + 1e-12))


def band_of(case: Case) -> float | None:
    """Highest frequency [Hz] that the grid must carry; None where the case has none."""
    peak = case.parameters["peak_frequency_hz"]
    top: float | None = case.parameters.get("maximum_frequency_hz")
    return top if peak is None else RICKER_TOP * peak


def chosen_grid(case: Case, source: Grid, vmin_m_s: float) -> Grid:
    """Grid of the parameters `spacing_m`, or the one their band asks for.

    With neither the source's own grid.
    """
    p = case.parameters
    spacing, top = p["spacing_m"], band_of(case)
    if spacing is None and top is None:
        return source
    if top is not None:
        slowest = p.get("slowest_m_s") or vmin_m_s
        cells = p.get("cells_per_wavelength")
        spacing = band_spacing(slowest, top, p["space_order"], cells)
    return on_spacing(source, spacing, p.get("cover", False))


def spacing_faults(case: Case) -> list[Finding]:
    """Find a spacing and a band given together, and cells too few for the scheme."""
    names = ("spacing_m", "peak_frequency_hz", "maximum_frequency_hz")
    given = [name for name in names if case.parameters.get(name) is not None]
    found = []
    if len(given) > 1:
        both = "both" if len(given) == 2 else "all"
        text = f"{' and '.join(given)} are {both} given; give one, or none"
        found.append(case.finding(f"parameters.{given[0]}", text))
    cells, order = (
        case.parameters.get("cells_per_wavelength"),
        case.parameters["space_order"],
    )
    if cells is not None and cells < (needed := points_per_wavelength(order)):
        text = f"{cells:g} cells; space order {order} needs {needed:.3g} or more"
        found.append(case.finding("parameters.cells_per_wavelength", text))
    return found


def as_text(path: Path, grid: Grid) -> str:
    """Say what was written."""
    cells = " x ".join(str(n) for n in grid.shape)
    steps = " x ".join(f"{h:g}" for h in grid.spacing_m)
    return f"{path}: {cells} cells of {steps} m"
