"""Components segy.import_model and segy.import_image: stacked traces as a grid.

CDP_X and CDP_Y of each trace are turned into the frame and binned onto its columns;
traces of one column are averaged. Frame and spacing are those of the input grid, those
the case states, or those fitted to the positions (`segy.lattice`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from anticline.component import Case, RunContext
from anticline.errors import BadInput, Finding
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.geometry import Frame
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.formats.image import write_image
from anticline_solvers.formats.model import UNITS, read_frame, read_grid, write_model
from anticline_solvers.formats.segy import positions
from anticline_solvers.formats.segy.index import Index
from anticline_solvers.formats.segy.samples import weighted
from anticline_solvers.formats.segy.traces import TraceFile
from anticline_solvers.models.preflight import memory_faults, output_faults
from anticline_solvers.segy import placing, reading
from anticline_solvers.segy.columns import Bins
from anticline_solvers.segy.lattice import Lattice, line_of, plane_of
from anticline_solvers.seismic import checks

MILLI = 1e-3
NEAREST = "nearest"
BYTES_PER_CELL = 12
MOST_COLUMNS = 10
"""A grid may have this many columns a trace."""
BLOCK = 4096


@dataclass(frozen=True, eq=False)
class Plan:
    """The grid of an import, and the column that each trace falls into.

    column : int64 (n_traces,), in the grid's order.
    """

    index: Index
    grid: Grid
    frame: Frame
    column: NDArray[np.int64]


def check_model(case: Case, comm_size: int) -> list[Finding]:
    """Say everything that keeps the file from being read as a model."""
    return _check(case, "model")


def check_image(case: Case, comm_size: int) -> list[Finding]:
    """Say everything that keeps the file from being read as an image."""
    return _check(case, "image")


def run_model(case: Case, context: RunContext) -> None:
    """Write the model, from rank 0."""
    _run(case, context, "model")


def run_image(case: Case, context: RunContext) -> None:
    """Write the image, from rank 0."""
    _run(case, context, "image")


def _check(case: Case, kind: str) -> list[Finding]:
    if checks.is_finished(case, kind):
        return []
    found: list[Finding] = []
    made = checks.attempt(lambda: plan(case), found)
    if made is not None:
        shape = made.grid.shape
        found += memory_faults(case, shape, BYTES_PER_CELL, "inputs.segy")
        cells = math.prod(shape)
        found += output_faults(case, kind, cells, 1)
    return found


def _run(case: Case, context: RunContext, kind: str) -> None:
    if context.comm.rank == 0 and not finished(case.outputs[kind], context.fingerprint):
        _write(case, context, kind)
    context.comm.Barrier()


def _write(case: Case, context: RunContext, kind: str) -> None:
    made = plan(case)
    values = case.parameters["factor"] * averaged(made, case.parameters["empty"])
    values = np.asarray(values, np.float32)
    name = case.parameters["dataset"]
    if kind == "model":
        _insist_positive(made, name, values)
        write_model(
            case.outputs[kind],
            made.grid,
            {name: values},
            made.frame,
            context.provenance,
            context.fingerprint,
        )
    else:
        write_image(
            case.outputs[kind],
            made.grid,
            {name: values},
            (),
            made.frame,
            context.provenance,
            context.fingerprint,
        )
    context.log(_as_text(made))


def _as_text(made: Plan) -> str:
    cells = " x ".join(map(str, made.grid.shape))
    steps = " x ".join(f"{step:.6g}" for step in made.grid.spacing_m)
    frame = made.frame
    return (
        f"{cells} cells of {steps} m, (0, 0) at easting {frame.easting_m:.2f}, "
        f"northing {frame.northing_m:.2f}, +x towards {frame.azimuth_deg:.4f} degrees"
    )


def _insist_positive(made: Plan, name: str, values: NDArray[np.float32]) -> None:
    """Raise BadInput, naming a trace, where a velocity or density is not positive."""
    if name not in UNITS or UNITS[name] == "1" or (values > 0).all():
        return
    layout = made.index.layout
    flat = values.reshape(-1, values.shape[-1])
    column, sample = np.argwhere(~(flat > 0))[0]
    trace = int(np.argmax(made.column == column))
    text = (
        f"trace {trace + 1:,} (byte {layout.byte_of(trace):,}): '{name}' is "
        f"{flat[column, sample]:g} at sample {sample + 1}; every value must be positive"
    )
    raise layout.fault(text)


def plan(case: Case) -> Plan:
    """Find frame, grid and columns; BadInput with what keeps them from being found."""
    p = case.parameters
    step = p["depth_step_m"]
    index = reading.opened(case, step and step / MILLI)
    layout = index.layout
    on_map = positions.bins(
        index.columns("cdp_x", "cdp_y", "coordinate_scalar"), layout.length_unit_m
    )
    lattice = _lattice(case, index, on_map)
    local, aside = placing.placed(
        np.column_stack([on_map, np.zeros(len(on_map))]),
        lattice.frame,
        None,
        line=p["dimensions"] == 2,
    )
    _insist_near(case, index, aside)
    grid = _grid(case, index, lattice, local)
    cells = Bins(grid).cells(local)
    shape = grid.shape[:-1]
    if ((cells < 0) | (cells >= shape)).any():
        bad = int(np.argmax(((cells < 0) | (cells >= shape)).any(axis=1)))
        text = (
            f"trace {bad + 1:,} (byte {layout.byte_of(bad, 181):,}) at easting "
            f"{on_map[bad, 0]:.8g}, northing {on_map[bad, 1]:.8g} lies outside the grid"
        )
        raise layout.fault(text)
    column = np.ravel_multi_index(tuple(cells.T), shape).astype(np.int64)
    _insist_covered(case, index, column, int(np.prod(shape)))
    return Plan(index, grid, lattice.frame, column)


def _lattice(case: Case, index: Index, on_map: NDArray[np.float64]) -> Lattice:
    """Take the input grid's frame and spacing, the stated, or the fitted ones."""
    p = case.parameters
    if "grid" in case.inputs:
        path = case.inputs["grid"]
        return Lattice(read_frame(path), read_grid(path).spacing_m[:-1])
    stated = {name: p[name] for name in placing.FRAME}
    spacing = tuple(p["spacing_m"] or ())
    if None not in stated.values() and spacing:
        return Lattice(Frame(**stated), spacing)
    try:
        if p["dimensions"] == 2:
            fitted = line_of(on_map)
        else:
            numbers = index.columns("inline", "crossline")
            fitted = plane_of(on_map, numbers["inline"], numbers["crossline"])
    except ValueError as error:
        text = (
            f"{error}, so no grid can be fitted to CDP_X and CDP_Y (bytes 181, 185); "
            "map cdp_x and cdp_y to the bytes that hold them, or state easting_m, "
            "northing_m, azimuth_deg and spacing_m"
        )
        raise index.layout.fault(text) from error
    known = {k: v for k, v in stated.items() if v is not None}
    frame = Frame(**({n: getattr(fitted.frame, n) for n in placing.FRAME} | known))
    return Lattice(frame, spacing or fitted.spacing_m)


