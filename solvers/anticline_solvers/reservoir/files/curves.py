"""Curves of a run on disk: `anticline-curves/1`, one table of values at report times.

keys (c,) text, as `summary` names them; values (t, c) float64 in SI units; times_s
(t,) since the start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import h5py
import numpy as np
from numpy.typing import NDArray

from anticline_solvers.formats.contents import dataset, faulty
from anticline_solvers.formats.hdf5 import open_checked, write_new

FORMAT = "anticline-curves/1"

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Curves:
    """Curves at t times: values by key, each (t,) in SI units.

    shape : nx, ny, nz of the grid, by which cells are numbered.
    """

    times_s: Floats
    values: dict[str, Floats]
    title: str = ""
    start: date = date(2000, 1, 1)
    unit_system: Literal["FIELD", "METRIC"] = "METRIC"
    shape: tuple[int, int, int] = (1, 1, 1)


def write_curves(
    path: Path,
    curves: Curves,
    provenance: Mapping[str, object] | None = None,
    fingerprint: str = "",
) -> None:
    """Write curves, from one process."""
    with write_new(path, FORMAT, provenance or {}, fingerprint) as file:
        put_curves(file, curves)


def put_curves(file: h5py.Group, curves: Curves) -> None:
    """Write curves into an open group."""
    file.attrs["title"] = curves.title
    file.attrs["start"] = curves.start.isoformat()
    file.attrs["unit_system"] = curves.unit_system
    file.attrs["shape"] = curves.shape
    file["times_s"] = curves.times_s
    file["times_s"].attrs["unit"] = "s"
    file.create_dataset("keys", data=list(curves.values), dtype=h5py.string_dtype())
    columns = [np.asarray(values, np.float64) for values in curves.values.values()]
    empty = np.zeros((len(curves.times_s), 0))
    file["values"] = np.column_stack(columns) if columns else empty


def read_curves(path: Path) -> Curves:
    """Read curves; BadInput says why a file holds none."""
    with open_checked(path, FORMAT) as file:
        return take_curves(file)


def take_curves(file: h5py.Group) -> Curves:
    """Read curves out of an open group."""
    keys = [str(key) for key in dataset(file, "keys").asstr()[()]]
    values = np.asarray(dataset(file, "values")[()], np.float64)
    times = np.asarray(dataset(file, "times_s")[()], np.float64)
    if values.shape != (len(times), len(keys)):
        raise faulty(file, f"has values {values.shape}, {(len(times), len(keys))} fit")
    nx, ny, nz = (int(n) for n in file.attrs.get("shape", (1, 1, 1)))
    field = str(file.attrs.get("unit_system", "METRIC")) == "FIELD"
    return Curves(
        times,
        {key: values[:, at].copy() for at, key in enumerate(keys)},
        str(file.attrs.get("title", "")),
        date.fromisoformat(str(file.attrs.get("start", "2000-01-01"))),
        "FIELD" if field else "METRIC",
        (nx, ny, nz),
    )
