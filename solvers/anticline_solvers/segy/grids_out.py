"""Components segy.export_model and segy.export_image: columns of a grid as traces.

One trace a column, in the grid's order, its samples down from the grid's first depth.
The position of the column on the map is CDP_X and CDP_Y (bytes 181, 185); inline and
crossline number it. The sample interval is the depth step, a millionth of a kilometre
a unit; the first depth stands in the delay time, with the scalar of byte 215.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from anticline.component import Case, RunContext
from anticline.errors import BadInput, Finding
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.geometry import Frame
from anticline_solvers.formats.image import read_image
from anticline_solvers.formats.model import read_field, read_frame, read_grid, slabs
from anticline_solvers.formats.segy.writer import STACKED, NewFile, write_segy
from anticline_solvers.segy import output
from anticline_solvers.segy.columns import Bins
from anticline_solvers.seismic import checks

MILLI = 1e-3
DELAY_SCALES = (1, 10, 100, 1000)
MOST_DELAY = 32767
SLAB_CELLS = 2**22

ReadBox = Callable[[tuple[slice, ...]], NDArray[np.float32]]


def check_model(case: Case, comm_size: int) -> list[Finding]:
    """Say everything that keeps the model from being written."""
    return _check(case, "model")


def check_image(case: Case, comm_size: int) -> list[Finding]:
    """Say everything that keeps the image from being written."""
    return _check(case, "image")


def run_model(case: Case, context: RunContext) -> None:
    """Write a field of a model, from rank 0."""
    _run(case, context, "model")


def run_image(case: Case, context: RunContext) -> None:
    """Write a data set of an image, from rank 0."""
    _run(case, context, "image")


def _reader(case: Case, kind: str) -> ReadBox:
    path, name = case.inputs[kind], case.parameters["dataset"]
    read = read_field if kind == "model" else read_image
    return lambda box: read(path, name, box)


def _check(case: Case, kind: str) -> list[Finding]:
    if output.is_finished(case.outputs["segy"], case.fingerprint()):
        return []
    found: list[Finding] = []
    grid = checks.attempt(lambda: read_grid(case.inputs[kind]), found)
    if grid is None:
        return found
    first = tuple(slice(0, 1) for _ in grid.shape)
    checks.attempt(lambda: _reader(case, kind)(first), found)
    try:
        delay_of(grid)
        _scale(grid, read_frame(case.inputs[kind]))
    except ValueError as error:
        found.append(case.finding(f"inputs.{kind}", str(error)))
    return found + output.output_faults(case, _new(case, grid))


def _new(case: Case, grid: Grid, lines: tuple[str, ...] = ()) -> NewFile:
    interval = grid.spacing_m[-1] / MILLI
    n = Bins(grid).count
    return output.new_file(case, grid.shape[-1], n, interval, lines, STACKED)


def _run(case: Case, context: RunContext, kind: str) -> None:
    path = case.outputs["segy"]
    if context.comm.rank == 0 and not output.is_finished(path, context.fingerprint):
        _write(case, context, kind)
    context.comm.Barrier()


def _write(case: Case, context: RunContext, kind: str) -> None:
    path, name = case.inputs[kind], case.parameters["dataset"]
    grid, frame, read = read_grid(path), read_frame(path), _reader(case, kind)
    lines = output.lines_of(
        context,
        f"{kind.upper()}: {name.upper()}, SAMPLES DOWN IN DEPTH",
        "DEPTH STEP IN MILLIMETRES IN BYTE 117, FIRST DEPTH IN METRES IN BYTE 109",
        "INLINE IN BYTE 189, CROSSLINE IN BYTE 193",
    )
    new, scale = _new(case, grid, lines), _scale(grid, frame)
    with write_segy(case.outputs["segy"], new) as writer:
        for box in slabs(grid.shape, SLAB_CELLS):
            values = read(box)
            if not np.isfinite(values).all():
                text = f"{path}: '{name}' holds values that are not finite"
                raise BadInput([Finding(None, None, text)])
            traces = values.reshape(-1, grid.shape[-1])
            writer.put(_headers(grid, frame, scale, box), traces)
    context.log(f"{case.outputs['segy']}: {new.n_traces:,} columns of {new.n_samples}")


def _scale(grid: Grid, frame: Frame) -> int:
    return output.scale_for(frame.to_map(Bins(grid).corners()))


def delay_of(grid: Grid) -> tuple[int, int]:
    """Give delay time and time scalar that hold the grid's first depth [m].

    Raises ValueError where 2 bytes with a scalar do not hold it to a micrometre.
    """
    depth = grid.origin_m[-1]
    for scale in DELAY_SCALES:
        stored = round(depth * scale)
        if abs(stored) <= MOST_DELAY and abs(stored / scale - depth) < 1e-6:
            return stored, output.scalar(scale)
    msg = (
        f"the first depth is {depth:g} m; the 2 bytes of the delay hold 32.767 m to a "
        "millimetre, 32767 m to a metre: resample the grid"
    )
    raise ValueError(msg)


def _headers(
    grid: Grid, frame: Frame, scale: int, box: tuple[slice, ...]
) -> dict[str, NDArray[np.int64]]:
    """Make the headers of the columns of a slab of the grid."""
    bins = Bins(grid)
    width = bins.count // grid.shape[0]
    cells = bins.all()[box[0].start * width : box[0].stop * width]
    on_map = output.whole(frame.to_map(bins.at(cells)), scale)
    delay, time_scalar = delay_of(grid)
    constants = {
        "trace_code": 1,
        "coordinate_scalar": output.scalar(scale),
        "coordinate_units": 1,
        "delay_time": delay,
        "time_scalar": time_scalar,
    }
    return {
        **{name: np.full(len(cells), value) for name, value in constants.items()},
        **bins.numbers_of(cells),
        "cdp_x": on_map[:, 0],
        "cdp_y": on_map[:, 1],
    }
