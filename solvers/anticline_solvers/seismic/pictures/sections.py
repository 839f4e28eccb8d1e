"""Planes through a model or an image, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.model import read_field

LONGEST = 4.0


@dataclass(frozen=True, eq=False)
class Section:
    """A plane of a field.

    values : (n_across, n_down) float32; across, down : names of its axes.
    first_m, step_m : of both axes [m]; where : what the plane is, empty in 2-D.
    """

    values: NDArray[np.float32]
    across: str
    down: str
    first_m: tuple[float, float]
    step_m: tuple[float, float]
    where: str

    @property
    def width_m(self) -> float:
        """Length across, whole cells [m]."""
        return float(self.values.shape[0] * self.step_m[0])

    @property
    def height_m(self) -> float:
        """Length down, whole cells [m]."""
        return float(self.values.shape[1] * self.step_m[1])


def sections(
    path: Path, grid: Grid, dataset: str, where_m: tuple[float, ...] | None
) -> list[Section]:
    """Read the section of a 2-D field, or planes of constant y, x and z of a 3-D one.

    where_m : a point on the three planes; None is the middle. Only the planes are read.
    """
    if grid.ndim == 2:
        values = read_field(path, dataset)
        return [_section(values, grid, (0, 1), "")]
    middle = tuple(n // 2 for n in grid.shape)
    cell = middle
    if where_m is not None:
        cell = tuple(int(c) for c in np.rint(grid.to_cells([where_m])[0]))
    return [_plane(path, grid, dataset, fixed, cell[fixed]) for fixed in (1, 0, 2)]


def _plane(path: Path, grid: Grid, dataset: str, fixed: int, cell: int) -> Section:
    """Read the plane of cells `cell` along the axis `fixed`."""
    cell = min(max(cell, 0), grid.shape[fixed] - 1)
    box = [slice(0, n) for n in grid.shape]
    box[fixed] = slice(cell, cell + 1)
    values = read_field(path, dataset, tuple(box)).squeeze(fixed)
    kept = (0 if fixed else 1, 1 if fixed == 2 else 2)
    place = grid.origin_m[fixed] + cell * grid.spacing_m[fixed]
    return _section(values, grid, kept, f"{grid.axes[fixed]} = {place:g} m")


def _section(
    values: NDArray[np.float32], grid: Grid, kept: tuple[int, int], where: str
) -> Section:
    one, two = kept
    return Section(
        values,
        grid.axes[one],
        grid.axes[two],
        (grid.origin_m[one], grid.origin_m[two]),
        (grid.spacing_m[one], grid.spacing_m[two]),
        where,
    )


def extent_of(section: Section) -> tuple[float, float, float, float]:
    """Edges left, right, bottom, top [m], half a cell beyond the outer cells."""
    left = section.first_m[0] - section.step_m[0] / 2
    top = section.first_m[1] - section.step_m[1] / 2
    return (left, left + section.width_m, top + section.height_m, top)


def exaggeration(grid: Grid) -> float:
    """Vertical exaggeration that keeps a long section readable; 1 where it is short."""
    longest = max(n * h for n, h in zip(grid.shape[:-1], grid.spacing_m, strict=False))
    ratio = longest / (grid.shape[-1] * grid.spacing_m[-1])
    return 1.0 if ratio <= LONGEST else float(min(10, round(ratio / LONGEST + 0.5)))
