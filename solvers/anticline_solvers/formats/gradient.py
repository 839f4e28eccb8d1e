"""Gradients of a misfit by a model: `anticline-gradient/1`, float64 on a grid.

`gradient` is d misfit / d parameter of every cell, `illumination` the energy of the
source wavefields, both summed over shots. Root attributes:

    misfit      the sum over the shots, exactly rounded
    parameter   what the gradient is by: vp, slowness, squared_slowness, perturbation
    measure     name of the misfit
    model_digest   hash of the model that the gradient is at, as `formats.digest` takes
                it; of the perturbation, where the problem is linear in one
    iteration, evaluation   of the model, where it says them
    shots       their numbers; data set `misfit_of_shot` has a value for each

The group `sums` says what the shots come from (`formats.sums`). Gradients add up:
misfits to the same bits in any order, fields as `domain.fixed_point` says.

Fields are zero outside the window (attributes `first` and `last` of each data set) in
which any shot was computed; that part takes no room in the file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from anticline_solvers.domain.grid import Grid
from anticline_solvers.domain.placed import Placed, Window
from anticline_solvers.formats import contents
from anticline_solvers.formats.distributed import Box
from anticline_solvers.formats.geometry import GROUP as GEOMETRY
from anticline_solvers.formats.geometry import (
    Frame,
    frame_of,
    grid_of,
    write_geometry,
)
from anticline_solvers.formats.hdf5 import open_checked, write_new
from anticline_solvers.formats.sums import (
    GROUP,
    Heading,
    Origin,
    origin_of,
    put_origin,
)

FORMAT = "anticline-gradient/1"
GRADIENT, ILLUMINATION = FIELDS = ("gradient", "illumination")
MODEL, PERTURBED = "model", "perturbation"
"""Inputs by which a gradient is, the last where there is one."""

UNITS = {
    "vp": "1/(m/s)",
    "slowness": "1/(s/m)",
    "squared_slowness": "1/(s2/m2)",
    "perturbation": "1/(m/s)",
}
"""Units of the gradient times that of the misfit, by parameter."""

Field = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Measured:
    """What a gradient says besides its fields.

    parameter : a key of UNITS. measure : name of the misfit.
    misfits : by shot number. numbers : further attributes of the root.
    """

    parameter: str
    measure: str
    misfits: Mapping[int, float]
    numbers: Mapping[str, int]

    @property
    def misfit(self) -> float:
        """Sum over the shots."""
        return math.fsum(self.misfits.values())


def write_gradient(
    path: Path,
    grid: Grid,
    fields: Mapping[str, Placed],
    measured: Measured,
    origin: Origin,
    frame: Frame | None = None,
    provenance: Mapping[str, object] | None = None,
    fingerprint: str = "",
) -> None:
    """Write the sums of some shots; fields : of FIELDS, on windows of the grid."""
    with write_new(path, FORMAT, provenance or {}, fingerprint) as file:
        write_geometry(file, grid, frame or Frame())
        file.attrs["shots"] = np.asarray(origin.shots, np.int64)
        file.attrs["misfit"] = measured.misfit
        file.attrs["parameter"] = measured.parameter
        file.attrs["measure"] = measured.measure
        file.attrs["model_digest"] = origin.inputs.get(PERTURBED, origin.inputs[MODEL])
        file.attrs.update(measured.numbers)
        misfits = [float(measured.misfits[shot]) for shot in origin.shots]
        each = file.create_dataset("misfit_of_shot", data=np.array(misfits, np.float64))
        each.attrs["unit"] = "1"
        put_origin(file, origin)
        units = {GRADIENT: UNITS[measured.parameter], ILLUMINATION: "Pa2"}
        for name in FIELDS:
            _put(file, name, grid, fields[name], units[name])


def _put(file: h5py.File, name: str, grid: Grid, field: Placed, unit: str) -> None:
    """Write the window of a field; chunks beyond it are never made."""
    whole = field.values.shape == grid.shape
    data = file.create_dataset(
        name, grid.shape, np.float64, chunks=None if whole else True
    )
    data.attrs["unit"], data.attrs["axes"] = unit, "".join(grid.axes)
    data.attrs["first"] = np.asarray(field.first, np.int64)
    data.attrs["last"] = np.asarray(field.last, np.int64)
    if field.values.size:
        data[field.box] = field.values


def read_gradient(path: Path, name: str = GRADIENT, box: Box | None = None) -> Field:
    """Read a box of a field (None: all of it), float64."""
    with open_checked(path, FORMAT) as file:
        values: Field = contents.dataset(file, name)[... if box is None else box]
    return values


def read_measured(path: Path) -> Measured:
    """Read what it says besides its fields."""
    with open_checked(path, FORMAT) as file:
        shots = [int(number) for number in contents.attribute(file, "shots")]
        misfits = contents.dataset(file, "misfit_of_shot")[...]
        if len(shots) != misfits.size:
            text = f"has {len(shots)} shots and {misfits.size} misfits; make it again"
            raise contents.faulty(file, text)
        numbers = {
            name: int(file.attrs[name])
            for name in ("iteration", "evaluation")
            if name in file.attrs
        }
        return Measured(
            str(contents.attribute(file, "parameter")),
            str(contents.attribute(file, "measure")),
            {s: float(v) for s, v in zip(shots, misfits, strict=True)},
            numbers,
        )


def read_heading(path: Path) -> Heading:
    """Read grid, shots and origin, without the fields' values."""
    with open_checked(path, FORMAT) as file:
        windows = {name: _window(contents.dataset(file, name)) for name in FIELDS}
        origin = origin_of(file, contents.group(file, GROUP))
        frame = frame_of(contents.group(file, GEOMETRY))
        return Heading(Path(path), grid_of(file), frame, origin, windows)


def read_window(path: Path, name: str) -> Placed:
    """Read a field within its window."""
    with open_checked(path, FORMAT) as file:
        data = contents.dataset(file, name)
        first, last = _window(data)
        return Placed(first, data[tuple(map(slice, first, last))])


def _window(data: h5py.Dataset) -> Window:
    first, last = (_cells(contents.attribute(data, end)) for end in ("first", "last"))
    return first, last


def _cells(values: Any) -> tuple[int, ...]:
    return tuple(int(n) for n in values)
