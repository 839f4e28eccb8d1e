"""A survey's gathers and image do not depend on ranks, groups or interruptions."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
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
from anticline.errors import BadInput, Interrupted
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.model import write_model
from anticline_solvers.seismic import shots
from anticline_solvers.seismic.components import FORWARD, RTM, SURVEY
from anticline_solvers.seismic.shot_files import ShotFiles

WORLD = MPI.COMM_WORLD
RANKS = pytest.mark.parallel([1, 2, 4])
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


def make_line(folder: Path, grid: Grid) -> None:
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
            source_interval_m=77.0 if grid.ndim == 2 else 200.0,
            receiver_first_m=20.0,
            receiver_last_m=0.9 * grid.extent_m[0],
            receiver_interval_m=40.0,
            source_depth_m=23.0,
            receiver_depth_m=31.0,
            **lines,
        ),
        MPI.COMM_SELF,
    )


def made_line(factory: pytest.TempPathFactory, grid: Grid) -> Line:
    folder = factory.mktemp("line") if WORLD.rank == 0 else None
    if WORLD.rank == 0:
        make_line(folder, grid)
    line = Line(WORLD.bcast(folder))
    drive(line.forward("g.h5"), WORLD)
    return line


@pytest.fixture
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    yield made_line(tmp_path_factory, GRID)
    WORLD.Barrier()


@pytest.fixture
def line_3d(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    yield made_line(tmp_path_factory, GRID_3D)
    WORLD.Barrier()


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


def alone(made: Case, name: str) -> Path:
    """Run the same case on one rank, rank 0 of the world; give its output."""
    out = made.path.parent / name
    port = made.component.outputs[0].name
    path = made.outputs[port].with_name(name)
    parameters = made.parameters | {"ranks_per_shot": 0}
    again = Case(made.component, made.inputs, {port: path}, parameters, out)
    if WORLD.rank == 0:
        drive(again, MPI.COMM_SELF)
    WORLD.Barrier()
    return path


@RANKS
@pytest.mark.parametrize("ranks_per_shot", [0, 2, 4])
def test_gathers_do_not_depend_on_ranks_or_groups(line, ranks_per_shot):
    ranks = min(ranks_per_shot, WORLD.size)
    made = line.forward("many.h5", ranks_per_shot=ranks, aperture_m=100.0)
    drive(made, WORLD)
    assert contents(made.outputs["gathers"]) == contents(alone(made, "one.h5"))


@RANKS
@pytest.mark.parametrize(
    ("ranks_per_shot", "condition"),
    [(1, "cross_correlation"), (2, "inverse_scattering"), (4, "laplacian")],
)
def test_the_image_does_not_depend_on_ranks_or_groups(line, ranks_per_shot, condition):
    made = line.rtm(
        "many.h5",
        ranks_per_shot=min(ranks_per_shot, WORLD.size),
        condition=condition,
        aperture_m=120.0,
        direct_wave="subtract",
    )
    drive(made, WORLD)
    assert contents(made.outputs["image"]) == contents(alone(made, "one.h5"))


@RANKS
def test_a_3d_image_does_not_depend_on_ranks(line_3d):
    made = line_3d.rtm("many.h5", condition="inverse_scattering")
    drive(made, WORLD)
    assert contents(made.outputs["image"]) == contents(alone(made, "one.h5"))


@RANKS
def test_an_image_with_a_recomputed_source_field_is_the_one_with_it_in_memory(line):
    roomy = line.rtm("roomy.h5", memory_budget=1e9)
    tight = line.rtm("tight.h5", memory_budget=260e3)
    for made in (roomy, tight):
        drive(made, WORLD)
    assert contents(tight.outputs["image"]) == contents(roomy.outputs["image"])


class StopAfter:
    """Asks to stop once this rank has been asked so many times."""

    def __init__(self, questions: int) -> None:
        self.left = questions

    def __bool__(self) -> bool:
        self.left -= 1
        return self.left < 0


@RANKS
@pytest.mark.parametrize("questions", [3, 12])
def test_an_interrupted_survey_goes_on_without_repeating_a_finished_shot(
    line, questions
):
    made = line.rtm("stopped.h5", ranks_per_shot=1)
    with pytest.raises(Interrupted, match="are left"):
        drive(made, WORLD, StopAfter(questions))
    WORLD.Barrier()
    kept = stamps(made)
    assert not made.outputs["image"].exists()
    WORLD.Barrier()
    seen: dict[str, int] = {}

    def look_then_remove(files: ShotFiles) -> None:
        seen.update(stamps(made))
        shutil.rmtree(files.folder)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ShotFiles, "remove", look_then_remove)
        drive(made, WORLD)
    if WORLD.rank == 0:
        assert kept.items() <= seen.items()
        assert len([name for name in seen if not name.startswith("stack")]) == 5
    assert contents(made.outputs["image"]) == contents(alone(made, "one.h5"))


def stamps(made: Case) -> dict[str, int]:
    """Give the modification time of every finished shot's file."""
    output = made.outputs[made.component.outputs[0].name]
    folder = output.with_name(output.name + ".work") / "shots"
    return {p.name: p.stat().st_mtime_ns for p in folder.glob("*.h5")}


@RANKS
def test_a_finished_result_is_not_made_again(line):
    made = line.rtm("once.h5")
    drive(made, WORLD)
    before = made.outputs["image"].stat().st_mtime_ns
    WORLD.Barrier()
    drive(made, WORLD)
    assert made.outputs["image"].stat().st_mtime_ns == before


@pytest.mark.parallel([1, 2])
def test_shots_of_another_case_are_refused_and_left_alone(line):
    made = line.rtm("other.h5", ranks_per_shot=1)
    with pytest.raises(Interrupted):
        drive(made, WORLD, StopAfter(12))
    WORLD.Barrier()
    before = stamps(made)
    changed = line.rtm("other.h5", ranks_per_shot=1, free_surface=True)
    if before:
        findings = resolve(RTM.check)(changed, WORLD.size)
        assert "another case" in str(findings[0]) or "of another" in str(findings[0])
        with pytest.raises(BadInput):
            resolve(RTM.run)(changed, RunContext.open(changed, MPI.COMM_SELF))
    assert stamps(made) == before


@pytest.mark.parallel([2, 4])
def test_every_shot_is_computed_once_and_by_a_free_group(tmp_path):
    class Quiet:
        comm = WORLD

        def progress(self, label: str, total: int) -> Any:
            return self

        def advance(self, n: int = 1, note: str = "") -> None: ...

        def close(self) -> None: ...

        def stop_requested(self) -> bool:
            return False

    mine: list[int] = []
    group = shots.group_of(WORLD, 1)
    shots.each_shot(
        Quiet(), group, range(10, 30), lambda shot, watch: mine.append(shot), "x"
    )
    everyone = sorted(s for part in WORLD.allgather(mine) for s in part)
    assert everyone == list(range(10, 30))


def test_a_group_is_one_rank_in_2d_while_shots_last():
    assert shots.ranks_for_a_shot(0, 2, 10, 4) == 1
    assert shots.ranks_for_a_shot(0, 2, 3, 4) == 4
    assert shots.ranks_for_a_shot(0, 3, 10, 4) == 4
    assert shots.ranks_for_a_shot(2, 3, 10, 4) == 2
    assert shots.ranks_for_a_shot(8, 2, 10, 4) == 4
