"""A shot stopped in the middle goes on there, on other ranks too, to the same bits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mpi4py import MPI

from anticline.component import Case, RunContext
from anticline.component.registry import resolve
from anticline.errors import BadInput, Interrupted
from anticline_solvers.formats.image import read_image
from surveys import GRID, GRID_3D, WORLD, Line, StopAfter, contents, drive, made_line

RANKS = pytest.mark.parallel([1, 2, 3])
PLACE = re.compile(r"shot \d+[^:]* goes on (.*)")


@pytest.fixture
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    yield made_line(tmp_path_factory, GRID, 250.0)
    WORLD.Barrier()


@pytest.fixture
def line_3d(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    yield made_line(tmp_path_factory, GRID_3D, 400.0)
    WORLD.Barrier()


def told(capfd: Any) -> str:
    """Bring what all ranks said to every rank."""
    return "".join(WORLD.allgather(capfd.readouterr().err))


def alone(made: Case) -> Case:
    """Give the same case for one rank."""
    return replace(made, parameters=made.parameters | {"ranks_per_shot": 0})


def drive_on_one(made: Case) -> None:
    """Run on rank 0 of the world alone."""
    if WORLD.rank == 0:
        drive(alone(made), MPI.COMM_SELF)
    WORLD.Barrier()


def stopped(made: Case, comm: MPI.Comm, steps: int) -> None:
    with pytest.raises(Interrupted, match="are left"):
        drive(made, comm, StopAfter(steps))


def interrupted(made: Case, steps: list[int], capfd: Any) -> list[str]:
    """Stop again and again, on all ranks and on one in turn; tell where it went on.

    The last run is that on one rank, to the end.
    """
    places = []
    for turn, count in enumerate(steps):
        if turn % 2 == 0:
            stopped(made, WORLD, count)
        elif WORLD.rank == 0:
            stopped(alone(made), MPI.COMM_SELF, count)
        WORLD.Barrier()
        places += PLACE.findall(told(capfd))
    drive_on_one(made)
    return places + PLACE.findall(told(capfd))


@RANKS
@pytest.mark.parametrize("ranks_per_shot", [0, 4])
def test_gathers_of_stopped_shots_have_the_same_bits(line, capfd, ranks_per_shot):
    ranks = min(ranks_per_shot, WORLD.size)
    made = line.forward("stopped.h5", ranks_per_shot=ranks)
    whole = contents(line.folder / "g.h5")
    places = interrupted(made, [30, 10, 40], capfd)
    assert all(place.startswith("at time step") for place in places)
    assert len(places) >= 3
    assert contents(made.outputs["gathers"]) == whole
    assert (
        not made.outputs["gathers"]
        .with_name("stopped.h5.work")
        .joinpath("shots")
        .exists()
    )


@RANKS
@pytest.mark.parametrize(
    ("memory_budget", "steps", "halves"),
    [
        (1e9, [40], {"forward"}),
        (1e9, [150], {"backward"}),
        (1e9, [30, 30, 40, 120, 30], {"forward", "backward"}),
        pytest.param(1e9, [230, 20, 60, 10], {"backward"}, marks=pytest.mark.slow),
        pytest.param(260e3, [40], {"forward"}, marks=pytest.mark.slow),
        (260e3, [90, 90, 200, 90], {"forward", "backward"}),
    ],
)
def test_an_image_of_stopped_shots_has_the_same_bits(
    line, capfd, memory_budget, steps, halves
):
    given = {
        "ranks_per_shot": WORLD.size,
        "memory_budget": memory_budget,
        "storage": "checkpoints",
    }
    made = line.rtm("stopped.h5", **given)
    places = interrupted(made, steps, capfd)
    assert {place.split()[2] for place in places} == halves
    whole = line.rtm("whole.h5")
    drive(whole, WORLD)
    assert contents(made.outputs["image"]) == contents(whole.outputs["image"])


@RANKS
@pytest.mark.parametrize("storage", ["compressed", "boundaries", "disk"])
def test_an_image_of_stopped_shots_keeps_its_tolerance(line, capfd, storage):
    tolerance = {"storage_tolerance": 1e-3}
    made = line.rtm("stopped.h5", storage=storage, **tolerance)
    places = interrupted(made, [60, 150], capfd)
    assert {place.split()[2] for place in places} >= {"backward"}
    whole = line.rtm("whole.h5", storage="memory", **tolerance)
    drive(whole, WORLD)
    found, wanted = (read_image(c.outputs["image"]) for c in (made, whole))
    assert np.linalg.norm(found - wanted) <= 1e-3 * np.linalg.norm(wanted)


@RANKS
def test_every_condition_and_the_direct_wave_go_on_too(line, capfd):
    given = {"direct_wave": "subtract", "condition": "laplacian", "free_surface": True}
    made = line.rtm("stopped.h5", ranks_per_shot=WORLD.size, **given)
    places = interrupted(made, [50, 70, 90], capfd)
    assert len(places) >= 3
    whole = line.rtm("whole.h5", **given)
    drive(whole, WORLD)
    assert contents(made.outputs["image"]) == contents(whole.outputs["image"])


@RANKS
def test_checkpoints_by_the_clock_change_nothing(line, capfd):
    made = line.rtm("often.h5", checkpoint_interval_s=1e-6)
    drive(made, WORLD)
    text = told(capfd)
    assert "checkpoint in the forward half" in text
    assert "checkpoint in the backward half" in text
    whole = line.rtm("whole.h5")
    drive(whole, WORLD)
    assert contents(made.outputs["image"]) == contents(whole.outputs["image"])


@pytest.mark.parallel([2])
def test_a_3d_image_goes_on_on_one_rank_and_back_on_two(line_3d, capfd):
    made = line_3d.rtm("stopped.h5", ranks_per_shot=WORLD.size)
    # One rank steps in tiles and is asked between them, less often than two ranks.
    places = interrupted(made, [20, 30], capfd)
    assert len(places) == 2
    whole = line_3d.rtm("whole.h5")
    drive(whole, WORLD)
    assert contents(made.outputs["image"]) == contents(whole.outputs["image"])


@pytest.mark.parallel([1, 2])
def test_a_checkpoint_of_another_case_is_refused_and_left_alone(line):
    made = line.rtm("other.h5", ranks_per_shot=WORLD.size)
    stopped(made, WORLD, 40)
    WORLD.Barrier()
    folder = line.folder / "other.h5.work" / "shots"
    before = sorted(folder.rglob("*.h5"))
    assert before
    changed = line.rtm("other.h5", free_surface=True)
    findings = resolve(changed.component.check)(changed, WORLD.size)
    assert any("checkpoint of another case" in str(found) for found in findings)
    WORLD.Barrier()
    if WORLD.rank == 0:
        context = RunContext.open(changed, MPI.COMM_SELF)
        with pytest.raises(BadInput, match="another case"):
            resolve(changed.component.run)(changed, context)
    WORLD.Barrier()
    assert sorted(folder.rglob("*.h5")) == before


@RANKS
def test_a_torn_checkpoint_is_said_and_the_one_before_it_used(line, capfd):
    made = line.rtm("torn.h5", ranks_per_shot=WORLD.size)
    stopped(made, WORLD, 60)
    stopped(made, WORLD, 60)
    told(capfd)
    folder = line.folder / "torn.h5.work" / "shots"
    if WORLD.rank == 0:
        newest = sorted(folder.glob("*.checkpoints/*.h5"))[-1]
        assert newest.name == "000002.h5"
        with newest.open("r+b") as stream:
            stream.truncate(newest.stat().st_size - 1)
    WORLD.Barrier()
    drive_on_one(made)
    text = told(capfd)
    assert "000002.h5 is torn" in text
    assert "goes on in the forward half, at time step 6" in text
    whole = line.rtm("whole.h5")
    drive(whole, WORLD)
    assert contents(made.outputs["image"]) == contents(whole.outputs["image"])