def _insist_near(case: Case, index: Index, aside: NDArray[np.float64]) -> None:
    most = case.parameters["line_tolerance_m"]
    if aside.max() <= most:
        return
    worst = int(np.argmax(aside))
    text = (
        f"trace {worst + 1:,} (byte {index.layout.byte_of(worst, 181):,}) lies "
        f"{aside[worst]:.6g} m beside the line; widen line_tolerance_m ({most:g} m) or "
        "take dimensions: 3"
    )
    raise index.layout.fault(text)


def _grid(
    case: Case, index: Index, lattice: Lattice, local: NDArray[np.float64]
) -> Grid:
    """Make the grid that holds all positions, or take the input grid's columns."""
    layout, depth_step = index.layout, index.layout.interval * MILLI
    delay = positions.delays(index.columns(*positions.TIMES)) / MILLI
    if np.ptp(delay) > 0.0:
        other = int(np.argmax(delay != delay[0]))
        text = (
            f"trace {other + 1:,} (byte {layout.byte_of(other, 109):,}) starts at "
            f"{delay[other]:g} m, trace 1 at {delay[0]:g} m; one first depth is needed"
        )
        raise layout.fault(text)
    if "grid" in case.inputs:
        given = read_grid(case.inputs["grid"])
        if given.ndim != case.parameters["dimensions"]:
            told = f"the grid has {given.ndim} axes; state dimensions: {given.ndim}"
            raise BadInput([case.finding("inputs.grid", told)])
        shape, origin = given.shape[:-1], given.origin_m[:-1]
    else:
        spacing = np.asarray(lattice.spacing_m)
        if len(spacing) != case.parameters["dimensions"] - 1 or not (spacing > 0).all():
            told = f"spacing_m {list(spacing)} must be a positive number an axis"
            raise BadInput([case.finding("parameters.spacing_m", told)])
        low = np.rint(local[:, :-1].min(axis=0) / spacing)
        last = np.rint(local[:, :-1].max(axis=0) / spacing) - low
        _insist_sane(index, last)
        shape = tuple(int(n) + 1 for n in last)
        origin = tuple(float(o) for o in low * spacing)
    return Grid(
        (*shape, layout.n_samples),
        (*lattice.spacing_m, depth_step),
        (*origin, float(delay[0])),
    )


