"""The drivers of `bowl`, and the gradient's file as another maker writes it.

f = sum over cells of share * (cosh((v - true) / 200 m/s) - 1)
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np

from anticline.component import Case, RunContext
from anticline_solvers.formats import model
from anticline_solvers.formats.digest import digest
from anticline_solvers.formats.geometry import Frame, grid_of, write_geometry
from anticline_solvers.formats.hdf5 import write_new

FORMAT, SCALE = "anticline-gradient/1", 200.0


def misfit(vp: Any, true: Any) -> tuple[float, Any, Any]:
    """Give misfit, gradient and illumination."""
    apart = (np.asarray(vp, float) - true) / SCALE
    share = np.linspace(3.0, 1.0, vp.shape[-1])
    value = float(np.sum(share * (np.cosh(apart) - 1.0)))
    return value, share * np.sinh(apart) / SCALE, share * np.ones_like(apart)


def write(path: Path, at: Path, found: Any, story: Any = None, mark: str = "") -> None:
    """Write a gradient at a model's file."""
    value, slope, heard = found
    with write_new(path, FORMAT, story or {}, mark) as file:
        write_geometry(file, model.read_grid(at), Frame())
        file.attrs["misfit"], file.attrs["parameter"] = value, "vp"
        file.attrs["model_digest"] = digest(at)
        file["gradient"], file["illumination"] = slope, heard


def gradient(case: Case, context: RunContext) -> None:
    """Write the gradient of a part of the columns."""
    vp, true = (model.read_field(case.inputs[name]) for name in ("model", "true"))
    parts = np.arange(len(vp)) % case.parameters["parts"]
    mine = (parts == case.parameters["part"])[:, None]
    _, slope, heard = misfit(vp, true)
    value = misfit(vp[mine[:, 0]], true[mine[:, 0]])[0]
    found = value, np.where(mine, slope, 0.0), np.where(mine, heard, 0.0)
    made = context.provenance, context.fingerprint
    write(case.outputs["gradient"], case.inputs["model"], found, *made)


def add(case: Case, context: RunContext) -> None:
    """Add gradients of one model."""
    value, slope, heard = 0.0, 0.0, 0.0
    for path in case.lists["gradients"]:
        with h5py.File(path) as file:
            value += file.attrs["misfit"]
            slope, heard = slope + file["gradient"][:], heard + file["illumination"][:]
            named = file.attrs["model_digest"]
            grid = grid_of(file)
    made = context.provenance, context.fingerprint
    with write_new(case.outputs["gradient"], FORMAT, *made) as file:
        write_geometry(file, grid, Frame())
        file.attrs["misfit"], file.attrs["parameter"] = value, "vp"
        file.attrs["model_digest"] = named
        file["gradient"], file["illumination"] = slope, heard
