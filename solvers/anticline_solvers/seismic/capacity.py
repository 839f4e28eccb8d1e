"""Whether ranks, memory and disk suffice for a case, before any time step."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from anticline.component import Case
from anticline.component.context import work_folder
from anticline.errors import Finding
from anticline_solvers.backends.free_memory import free_bytes
from anticline_solvers.domain.decomposition import choose_process_grid
from anticline_solvers.domain.grid import Grid
from anticline_solvers.domain.placement import Placement
from anticline_solvers.formats.hdf5 import require_space
from anticline_solvers.formats.survey import Survey
from anticline_solvers.numerics.storage import COMPRESSED, DISK, Sizes, choose
from anticline_solvers.seismic.acquisition.aperture import window, windowed
from anticline_solvers.seismic.imaging.conditions import steps_per_image
from anticline_solvers.seismic.imaging.extent import Extent
from anticline_solvers.seismic.imaging.footprint import footprint
from anticline_solvers.seismic.imaging.keeping import (
    FREE_MEMORY_SHARE,
    largest,
)
from anticline_solvers.seismic.modelling import boundary_of, time_step_s, time_steps
from anticline_solvers.seismic.physics import PHYSICS, foreseen
from anticline_solvers.seismic.shots.schedule import ranks_for_a_shot

Cells = tuple[int, ...]
FLOAT32, FLOAT64 = 4, 8
STACKED = 2 * FLOAT32 + 2 * FLOAT64  # bytes a cell: an image, its light, their sums


def space(case: Case, port: str, n_bytes: int) -> list[Finding]:
    """Find a disk too full for what a run still writes, finished shots apart."""
    path = case.outputs[port]
    kept = (work_folder(case) / "shots").glob("*.h5")
    there = sum(file.stat().st_size for file in kept)
    lack = require_space(path, max(0, n_bytes - there))
    return [case.finding(f"outputs.{port}", f"{path}: {lack.text}")] if lack else []


def windows(case: Case, grid: Grid, survey: Survey) -> list[Cells]:
    """Cells of each shot's window, in the survey's order."""
    aperture_m = case.parameters["aperture_m"]
    return [
        windowed(grid, window(grid, shot, aperture_m)).shape for shot in survey.shots
    ]


def ranks_of(case: Case, survey: Survey, comm_size: int) -> int:
    """Ranks that share a shot."""
    asked = case.parameters["ranks_per_shot"]
    return ranks_for_a_shot(asked, survey.ndim, len(survey.shots), comm_size)


def ranks(case: Case, grid: Grid, survey: Survey, comm_size: int) -> list[Finding]:
    """Find too few ranks, and a window with fewer cells than ranks or stencil need."""
    p = case.parameters
    if p["ranks_per_shot"] > comm_size:
        text = (
            f"ranks_per_shot: {p['ranks_per_shot']} ranks are asked for, the run has "
            f"{comm_size}; start it on more ranks, ask for fewer, or 0 to let it choose"
        )
        return [case.finding("parameters.ranks_per_shot", text)]
    least, shared = p["space_order"], ranks_of(case, survey, comm_size)
    for cells in dict.fromkeys(windows(case, grid, survey)):
        if min(cells) < least:
            text = (
                f"a shot has {_times(cells)} cells, space order {least} needs {least} "
                "along each axis; widen aperture_m, refine the model or lower the order"
            )
            return [case.finding("parameters.aperture_m", text)]
        try:
            choose_process_grid(padded(p, cells), shared)
        except ValueError as error:
            text = f"ranks_per_shot: {error}"
            return [case.finding("parameters.ranks_per_shot", text)]
    return []


def memory(
    case: Case, grid: Grid, survey: Survey, comm_size: int, *, imaging: bool
) -> list[Finding]:
    """Find a shot whose wavefields do not fit the memory that is free.

    imaging : the run holds two wavefields, an image and its illumination.

    A rank's share of the largest window is compared with what this machine has free:
    ranks beside it take their own.
    """
    shared = ranks_of(case, survey, comm_size)
    cells = max(windows(case, grid, survey), key=math.prod)
    needed = run_bytes(cells, case.parameters, imaging=imaging) // shared
    free = free_bytes()
    if needed <= free:
        return []
    text = (
        f"a shot on {_times(cells)} cells takes {needed / 1e9:.3g} GB on each of "
        f"{shared} rank(s), and {free / 1e9:.3g} GB are free here; use more ranks a "
        "shot on more machines, a smaller aperture_m or a coarser model"
    )
    return [case.finding("inputs.model", text)]


class Kept(NamedTuple):
    """What a run keeps of its source wavefield.

    extent : of a snapshot. tolerance : of the codec. beyond : time steps after those
    that reach the last sample. per_period : snapshots in a period of the highest
    frequency, where a case names no interval.
    """

    extent: Extent
    tolerance: float
    beyond: int = 0
    per_period: float = 2.0

    def every(self, parameters: Mapping[str, Any], top_hz: float, dt_s: float) -> int:
        """Time steps of dt_s between snapshots, for frequencies up to top_hz."""
        asked = parameters["imaging_interval_s"]
        interval_s = 1.0 / (self.per_period * top_hz) if asked is None else asked
        return steps_per_image(float(interval_s), dt_s)


def storage(
    case: Case, grid: Grid, survey: Survey, comm_size: int, kept: Kept
) -> list[Finding]:
    """Find a memory budget, a tolerance or a disk that the storage asked for rules out.

    The sizes are those of the largest rank of the largest window.
    """
    p = case.parameters
    shared = ranks_of(case, survey, comm_size)
    sizes = storage_sizes(case, grid, survey, comm_size, kept)
    if sizes is None:
        return []
    try:
        choose(sizes, p["storage"])
    except ValueError as error:
        needless = sizes.tolerance or p["storage"] != COMPRESSED
        name = "memory_budget" if needless else "storage"
        return [case.finding(f"parameters.{name}", str(error))]
    if p["storage"] != DISK:
        return []
    folder = Path(p["storage_folder"] or work_folder(case))
    lack = require_space(folder / "wavefield", shared * int(sizes.spilled))
    return [case.finding("parameters.storage_folder", lack.text)] if lack else []


def storage_sizes(
    case: Case,
    grid: Grid,
    survey: Survey,
    comm_size: int,
    kept: Kept,
    budget: float | None = None,
) -> Sizes | None:
    """Give the sizes that a run will choose its storage by; None: no such run.

    budget : bytes of a rank; None: the case's, or without one what a rank of this
        machine is given now.
    """
    p, shared = case.parameters, ranks_of(case, survey, comm_size)
    box = max(
        (window(grid, shot, p["aperture_m"]) for shot in survey.shots),
        key=lambda box: math.prod(windowed(grid, box).shape),
    )
    dt_s = time_step_s(case.inputs["model"], grid, p)
    if not 0.0 < dt_s < math.inf:
        return None
    every = kept.every(p, survey.maximum_frequency_hz, dt_s)
    try:
        parts = [
            footprint(*placed, extent=kept.extent, every=every)
            for placed in _placed(windowed(grid, box), p, shared)
        ]
    except ValueError:  # too few cells for the ranks: a finding of its own
        return None
    n_imaging = math.ceil((time_steps(survey, dt_s) + kept.beyond) / every)
    given = p["memory_budget"] if budget is None else budget
    if given is None:
        given = FREE_MEMORY_SHARE * free_bytes() / comm_size
    return largest(parts, n_imaging, every, kept.tolerance, int(given))


def _placed(
    grid: Grid, parameters: Mapping[str, Any], ranks: int
) -> Iterator[tuple[Placement, int, int]]:
    """Give each rank's placement, the reach of a step, and its `state_bytes`."""
    order, boundary = parameters["space_order"], boundary_of(parameters)
    for rank in range(ranks):
        placement, state_bytes = foreseen(
            PHYSICS[0], grid, (rank, ranks), space_order=order, boundary=boundary
        )
        yield placement, order // 2, state_bytes


