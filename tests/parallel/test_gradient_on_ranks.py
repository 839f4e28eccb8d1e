"""seismic.gradient over shots, parts, ranks and interruptions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from mpi4py import MPI

from anticline.component import Case, RunContext
from anticline.component.registry import resolve
from anticline.errors import BadInput, Interrupted
from anticline_solvers.formats.gathers import GatherReader, read_shot, write_gathers
from anticline_solvers.formats.gradient import read_gradient, read_measured
from anticline_solvers.formats.survey import read_survey
from anticline_solvers.inversion.components import ADVANCE, BEGIN
from anticline_solvers.seismic.gradient.declaration import GRADIENT, SUM_GRADIENTS
from surveys import GRID, GRID_3D, WORLD, Line, StopAfter, case, drive, made_line

RANKS = pytest.mark.parallel([1, 2, 4])


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    yield made_line(tmp_path_factory, GRID, 110.0)
    WORLD.Barrier()


@pytest.fixture(scope="module")
def line_3d(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    yield made_line(tmp_path_factory, GRID_3D, 400.0)
    WORLD.Barrier()


def gradient(line: Line, name: str, **given: Any) -> Case:
    files = {"model": line.folder / "smooth.h5", "gathers": line.folder / "g.h5"}
    outputs = {"gradient": line.folder / name}
    for port in ("predicted", "residuals"):
        if given.pop(port, False):
            outputs[port] = line.folder / f"{port}-{name}"
    return case(GRADIENT, files, outputs, **given)


def made(line: Line, name: str, comm: MPI.Comm = WORLD, **given: Any) -> Path:
    one = gradient(line, name, **given)
    if not one.outputs["gradient"].exists():
        WORLD.Barrier()
        drive(one, comm)
    WORLD.Barrier()
    return one.outputs["gradient"]


def on_one_rank(line: Line, name: str, **given: Any) -> Path:
    if WORLD.rank == 0:
        drive(gradient(line, name, **given), MPI.COMM_SELF)
    WORLD.Barrier()
    return line.folder / name


def added(line: Line, names: list[str], out: str) -> Path:
    files = [line.folder / name for name in names]
    one = case(SUM_GRADIENTS, {}, {"gradient": line.folder / out})
    one = one.__class__(**{**vars(one), "lists": {"gradients": files}})
    drive(one, WORLD)
    WORLD.Barrier()
    return line.folder / out


def meaning(path: Path) -> dict[str, bytes]:
    """Give fields and misfits, without who made them."""
    with h5py.File(path) as file:
        names = ("gradient", "illumination", "misfit_of_shot")
        found = {name: file[name][...].tobytes() for name in names}
        return found | {"misfit": repr(float(file.attrs["misfit"])).encode()}


@RANKS
@pytest.mark.parametrize("ranks_per_shot", [1, 0, 4])
def test_the_gradient_has_the_same_bits_on_any_number_of_ranks(line, ranks_per_shot):
    ranks = min(ranks_per_shot, WORLD.size)
    alone = on_one_rank(line, f"alone{ranks_per_shot}.h5")
    shared = made(line, f"shared{ranks_per_shot}.h5", ranks_per_shot=ranks)
    assert meaning(shared) == meaning(alone)
    assert np.abs(read_gradient(shared)).max() > 0.0
    assert read_measured(shared).misfit > 0.0


@pytest.mark.parallel([1, 3])
def test_a_3d_gradient_has_the_same_bits_on_ranks(line_3d):
    alone = on_one_rank(line_3d, "alone.h5")
    assert meaning(made(line_3d, "shared.h5")) == meaning(alone)


@RANKS
def test_sums_in_any_grouping_have_the_bits_of_the_whole(line):
    whole = made(line, "whole.h5")
    n = len(read_measured(whole).misfits)
    names = [f"part{k}.h5" for k in range(n)]
    for k, name in enumerate(names):
        made(line, name, part=k, parts=n)
    flat = added(line, names[::-1], "flat.h5")
    added(line, names[1:], "node.h5")
    tree = added(line, ["node.h5", names[0]], "tree.h5")
    for found in (flat, tree):
        assert meaning(found) == meaning(whole)
        assert read_measured(found).misfits == read_measured(whole).misfits


@RANKS
@pytest.mark.parametrize(
    ("steps", "halves"), [([40], {"forward"}), ([150, 30], {"backward"})]
)
@pytest.mark.parametrize("imaging_interval_s", [None, 1e-3])
def test_a_stopped_gradient_goes_on_to_the_same_bits(
    line, capfd, steps, halves, imaging_interval_s, tmp_path_factory
):
    given = {"imaging_interval_s": imaging_interval_s, "storage": "checkpoints"}
    whole = made(line, f"not-stopped-{imaging_interval_s}.h5", **given)
    name = f"stopped{len(steps)}-{imaging_interval_s}.h5"
    places = ""
    for turn, count in enumerate(steps):
        comm = WORLD if turn % 2 == 0 else MPI.COMM_SELF
        ranks = WORLD.size if turn % 2 == 0 else 1
        if turn % 2 == 0 or WORLD.rank == 0:
            one = gradient(line, name, ranks_per_shot=ranks, **given)
            with pytest.raises(Interrupted):
                drive(one, comm, StopAfter(count))
        WORLD.Barrier()
        places += capfd.readouterr().err
    on_one_rank(line, name, ranks_per_shot=1, **given)
    places = "".join(WORLD.allgather(places + capfd.readouterr().err))
    assert all(f"goes on in the {half} half" in places for half in halves)
    assert meaning(line.folder / name) == meaning(whole)


@RANKS
def test_checkpoints_by_the_clock_change_nothing(line, capfd):
    often = made(line, "often.h5", checkpoint_interval_s=1e-6)
    text = "".join(WORLD.allgather(capfd.readouterr().err))
    assert "checkpoint in the forward half" in text
    assert "checkpoint in the backward half" in text
    assert meaning(often) == meaning(made(line, "whole.h5"))


@pytest.mark.parallel([1, 2])
def test_every_policy_gives_the_gradient_to_its_tolerance(line):
    exact = read_gradient(made(line, "memory.h5", storage="memory"))
    for storage in ("compressed", "disk", "boundaries"):
        found = read_gradient(made(line, f"{storage}.h5", storage=storage))
        assert np.linalg.norm(found - exact) <= 1e-3 * np.linalg.norm(exact)
    small = {"storage": "checkpoints", "memory_budget": 300e3}
    again = made(line, "checkpoints.h5", **small)
    assert meaning(again) == meaning(line.folder / "memory.h5")


@pytest.mark.parallel([1, 2])
def test_predicted_traces_are_those_of_seismic_forward(line):
    made(line, "shown.h5", predicted=True, residuals=True, shots_shown=2)
    survey = read_survey(line.folder / "survey.h5")
    files = {"model": line.folder / "smooth.h5", "survey": line.folder / "survey.h5"}
    forward = line.forward("of_smooth.h5")
    forward = forward.__class__(**{**vars(forward), "inputs": files})
    drive(forward, WORLD)
    with GatherReader(line.folder / "predicted-shown.h5") as reader:
        assert len(reader.shot_ids) == 2
        for shot_id in reader.shot_ids:
            expected = read_shot(line.folder / "of_smooth.h5", shot_id)
            np.testing.assert_array_equal(reader.read(shot_id), expected)
            data = read_shot(line.folder / "g.h5", shot_id)
            rest = read_shot(line.folder / "residuals-shown.h5", shot_id)
            wide = expected.astype(np.float64) - data.astype(np.float64)
            np.testing.assert_array_equal(rest, wide.astype(np.float32))
    assert set(reader.shot_ids) <= set(survey.shot_ids)


@pytest.mark.parallel(1)
def test_an_inversion_takes_the_gradient_of_the_model_it_asked_for_alone(line):
    start, asked = line.folder / "smooth.h5", line.folder / "asked.h5"
    began = {"state": line.folder / "state.h5", "model": asked}
    drive(case(BEGIN, {"model": start}, began), WORLD)
    there = made(line, "of-another.h5", shots_per_gradient=1)
    one = gradient(line, "of-asked.h5", shots_per_gradient=1)
    one.inputs["model"] = asked
    drive(one, WORLD)
    text = ""
    for path in (there, one.outputs["gradient"]):
        files = {"state": began["state"], "gradient": path}
        ports = ("state", "model", "report")
        outputs = {port: line.folder / f"next-{port}" for port in ports}
        taken = case(ADVANCE, files, outputs)
        text = "".join(map(str, resolve(taken.component.check)(taken, 1)))
        assert ("was computed at another model" in text) == (path == there)
    assert text == ""


@pytest.mark.parallel(1)
def test_iterations_take_their_own_shots_and_all_of_them_in_turn(line):
    shots = read_survey(line.folder / "g.h5").shot_ids
    model = line.folder / "smooth.h5"
    seen: list[int] = []
    for iteration in range(-(-len(shots) // 2)):
        there = line.folder / f"smooth{iteration}.h5"
        there.write_bytes(model.read_bytes())
        with h5py.File(there, "r+") as file:
            file.attrs["iteration"], file.attrs["evaluation"] = iteration, 7
        one = gradient(line, f"subset{iteration}.h5", shots_per_gradient=2)
        one.inputs["model"] = there
        drive(one, WORLD)
        measured = read_measured(one.outputs["gradient"])
        assert measured.numbers == {"iteration": iteration, "evaluation": 7}
        assert len(measured.misfits) == 2
        seen += measured.misfits
    assert set(seen) == set(shots)


def with_traces(line: Line, name: str, change: Any) -> Path:
    survey = read_survey(line.folder / "g.h5")
    gathers = []
    for shot_id in survey.shot_ids:
        traces = read_shot(line.folder / "g.h5", shot_id)
        change(shot_id, traces)
        gathers.append((shot_id, traces))
    write_gathers(line.folder / name, survey, gathers)
    return line.folder / name


@pytest.mark.parallel(1)
def test_faulty_traces_are_named_and_may_be_left_out(line):
    first = read_survey(line.folder / "g.h5").shot_ids[0]

    def change(shot_id, traces):
        if shot_id == first:
            traces[2], traces[4, 7] = 0.0, np.nan

    one = gradient(line, "faulty.h5")
    one.inputs["gathers"] = with_traces(line, "faulty-g.h5", change)
    text = "\n".join(map(str, resolve(one.component.check)(one, 1)))
    assert f"shot {first}, receiver 2 of" in text
    assert f"shot {first}, receiver 4 of" in text
    assert "bad_traces: leave_out" in text
    with pytest.raises(BadInput, match="receiver 2 of"):
        resolve(one.component.run)(one, RunContext.open(one, WORLD))
    one.parameters["bad_traces"] = "leave_out"
    one.outputs["gradient"] = line.folder / "left_out.h5"
    drive(one, WORLD)
    without = gradient(line, "named.h5", leave_out_traces=[f"{first}:2", f"{first}:4"])
    drive(without, WORLD)
    assert meaning(one.outputs["gradient"]) == meaning(without.outputs["gradient"])


@pytest.mark.parallel(1)
def test_everything_wrong_with_a_case_is_told_at_once(line):
    one = gradient(
        line,
        "never.h5",
        imaging_interval_s=0.5,
        high_cut_hz=[10.0, 5.0],
        part=9,
        parts=2,
        memory_budget=10.0,
        storage="memory",
    )
    text = "\n".join(map(str, resolve(one.component.check)(one, 1)))
    for part in (
        "imaging interval 0.5 s",
        "two rising frequencies are needed",
        "part is 9 and parts is 2",
        "memory needs",
    ):
        assert part in text, text


@pytest.mark.parallel(1)
def test_gradients_that_do_not_belong_together_are_told(line):
    one = made(line, "a.h5", part=0, parts=2)
    made(line, "b.h5", part=1, parts=2, misfit="envelope", parameter="slowness")
    again = line.folder / "again.h5"
    again.write_bytes(one.read_bytes())
    with h5py.File(again, "r+") as file:
        file["gradient"][3, 4] = np.nan
    files = [one, line.folder / "b.h5", again, line.folder / "survey.h5"]
    bad = case(SUM_GRADIENTS, {}, {"gradient": line.folder / "never-sum.h5"})
    bad = bad.__class__(**{**vars(bad), "lists": {"gradients": files}})
    text = "\n".join(map(str, resolve(bad.component.check)(bad, 1)))
    for part in (
        "its misfit is envelope, not least_squares",
        "its parameter is slowness, not vp",
        "and again in",
        "1 of",
        "survey.h5  is anticline-survey/1",
    ):
        assert part in text, text
