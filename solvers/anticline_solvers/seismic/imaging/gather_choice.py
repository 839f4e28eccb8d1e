"""Which image gathers a case asks for, and whether they fit the memory."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from anticline.component import Case
from anticline.component.units import size_text
from anticline.errors import Finding
from anticline_solvers.backends.free_memory import free_bytes
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.survey import Survey
from anticline_solvers.seismic import capacity
from anticline_solvers.seismic.acquisition.aperture import window
from anticline_solvers.seismic.imaging.conditions import LAPLACIAN, terms_of
from anticline_solvers.seismic.imaging.image_gathers import Lattice

PORT = "image_gathers"
SHIFT, EVERY = "gathers_shift_max_m", "gathers_every_m"
LISTS = ("gathers_x_m", "gathers_y_m")


def is_asked(case: Case) -> bool:
    """Tell whether the case names a file for image gathers."""
    return PORT in case.outputs


def lattice_of(case: Case, grid: Grid) -> Lattice | None:
    """Image points and half-offsets of a checked case; None where it wants none."""
    if not is_asked(case):
        return None
    p = case.parameters
    axis = "xy".index(p["gathers_along"])
    points = tuple(_cells(p, grid, side) for side in range(grid.ndim - 1))
    return Lattice(points, axis, _most(p, grid, axis))


def _most(parameters: Mapping[str, Any], grid: Grid, axis: int) -> int:
    return int(parameters[SHIFT] / grid.spacing_m[axis] + 1e-6)


def _cells(parameters: Mapping[str, Any], grid: Grid, axis: int) -> tuple[int, ...]:
    """Cells of the image points on one axis, ascending, each once."""
    listed = parameters[LISTS[axis]]
    if listed is None:
        every, length = parameters[EVERY], grid.extent_m[axis]
        listed = np.arange(0.5 * min(every, length), length + 1e-6, every)
        listed = grid.origin_m[axis] + listed
    cells = (np.asarray(listed) - grid.origin_m[axis]) / grid.spacing_m[axis]
    return tuple(sorted({int(c) for c in np.ceil(cells - 0.5 - 1e-6)}))


def check(case: Case, grid: Grid) -> list[Finding]:
    """Say what keeps image gathers from being made; nothing where none are asked."""
    given = [k for k in (SHIFT, EVERY, *LISTS) if case.parameters[k] is not None]
    if not is_asked(case):
        text = f"is given and no output '{PORT}'; name its file or drop it"
        return [case.finding(f"parameters.{key}", text) for key in given]
    texts = _points(case.parameters, grid) | _offsets(case.parameters, grid)
    return [case.finding(f"parameters.{key}", text) for key, text in texts.items()]


def _points(p: Mapping[str, Any], grid: Grid) -> dict[str, str]:
    """Say what is wrong with the image points, by parameter."""
    wanted, found = LISTS[: grid.ndim - 1], {}
    listed = [name for name in LISTS if p[name] is not None]
    if (p[EVERY] is None) == (not listed):
        found[EVERY] = (
            f"image gathers need either {EVERY} or {' and '.join(wanted)}, "
            f"found {'both' if listed else 'neither'}"
        )
    elif listed and tuple(listed) != wanted:
        found[listed[0]] = f"a {grid.ndim}-D image needs {' and '.join(wanted)}"
    for axis, name in enumerate(wanted):
        first, length = grid.origin_m[axis], grid.extent_m[axis]
        off = [x for x in p[name] or [] if not first <= x <= first + length]
        if off:
            found[name] = (
                f"{', '.join(f'{x:g}' for x in off)} m lie outside the model, which "
                f"spans {first:g} to {first + length:g} m"
            )
    return found


def _offsets(p: Mapping[str, Any], grid: Grid) -> dict[str, str]:
    """Say what is wrong with the half-offsets, by parameter."""
    if p["condition"] == LAPLACIAN:
        text = (
            "a Laplacian filter needs the neighbours of every image point; for "
            "gathers take inverse_scattering, which weighs alike"
        )
        return {"condition": text}
    axis = "xy".index(p["gathers_along"])
    if axis >= grid.ndim - 1:
        return {"gathers_along": "a 2-D image has no half-offsets along y; take x"}
    cell, length = grid.spacing_m[axis], grid.extent_m[axis]
    if p[SHIFT] is None:
        return {SHIFT: f"image gathers need it: from {cell:g} to {0.5 * length:g} m"}
    if not 1 <= _most(p, grid, axis) <= 0.5 * length / cell:
        text = f"is {p[SHIFT]:g} m; needed is {cell:g} to {0.5 * length:g} m"
        return {SHIFT: text}
    return {}


def stacked_bytes(lattice: Lattice, grid: Grid) -> int:
    """Bytes of the stacked gathers."""
    return capacity.FLOAT32 * math.prod(lattice.shape(grid.shape[-1]))


def shot_bytes(lattice: Lattice, grid: Grid, survey: Survey, case: Case) -> list[int]:
    """Bytes of the gathers of every shot, in the survey's order."""
    found = []
    for shot in survey.shots:
        box = window(grid, shot, case.parameters["aperture_m"])
        points = math.prod(side.stop - side.start for side in lattice.within(box))
        trace = len(lattice.offsets) * grid.shape[-1]
        found.append(capacity.FLOAT32 * points * trace)
    return found


def space(case: Case, grid: Grid, survey: Survey) -> list[Finding]:
    """Find a disk too full for images and gathers of every shot and the stack."""
    lattice = lattice_of(case, grid)
    if lattice is None:
        return []
    cells = sum(map(math.prod, capacity.windows(case, grid, survey)))
    images = 2 * capacity.FLOAT32 * cells + capacity.STACKED * math.prod(grid.shape)
    gathers = sum(shot_bytes(lattice, grid, survey, case)) + stacked_bytes(
        lattice, grid
    )
    return capacity.space(case, PORT, images + gathers)


def memory(case: Case, grid: Grid, survey: Survey, comm_size: int) -> list[Finding]:
    """Find image gathers that do not fit the memory that is free.

    The first rank of a group holds the gathers of its image points, and all of a
    shot twice when they are brought together; then one rank holds one partial sum a
    level of the stack. Columns on their way are counted for every column there is.
    """
    lattice = lattice_of(case, grid)
    if lattice is None:
        return []
    shared = capacity.ranks_of(case, survey, comm_size)
    cells = max(capacity.windows(case, grid, survey), key=math.prod)
    terms = terms_of(case.parameters["condition"], grid.ndim)
    columns = 4 * terms * capacity.FLOAT32 * math.prod(cells)
    others = capacity.run_bytes(cells, case.parameters, imaging=True) + columns
    largest = max(shot_bytes(lattice, grid, survey, case))
    levels = math.ceil(math.log2(len(survey.shots))) + 3
    gathers = max(3 * largest, levels * 2 * stacked_bytes(lattice, grid))  # float64
    free = free_bytes() - others // shared
    if gathers <= free:
        return []
    share = max(0.0, free / gathers)
    points = math.prod(map(len, lattice.points))
    reach = share * case.parameters[SHIFT]
    text = (
        f"gathers at {points} image points, {len(lattice.offsets)} half-offsets each, "
        f"take {size_text(gathers)} on one rank, and {size_text(max(0, free))} are "
        f"free beside the wavefields; admissible are {int(share * points)} image "
        f"points, or half-offsets up to {reach:.3g} m"
    )
    return [case.finding(f"parameters.{SHIFT}", text)]
