"""A survey's gathers and image do not depend on ranks, groups or interruptions."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mpi4py import MPI

from anticline.component import Case, RunContext
from anticline.component.registry import resolve
from anticline.errors import BadInput, Interrupted
from anticline_solvers.seismic import rtm
from anticline_solvers.seismic.components import RTM
from anticline_solvers.seismic.shots import schedule as shots
from anticline_solvers.seismic.shots.files import ShotFiles
from surveys import (
    GRID,
    GRID_3D,
    WORLD,
    Line,
    StopAfter,
    contents,
    drive,
    made_line,
    stamps,
)

RANKS = pytest.mark.parallel([1, 2, 4])


@pytest.fixture
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    yield made_line(tmp_path_factory, GRID, 77.0)
    WORLD.Barrier()


@pytest.fixture
def line_3d(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    yield made_line(tmp_path_factory, GRID_3D, 200.0)
    WORLD.Barrier()


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
    tight = line.rtm("tight.h5", memory_budget=260e3, storage="checkpoints")
    for made in (roomy, tight):
        drive(made, WORLD)
    assert contents(tight.outputs["image"]) == contents(roomy.outputs["image"])


@pytest.mark.parallel([1, 3])
@pytest.mark.parametrize("storage", ["auto", "checkpoints"])
def test_the_least_memory_budget_that_a_check_allows_is_the_least_a_run_takes(
    line, storage
):
    tiny = line.rtm("tiny.h5", memory_budget=1.0, storage=storage)
    (finding,) = rtm.check(tiny, WORLD.size)
    least = float(re.search(r"needs (\d+)", finding.text)[1])
    below = line.rtm("below.h5", memory_budget=0.99 * least, storage=storage)
    assert rtm.check(below, WORLD.size)
    with pytest.raises(BadInput, match=f"needs {least:.0f}"):
        rtm.run(below, RunContext.open(below, WORLD))
    WORLD.Barrier()
    enough = line.rtm("enough.h5", memory_budget=least, storage=storage)
    assert not rtm.check(enough, WORLD.size)
    drive(enough, WORLD)
    assert WORLD.rank or enough.outputs["image"].exists()


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
