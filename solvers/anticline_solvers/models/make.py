"""The component `models.anticline`: writes the project's own model.

Ranks make slabs of the grid in turn, so a model may be larger than memory, and the
file does not depend on the number of ranks.
"""

from __future__ import annotations

from functools import partial
from math import ceil

from anticline.component import Case, Finding, RunContext
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.geometry import Frame
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.formats.model import slabs, write_model_by_slabs
from anticline_solvers.models.anticline import Anticline
from anticline_solvers.models.preflight import output_faults
from anticline_solvers.models.spacing import as_text

EXTENTS_M = {2: (9000.0, 3000.0), 3: (4000.0, 4000.0, 3000.0)}
SLAB_CELLS = 2**20
MOST_WATER = 0.3


def grid_of(case: Case) -> Grid:
    """Grid of the parameters `cells`, or `extent_m`, and `spacing_m`."""
    given = case.parameters
    ndim, spacing = given["dimensions"], given["spacing_m"]
    if given["cells"] is not None:
        shape = tuple(given["cells"])
    else:
        extent = given["extent_m"] or EXTENTS_M[ndim]
        shape = tuple(round(length / spacing) + 1 for length in extent)
    return Grid(shape, (spacing,) * ndim, (0.0,) * ndim)


def geology_of(case: Case, grid: Grid) -> Anticline:
    """Geology of the remaining parameters."""
    given = case.parameters
    return Anticline(
        grid.extent_m, given["water_depth_m"], given["texture"], given["seed"]
    )


def frame_of(case: Case) -> Frame:
    """Place on the map given by the parameters."""
    given = case.parameters
    return Frame(given["easting_m"], given["northing_m"], given["azimuth_deg"])


def check(case: Case, comm_size: int) -> list[Finding]:
    """Find sizes that contradict each other, and water too deep for the model."""
    found = _size_faults(case)
    if found:
        return found
    grid = grid_of(case)
    depth, water = grid.extent_m[-1], case.parameters["water_depth_m"]
    if water > MOST_WATER * depth:
        text = (
            f"water {water:g} m deep in a model of {depth:g} m; "
            f"at most {MOST_WATER * depth:g} m leaves room for the geology"
        )
        found.append(case.finding("parameters.water_depth_m", text))
    cells = 1
    for n in grid.shape:
        cells *= n
    return found + output_faults(case, "model", cells, 2)


def _size_faults(case: Case) -> list[Finding]:
    given, found = case.parameters, []
    ndim = given["dimensions"]
    if given["cells"] is not None and given["extent_m"] is not None:
        text = "cells and extent_m are both given; give one"
        found.append(case.finding("parameters.cells", text))
    for key, least in (("cells", 2), ("extent_m", 2 * given["spacing_m"])):
        values = given[key]
        if values is not None and (len(values) != ndim or min(values) < least):
            text = f"{key} needs {ndim} numbers, each at least {least:g}, has {values}"
            found.append(case.finding(f"parameters.{key}", text))
    return found


def run(case: Case, context: RunContext) -> None:
    """Write vp and rho, slab by slab."""
    out, comm = case.outputs["model"], context.comm
    if comm.bcast(comm.rank == 0 and finished(out, context.fingerprint)):
        context.log(f"{out} is there already")
        return
    grid = grid_of(case)
    rounds = ceil(sum(1 for _ in slabs(grid.shape, SLAB_CELLS)) / comm.size)
    progress = context.progress("slabs", rounds)
    write_model_by_slabs(
        out,
        grid,
        ("vp", "rho"),
        partial(geology_of(case, grid).fields, grid),
        frame_of(case),
        context.provenance,
        context.fingerprint,
        comm=comm,
        slab_cells=SLAB_CELLS,
        advance=progress.advance,
    )
    progress.close()
    context.log(as_text(out, grid))
