"""Component seismic.compare: how well an image agrees with a reference.

The measure is the normalised cross-correlation of two images a and b,

    c = sum a b / sqrt(sum a^2 sum b^2)        -1 to 1, blind to a common factor

over all cells compared and by depth windows, after the same gain control of both.
Small errors of the migration velocity move reflectors up or down: with a tolerance,
the image is also shifted in depth, and the best shift is reported beside c at none.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from anticline.component import Case, RunContext
from anticline.errors import Finding
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.image import read_grid, read_image
from anticline_solvers.formats.report import finished, other_cases, write_report
from anticline_solvers.seismic import checks

Field = NDArray[np.floating[Any]]

FORMAT = "anticline-comparison/1"


def correlation(a: Field, b: Field) -> float:
    """Normalised cross-correlation of two arrays of one shape; 0 where one is 0."""
    x, y = np.asarray(a, np.float64), np.asarray(b, np.float64)
    scale = float(np.sqrt((x**2).sum() * (y**2).sum()))
    return float((x * y).sum()) / scale if scale > 0.0 else 0.0


def relative_difference(image: Field, reference: Field) -> float | None:
    """L2 norm of image - reference over that of the reference; None where that is 0."""
    one, other = np.asarray(image, np.float64), np.asarray(reference, np.float64)
    apart, size = float(np.linalg.norm(one - other)), float(np.linalg.norm(other))
    return apart / size if size > 0.0 else None


def gain_controlled(image: Field, cells: int) -> Field:
    """Divide by the root mean square over ``cells`` of depth around each cell."""
    power = uniform_filter1d(np.asarray(image, np.float64) ** 2, cells, axis=-1)
    floor = 1e-6 * float(power.max())
    return np.asarray(image / np.sqrt(np.maximum(power, 0.0) + floor + 1e-300))


def shifted_correlations(image: Field, reference: Field, most: int) -> dict[int, float]:
    """Correlation for every shift of the image down by -most to most cells.

    The same cells of the reference are compared whatever the shift: those that the
    image covers at all of them.
    """
    depth = image.shape[-1]
    fixed = reference[..., most : depth - most]
    return {
        cells: correlation(image[..., most - cells : depth - most - cells], fixed)
        for cells in range(-most, most + 1)
    }


def compare(
    image: Field, reference: Field, grid: Grid, parameters: dict[str, Any]
) -> dict[str, Any]:
    """Compare two images on one grid; the report of this module.

    parameters : as declared: top_m, bottom_m, side_m, window_m, agc_m, shift_m.
    """
    spacing = grid.spacing_m[-1]
    if parameters["agc_m"] > 0.0:
        cells = max(1, round(parameters["agc_m"] / spacing))
        image, reference = (gain_controlled(x, cells) for x in (image, reference))
    box = compared_box(grid, parameters)
    image, reference = image[box], reference[box]
    depths = grid.coordinates(grid.ndim - 1)[box[-1]]
    most = min(int(parameters["shift_m"] / spacing + 1e-6), (len(depths) - 1) // 4)
    by_shift = shifted_correlations(image, reference, most)
    best = max(by_shift, key=lambda cells: (by_shift[cells], -abs(cells)))
    return {
        "format": FORMAT,
        "correlation": correlation(image, reference),
        "relative_difference": relative_difference(image, reference),
        "best_shift_m": best * spacing,
        "correlation_at_best_shift": by_shift[best],
        "windows": _by_depth(image, reference, depths, parameters["window_m"]),
    }


def compared_box(grid: Grid, parameters: dict[str, Any]) -> tuple[slice, ...]:
    """Cells between top and bottom and away from the sides."""
    depths = grid.coordinates(grid.ndim - 1)
    bottom = parameters["bottom_m"]
    last = depths[-1] if bottom is None else bottom
    inside = np.flatnonzero((depths >= parameters["top_m"]) & (depths <= last))
    sides = []
    for n, spacing in zip(grid.shape[:-1], grid.spacing_m[:-1], strict=True):
        cut = int(np.ceil(parameters["side_m"] / spacing))
        sides.append(slice(cut, max(cut, n - cut)))
    down = slice(int(inside[0]), int(inside[-1]) + 1) if inside.size else slice(0, 0)
    return (*sides, down)


def _by_depth(
    image: Field, reference: Field, depths: Field, window_m: float
) -> list[dict[str, float]]:
    """Correlate window by window; one below half its height joins the one above."""
    height = float(depths[-1] - depths[0])
    windows = max(1, round(height / window_m))
    number = ((depths - depths[0]) / window_m + 1e-9).astype(int)
    number = np.minimum(number, windows - 1)
    found = []
    for k in range(windows):
        here = np.flatnonzero(number == k)
        if here.size:
            part = slice(int(here[0]), int(here[-1]) + 1)
            found.append(
                {
                    "top_m": float(depths[here[0]]),
                    "bottom_m": float(depths[here[-1]]),
                    "correlation": correlation(image[..., part], reference[..., part]),
                }
            )
    return found


def check(case: Case, comm_size: int) -> list[Finding]:
    """Say everything that keeps the images from being compared."""
    findings: list[Finding] = other_cases(case)
    if findings or not finished(case):
        grids = [
            checks.attempt(lambda name=name: read_grid(case.inputs[name]), findings)  # type: ignore[misc]
            for name in ("image", "reference")
        ]
        one, other = grids
        if one is not None and other is not None:
            findings += _grid_findings(case, one, other)
    return findings


def _grid_findings(case: Case, one: Grid, other: Grid) -> list[Finding]:
    if not one.agrees_with(other):
        text = f"is on {other}, the image on {one}; both must be on one grid"
        return [case.finding("inputs.reference", text)]
    box = compared_box(one, case.parameters)
    if any(side.stop - side.start < 2 for side in box):
        text = "top_m, bottom_m and side_m leave no two cells to compare"
        return [case.finding("parameters", text)]
    return []


def run(case: Case, context: RunContext) -> None:
    """Write the report and the picture, from rank 0."""
    if context.comm.rank == 0:
        image, reference = (
            read_image(case.inputs[name]) for name in ("image", "reference")
        )
        grid = read_grid(case.inputs["image"])
        report = compare(image, reference, grid, case.parameters)
        report["provenance"] = context.provenance
        context.log(
            f"correlation {report['correlation']:.3f}, "
            f"{report['correlation_at_best_shift']:.3f} when shifted by "
            f"{report['best_shift_m']:g} m"
        )
        if "picture" in case.outputs:
            from anticline_solvers.seismic.pictures.side_by_side import draw_pair

            draw_pair(image, reference, grid, report, case.outputs["picture"])
        write_report(case.outputs["report"], report)
    context.comm.Barrier()
