"""Subsurface models: `anticline-model/1`, fields on a grid.

Fields are float32 data sets of the file's root, (nx, nz) or (nx, ny, nz):
vp [m/s] always, rho [kg/m3] where known. They are read by box, so a model may be
larger than memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypedDict

import h5py
import numpy as np
from numpy.typing import ArrayLike, NDArray

from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats import contents
from anticline_solvers.formats.contents import dataset
from anticline_solvers.formats.distributed import Box, create_dataset, write_box
from anticline_solvers.formats.geometry import (
    Frame,
    grid_of,
    map_frame_of,
    write_geometry,
)
from anticline_solvers.formats.hdf5 import open_checked, write_new

__all__ = [
    "FORMAT",
    "Frame",
    "fields_of",
    "read_field",
    "read_frame",
    "read_grid",
    "read_numbers",
    "slabs",
    "summary",
    "velocity_fault",
    "write_model",
    "write_model_by_slabs",
]

FORMAT = "anticline-model/1"
GRIDDED = (FORMAT, "anticline-image/1", "anticline-gradient/1")
UNITS = {"vp": "m/s", "vs": "m/s", "rho": "kg/m3", "reflectivity": "1"}
SLAB_CELLS = 2**24

Field = NDArray[np.float32]


class Summary(TypedDict):
    """What one pass over a field finds.

    min, max : of the finite values (NaN where there is none), in the field's unit.
    nan : count of values that are not finite.
    nonpositive : count of finite values that are zero or below.
    first_bad : cell of the first value of either kind, in storage order.
    """

    min: float
    max: float
    nan: int
    nonpositive: int
    first_bad: tuple[int, ...] | None


def write_model(
    path: Path,
    grid: Grid,
    fields: Mapping[str, ArrayLike],
    frame: Frame | None = None,
    provenance: Mapping[str, object] | None = None,
    fingerprint: str = "",
    *,
    attributes: Mapping[str, int] | None = None,
) -> None:
    """Write whole fields, each of the grid's shape, from one process.

    attributes : of the root, such as the `iteration` of an inversion.
    """
    with write_new(path, FORMAT, provenance or {}, fingerprint) as file:
        write_geometry(file, grid, frame or Frame())
        file.attrs.update(attributes or {})
        for name, values in fields.items():
            array = np.asarray(values, np.float32)
            if array.shape != grid.shape:
                msg = f"field '{name}' is {array.shape}, the grid {grid.shape}"
                raise ValueError(msg)
            create_field(file, name, grid)
            file[name][...] = array


def create_field(file: h5py.File | None, name: str, grid: Grid) -> None:
    """Make an empty field of an open model; nothing where the file is None."""
    axes = "".join(grid.axes)
    create_dataset(file, name, grid.shape, np.float32, UNITS.get(name, "1"), axes=axes)


def write_model_by_slabs(
    path: Path,
    grid: Grid,
    names: tuple[str, ...],
    make: Callable[[Box], Mapping[str, Field]],
    frame: Frame | None = None,
    provenance: Mapping[str, object] | None = None,
    fingerprint: str = "",
    *,
    comm: Any,
    collective: bool | None = None,
    slab_cells: int = SLAB_CELLS,
    advance: Callable[[], None] = lambda: None,
) -> None:
    """Write a model of any size: ranks make slabs in turn, one in memory each.

    make : gives the fields `names` of a box, each of the box's shape.
    comm : every rank of it calls this. The slabs depend on the grid alone, so the
        file does not depend on the number of ranks.
    advance : called after each round of slabs.
    """
    boxes = list(slabs(grid.shape, slab_cells))
    nothing = tuple(slice(0, 0) for _ in grid.shape)
    empty = np.empty((0,) * grid.ndim, np.float32)
    with write_new(
        path, FORMAT, provenance or {}, fingerprint, comm=comm, collective=collective
    ) as file:
        write_geometry(file, grid, frame or Frame())
        for name in names:
            create_field(file, name, grid)
        for first in range(0, len(boxes), comm.size):
            mine = first + comm.rank
            box = boxes[mine] if mine < len(boxes) else nothing
            made = make(box) if mine < len(boxes) else dict.fromkeys(names, empty)
            for name in names:
                write_box(comm, file, name, box, made[name])
            advance()


def slabs(shape: tuple[int, ...], cells: int = SLAB_CELLS) -> Iterator[Box]:
    """Boxes of about `cells` cells that follow each other along the first axis."""
    step = max(1, cells // max(1, int(np.prod(shape[1:]))))
    rest = tuple(slice(0, n) for n in shape[1:])
    for start in range(0, shape[0], step):
        yield (slice(start, min(start + step, shape[0])), *rest)


def read_grid(path: Path) -> Grid:
    """Read the grid of a model or an image."""
    with open_checked(path, *GRIDDED) as file:
        return grid_of(file)


def read_frame(path: Path) -> Frame:
    """Read the map frame of a model, an image, a survey or gathers."""
    return map_frame_of(path)


def read_numbers(path: Path, names: Iterable[str]) -> dict[str, int]:
    """Read those whole numbers among a model's root attributes that are there."""
    with open_checked(path, *GRIDDED) as file:
        return {n: int(contents.number(file, n)) for n in names if n in file.attrs}


def fields_of(path: Path) -> tuple[str, ...]:
    """Names of a model's fields."""
    with open_checked(path, FORMAT) as file:
        return tuple(k for k, v in file.items() if isinstance(v, h5py.Dataset))


def read_field(path: Path, name: str = "vp", box: Box | None = None) -> Field:
    """Read a box of a field (None: all of it), float32, of the box's shape."""
    with open_checked(path, *GRIDDED) as file:
        values: Field = dataset(file, name)[... if box is None else box]
    return values


def summary(path: Path, name: str = "vp", slab_cells: int = SLAB_CELLS) -> Summary:
    """Scan a field once, slab by slab."""
    found = Summary(min=np.nan, max=np.nan, nan=0, nonpositive=0, first_bad=None)
    with open_checked(path, *GRIDDED) as file:
        values = dataset(file, name)
        for box in slabs(values.shape, slab_cells):
            _absorb(found, values[box], box)
    return found


def _absorb(found: Summary, values: Field, box: Box) -> None:
    """Add one slab to a summary, which is changed in place."""
    finite = np.isfinite(values)
    good = values[finite]
    if good.size:
        found["min"] = float(np.fmin(found["min"], good.min()))
        found["max"] = float(np.fmax(found["max"], good.max()))
    found["nan"] += int(values.size - good.size)
    found["nonpositive"] += int((good <= 0).sum())
    if found["first_bad"] is None and found["nan"] + found["nonpositive"]:
        cell = np.unravel_index(int(np.argmin(finite & (values > 0))), values.shape)
        starts = tuple(int(s.start) for s in box)
        found["first_bad"] = tuple(
            start + int(i) for start, i in zip(starts, cell, strict=True)
        )


def velocity_fault(path: Path, name: str = "vp") -> str | None:
    """Say how a field fails as a velocity or density (finite, positive), or None."""
    found = summary(path, name)
    if found["first_bad"] is None:
        return None
    grid = read_grid(path)
    place = ", ".join(
        f"{axis} = {o + h * i:g} m"
        for axis, o, h, i in zip(
            grid.axes, grid.origin_m, grid.spacing_m, found["first_bad"], strict=True
        )
    )
    return (
        f"'{name}' has {found['nan']:,} values that are not finite and "
        f"{found['nonpositive']:,} that are zero or negative, the first at cell "
        f"{found['first_bad']} ({place}); every value must be positive"
    )
