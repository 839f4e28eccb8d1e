"""Small surveys over small models, driven as a rank program drives them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from mpi4py import MPI

from anticline.component import Case, Component, RunContext
from anticline.component.declare import REQUIRED
from anticline.component.registry import resolve
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.model import write_model
from anticline_solvers.seismic.components import FORWARD, RTM, SURVEY

WORLD = MPI.COMM_WORLD
GRID = Grid((48, 36), (10.0, 10.0), (0.0, 0.0))
GRID_3D = Grid((22, 20, 24), (20.0, 20.0, 20.0), (0.0, 0.0, 0.0))


def case(component: Component, inputs: Any, outputs: Any, **given: Any) -> Case:
    """Make a case as a file with these parameters would."""
    known = {
        p.name: None if p.default is REQUIRED else p.default
        for p in component.parameters
    }
    return Case(component, inputs, outputs, known | given, Path("case.yaml"))


def drive(made: Case, comm: MPI.Comm, stop: Any = None) -> None:
    findings = resolve(made.component.check)(made, comm.size)
    assert not findings
    comm.Barrier()
    resolve(made.component.run)(made, RunContext.open(made, comm, stop))


@dataclass
class Line:
    """A small survey, its gathers and its image in one folder."""

    folder: Path

    def forward(self, name: str, **given: Any) -> Case:
        files = {k: self.folder / f"{k}.h5" for k in ("model", "survey")}
        return case(FORWARD, files, {"gathers": self.folder / name}, **given)

    def rtm(self, name: str, **given: Any) -> Case:
        files = {"model": self.folder / "smooth.h5", "gathers": self.folder / "g.h5"}
        return case(RTM, files, {"image": self.folder / name}, **given)


def make_line(folder: Path, grid: Grid, interval_m: float) -> None:
    velocity = np.full(grid.shape, 1500.0, np.float32)
    smooth = velocity + np.linspace(0.0, 300.0, grid.shape[-1], dtype=np.float32)
    velocity[..., grid.shape[-1] // 2 :] = 2200.0
    write_model(folder / "model.h5", grid, {"vp": velocity})
    write_model(folder / "smooth.h5", grid, {"vp": smooth})
    lines = {}
    if grid.ndim == 3:
        lines = {
            "source_line_first_m": 150.0,
            "source_line_last_m": 250.0,
            "source_line_interval_m": 100.0,
            "receiver_line_first_m": 40.0,
            "receiver_line_last_m": 340.0,
            "receiver_line_interval_m": 100.0,
        }
    drive(
        case(
            SURVEY,
            {"model": folder / "model.h5"},
            {"survey": folder / "survey.h5"},
            peak_frequency_hz=12.0 if grid.ndim == 2 else 6.0,
            sample_interval_s=0.004,
            duration_s=0.4,
            source_first_m=55.0,
            source_last_m=0.8 * grid.extent_m[0],
            source_interval_m=interval_m,
            receiver_first_m=20.0,
            receiver_last_m=0.9 * grid.extent_m[0],
            receiver_interval_m=40.0,
            source_depth_m=23.0,
            receiver_depth_m=31.0,
            **lines,
        ),
        MPI.COMM_SELF,
    )


def made_line(factory: pytest.TempPathFactory, grid: Grid, interval_m: float) -> Line:
    """Make a line of shots at a distance, and model its gathers; on all ranks."""
    folder = factory.mktemp("line") if WORLD.rank == 0 else None
    if WORLD.rank == 0:
        make_line(folder, grid, interval_m)
    line = Line(WORLD.bcast(folder))
    drive(line.forward("g.h5"), WORLD)
    return line


def contents(path: Path) -> dict[str, bytes]:
    """Give every array of a file, provenance apart."""
    found = {}
    with h5py.File(path, "r") as file:
        file.visititems(
            lambda name, item: (
                found.update({name: item[...].tobytes()})
                if isinstance(item, h5py.Dataset)
                else None
            )
        )
    assert found
    return found


class StopAfter:
    """Asks to stop once this rank has been asked so many times."""

    def __init__(self, questions: int) -> None:
        self.left = questions

    def __bool__(self) -> bool:
        self.left -= 1
        return self.left < 0


def stamps(made: Case) -> dict[str, int]:
    """Give the modification time of every finished shot's file."""
    output = made.outputs[made.component.outputs[0].name]
    folder = output.with_name(output.name + ".work") / "shots"
    return {p.name: p.stat().st_mtime_ns for p in folder.glob("*.h5")}