def _insist_sane(index: Index, last: NDArray[np.float64]) -> None:
    """Raise BadInput where positions spread over far more columns than traces."""
    columns = float(np.prod(last + 1.0))
    if columns <= MOST_COLUMNS * index.n_traces + 1000:
        return
    text = (
        f"the positions (bytes 181, 185) spread over {columns:.4g} columns, the file "
        f"has {index.n_traces:,} traces; correct them, or state spacing_m"
    )
    raise index.layout.fault(text)


def _insist_covered(
    case: Case, index: Index, column: NDArray[np.int64], count: int
) -> None:
    """Raise BadInput where columns are empty and are not to be filled."""
    empty = count - np.unique(column).size
    if not empty or case.parameters["empty"] == NEAREST:
        return
    text = (
        f"{empty:,} of {count:,} columns of the grid have no trace; take empty: "
        "nearest to fill them from the nearest one, or state the frame and spacing_m"
    )
    raise index.layout.fault(text)


def averaged(made: Plan, empty: str) -> NDArray[np.float32]:
    """Average the traces of each column, float32 of the grid's shape."""
    grid, layout = made.grid, made.index.layout
    count = int(np.prod(grid.shape[:-1]))
    total = np.zeros((count, grid.shape[-1]), np.float32)
    fold = np.bincount(made.column, minlength=count)
    exponents = made.index.exponents()
    with TraceFile(layout) as file:
        for first in range(0, layout.n_traces, BLOCK):
            last = min(first + BLOCK, layout.n_traces)
            values = file.samples(np.arange(first, last))
            values = weighted(values, exponents[first:last])
            np.add.at(total, made.column[first:last], values)
    many = fold > 1
    total[many] /= fold[many, None]
    if empty == NEAREST and not fold.all():
        _fill(total, fold.reshape(grid.shape[:-1]))
    return total.reshape(grid.shape)


def _fill(total: NDArray[np.float32], fold: NDArray[np.int64]) -> None:
    """Copy the nearest column into each empty one, in place."""
    _, nearest = distance_transform_edt(fold == 0, return_indices=True)
    total[:] = total[np.ravel_multi_index(tuple(nearest), fold.shape).ravel()]
