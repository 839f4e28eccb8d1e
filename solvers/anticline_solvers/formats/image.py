"""Migrated images: `anticline-image/1`, float32 on a grid.

`image` always, `illumination` and other quantities where known; the numbers of the
shots that were stacked are the attribute `shots` of the root.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import ArrayLike

from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.contents import attribute, dataset
from anticline_solvers.formats.distributed import Box, create_dataset
from anticline_solvers.formats.geometry import Frame, write_geometry
from anticline_solvers.formats.hdf5 import open_checked, write_new
from anticline_solvers.formats.model import Field, read_frame, read_grid

__all__ = [
    "FORMAT",
    "datasets_of",
    "read_frame",
    "read_grid",
    "read_image",
    "read_shots",
    "write_image",
]

FORMAT = "anticline-image/1"


def write_image(
    path: Path,
    grid: Grid,
    datasets: Mapping[str, ArrayLike],
    shots: Iterable[int] = (),
    frame: Frame | None = None,
    provenance: Mapping[str, object] | None = None,
    fingerprint: str = "",
    *,
    units: Mapping[str, str] | None = None,
    also: Callable[[h5py.File], None] | None = None,
) -> None:
    """Write arrays of the grid's shape; `datasets` must have "image".

    units : of the data sets; "1" (no unit) for those not named. also : adds more to
        the open file, such as `formats.sums.put_sums`.
    """
    if "image" not in datasets:
        msg = f"an image file needs the data set 'image', found {sorted(datasets)}"
        raise ValueError(msg)
    with write_new(path, FORMAT, provenance or {}, fingerprint) as file:
        write_geometry(file, grid, frame or Frame())
        file.attrs["shots"] = np.asarray(list(shots), np.int64)
        for name, values in datasets.items():
            _put(file, name, grid, values, (units or {}).get(name, "1"))
        if also is not None:
            also(file)


def _put(file: h5py.File, name: str, grid: Grid, values: ArrayLike, unit: str) -> None:
    array = np.asarray(values, np.float32)
    if array.shape != grid.shape:
        msg = f"data set '{name}' is {array.shape}, the grid {grid.shape}"
        raise ValueError(msg)
    axes = "".join(grid.axes)
    create_dataset(file, name, grid.shape, np.float32, unit, axes=axes)
    file[name][...] = array


def read_image(path: Path, name: str = "image", box: Box | None = None) -> Field:
    """Read a box of a data set (None: all of it), float32."""
    with open_checked(path, FORMAT) as file:
        values: Field = dataset(file, name)[... if box is None else box]
    return values


def datasets_of(path: Path) -> tuple[str, ...]:
    """Names of the data sets of an image file."""
    with open_checked(path, FORMAT) as file:
        return tuple(k for k, v in file.items() if isinstance(v, h5py.Dataset))


def read_shots(path: Path) -> tuple[int, ...]:
    """Read the numbers of the shots in an image."""
    with open_checked(path, FORMAT) as file:
        return tuple(int(number) for number in attribute(file, "shots"))