def bytes_held(cells: Cells, parameters: Mapping[str, Any]) -> tuple[int, int]:
    """Bytes of a snapshot and of a saved state, of all ranks together, halos apart.

    A state is two wavefields and two memories in every layer.
    """
    volume, layers = _volumes(cells, parameters)
    return FLOAT32 * math.prod(cells), FLOAT32 * (2 * volume + 2 * layers)


def run_bytes(cells: Cells, parameters: Mapping[str, Any], *, imaging: bool) -> int:
    """Bytes that a shot takes at least, of all ranks together, halos apart.

    The velocity, and for each of one or two runs two wavefields and two memories in
    every layer, these kept twice; for an image, it, its illumination, a snapshot and
    one saved state.
    """
    volume, layers = _volumes(cells, parameters)
    wavefields = FLOAT32 * (2 * volume + 4 * layers)
    if not imaging:
        return FLOAT32 * volume + wavefields
    images = 2 * FLOAT32 * math.prod(cells)
    return (
        FLOAT32 * volume + 2 * wavefields + images + sum(bytes_held(cells, parameters))
    )


def _volumes(cells: Cells, parameters: Mapping[str, Any]) -> tuple[int, int]:
    """Cells of the padded window, and of its layers."""
    whole = padded(parameters, cells)
    margins = boundary_of(parameters).margins(len(cells))
    volume = math.prod(whole)
    layers = sum(
        (low + high) * volume // n
        for n, (low, high) in zip(whole, margins, strict=True)
    )
    return volume, layers


def padded(parameters: Mapping[str, Any], cells: Cells) -> Cells:
    """Cells of a window with the layers around it."""
    margins = boundary_of(parameters).margins(len(cells))
    return tuple(n + low + high for n, (low, high) in zip(cells, margins, strict=True))


def _times(cells: Cells) -> str:
    return " x ".join(map(str, cells))
