"""Gradients of misfits: `anticline-gradient/1`, float64 on a grid.

Data sets `gradient` (d misfit / d parameter) and, where known, `illumination`; of each
shot its number and its misfit. Attributes of the root: `misfit` (their sum),
`parameter` (vp, slowness, squared_slowness or perturbation) and `model_digest`, which
names the model that it was computed at: `formats.digest.digest` of the model's file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.contents import attribute, dataset, number
from anticline_solvers.formats.geometry import Frame, frame_of, grid_of, write_geometry
from anticline_solvers.formats.geometry import GROUP as GEOMETRY
from anticline_solvers.formats.hdf5 import open_checked, write_new

FORMAT = "anticline-gradient/1"

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Gradient:
    """A misfit, the sum of that of its shots, and its gradient.

    values, illumination : float64, of the grid's shape; illumination may be None.
    misfits : of each shot, float64. model_digest : 64 hexadecimal digits.
    """

    grid: Grid
    values: Values
    misfit: float
    parameter: str
    model_digest: str
    illumination: Values | None = None
    shots: tuple[int, ...] = ()
    misfits: Values = field(default_factory=lambda: np.empty(0))
    frame: Frame = field(default_factory=Frame)


def write_gradient(
    path: Path,
    made: Gradient,
    provenance: Mapping[str, object] | None = None,
    fingerprint: str = "",
) -> None:
    """Write a gradient from one process."""
    with write_new(path, FORMAT, provenance or {}, fingerprint) as file:
        write_geometry(file, made.grid, made.frame)
        file.attrs["misfit"] = made.misfit
        file.attrs["parameter"] = made.parameter
        file.attrs["model_digest"] = made.model_digest
        file.attrs["shots"] = np.asarray(made.shots, np.int64)
        file.attrs["misfits"] = np.asarray(made.misfits, np.float64)
        for name, values in (
            ("gradient", made.values),
            ("illumination", made.illumination),
        ):
            if values is not None:
                _put(file, name, made.grid, values)


def _put(file: h5py.File, name: str, grid: Grid, values: Values) -> None:
    array = np.asarray(values, np.float64)
    if array.shape != grid.shape:
        msg = f"data set '{name}' is {array.shape}, the grid {grid.shape}"
        raise ValueError(msg)
    made = file.create_dataset(name, data=array)
    made.attrs["unit"] = "1"
    made.attrs["axes"] = "".join(grid.axes)


def read_gradient(path: Path) -> Gradient:
    """Read a gradient; BadInput, naming what is missing, where it is none."""
    with open_checked(path, FORMAT) as file:
        return Gradient(
            grid=grid_of(file),
            values=dataset(file, "gradient")[...],
            misfit=number(file, "misfit"),
            parameter=str(attribute(file, "parameter")),
            model_digest=str(attribute(file, "model_digest")),
            illumination=file["illumination"][...] if "illumination" in file else None,
            shots=tuple(int(shot) for shot in attribute(file, "shots")),
            misfits=np.asarray(attribute(file, "misfits"), np.float64),
            frame=frame_of(file[GEOMETRY]),
        )
