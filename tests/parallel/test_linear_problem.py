"""seismic.born and seismic.linear_gradient: a linear operator and its transpose."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from mpi4py import MPI

from anticline.component import Case
from anticline.component.registry import resolve
from anticline.errors import Interrupted
from anticline_solvers.formats.gathers import GatherReader
from anticline_solvers.formats.gradient import read_gradient, read_measured
from anticline_solvers.formats.model import read_field, read_grid, write_model
from anticline_solvers.seismic.linear.declaration import (
    BORN,
    LINEAR_GRADIENT,
    PERTURBATION,
)
from surveys import (
    GRID,
    GRID_3D,
    WORLD,
    Line,
    StopAfter,
    case,
    contents,
    drive,
    made_line,
)

CASES = ("line", "line_3d")


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    yield with_perturbation(made_line(tmp_path_factory, GRID, 250.0))
    WORLD.Barrier()


@pytest.fixture(scope="module")
def line_3d(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    yield with_perturbation(made_line(tmp_path_factory, GRID_3D, 400.0))
    WORLD.Barrier()


def with_perturbation(line: Line) -> Line:
    if WORLD.rank == 0:
        grid = read_grid(line.folder / "smooth.h5")
        rough = np.random.default_rng(5).normal(size=grid.shape).astype(np.float32)
        write_model(line.folder / "dv.h5", grid, {"vp": 10.0 * rough})
    WORLD.Barrier()
    return line


def born(line: Line, name: str, **given: Any) -> Case:
    names = {"model": "smooth", "perturbation": "dv", "survey": "survey"}
    files = {port: line.folder / f"{file}.h5" for port, file in names.items()}
    return case(BORN, files, {"gathers": line.folder / name}, **given)


def linear(line: Line, name: str, dv: str | None = "dv.h5", **given: Any) -> Case:
    files = {"model": line.folder / "smooth.h5", "gathers": line.folder / "g.h5"}
    if dv is not None:
        files["perturbation"] = line.folder / dv
    outputs = {"gradient": line.folder / name}
    return case(LINEAR_GRADIENT, files, outputs, **given)


def driven(made: Case, comm: MPI.Comm = WORLD) -> Path:
    drive(made, comm)
    WORLD.Barrier()
    return next(iter(made.outputs.values()))


def traces(path: Path) -> np.ndarray:
    with GatherReader(path) as reader:
        every = [reader.read(shot_id).ravel() for shot_id in reader.shot_ids]
    return np.concatenate(every).astype(np.float64)


@pytest.mark.parallel([1, 2])
@pytest.mark.parametrize("which", CASES)
@pytest.mark.parametrize("free_surface", [False, True])
def test_the_gradient_at_no_perturbation_is_the_transpose_of_born(
    which, free_surface, request
):
    """<B dv, d> = - <dv, g(0)>, to the rounding of float32."""
    line = request.getfixturevalue(which)
    given = {"free_surface": free_surface, "storage_tolerance": 0.0}
    given |= {"imaging_interval_s": 1e-9, "storage": "memory"}
    waves = {"free_surface": free_surface}
    scattered = traces(driven(born(line, f"born-{free_surface}.h5", **waves)))
    found = read_gradient(
        driven(linear(line, f"zero-{free_surface}.h5", None, **given))
    )
    data = traces(line.folder / "g.h5")
    dv = read_field(line.folder / "dv.h5").astype(np.float64)
    size = np.linalg.norm(scattered) * np.linalg.norm(data)
    assert abs(scattered @ data + (found * dv).sum()) <= 1e-5 * size


@pytest.mark.parallel([1, 2])
def test_the_misfit_is_a_quadratic_whose_slope_is_the_gradient(line):
    given = {"imaging_interval_s": 1e-9, "storage": "memory"}
    here = driven(linear(line, "here.h5", **given))
    there = driven(linear(line, "there.h5", None, **given))
    dv = read_field(line.folder / "dv.h5").astype(np.float64)
    fall = read_measured(there).misfit - read_measured(here).misfit
    slope = 0.5 * ((read_gradient(here) + read_gradient(there)) * dv).sum()
    assert abs(fall + slope) <= 1e-4 * abs(slope)
    assert read_measured(here).parameter == "perturbation"


@pytest.mark.parallel([1, 2])
def test_born_is_what_a_small_perturbation_changes(line):
    """With the wave of the model itself it is the gather of the perturbed model."""
    if WORLD.rank == 0:
        grid = read_grid(line.folder / "smooth.h5")
        v, dv = (read_field(line.folder / f"{n}.h5") for n in ("smooth", "dv"))
        write_model(line.folder / "near.h5", grid, {"vp": v + 0.1 * dv})
        write_model(line.folder / "smaller.h5", grid, {"vp": 0.1 * dv})
    WORLD.Barrier()
    step = {"time_step_s": 0.0018}
    made = born(line, "near-born.h5", background=True, **step)
    made.inputs["perturbation"] = line.folder / "smaller.h5"
    whole = traces(driven(made))
    forward = line.forward("near-forward.h5", **step)
    forward.inputs["model"] = line.folder / "near.h5"
    expected = traces(driven(forward))
    made = born(line, "near-alone.h5", **step)
    made.inputs["perturbation"] = line.folder / "smaller.h5"
    change = np.linalg.norm(traces(driven(made)))
    assert np.linalg.norm(whole - expected) < 0.02 * change


@pytest.mark.parallel([1, 2, 4])
def test_scattered_gathers_and_gradients_have_the_same_bits_on_ranks(line):
    for name, make in (("born", born), ("linear", linear)):
        shared = driven(make(line, f"{name}-shared.h5", ranks_per_shot=WORLD.size))
        if WORLD.rank == 0:
            drive(make(line, f"{name}-alone.h5"), MPI.COMM_SELF)
        WORLD.Barrier()
        assert fields(shared) == fields(line.folder / f"{name}-alone.h5")


def fields(path: Path) -> dict[str, bytes]:
    return {k: v for k, v in contents(path).items() if not k.startswith("sums")}


@pytest.mark.parallel([1, 2])
@pytest.mark.parametrize("kind", ["born", "linear"])
@pytest.mark.parametrize("background", [False, True])
def test_what_is_stopped_goes_on_to_the_same_bits(line, kind, background, capfd):
    make = born if kind == "born" else linear
    given = {"background": background, "ranks_per_shot": WORLD.size}
    name = f"{kind}-{background}"
    whole = driven(make(line, f"{name}-whole.h5", **given))
    for count in (40, 60):
        with pytest.raises(Interrupted):
            drive(make(line, f"{name}-stopped.h5", **given), WORLD, StopAfter(count))
    stopped = driven(make(line, f"{name}-stopped.h5", **given))
    assert "goes on" in "".join(WORLD.allgather(capfd.readouterr().err))
    assert fields(stopped) == fields(whole)


@pytest.mark.parallel(1)
def test_a_perturbation_is_the_difference_of_models_or_none(line):
    files = {"model": line.folder / "smooth.h5"}
    none = case(PERTURBATION, files, {"perturbation": line.folder / "none.h5"})
    assert not read_field(driven(none)).any()
    files = files | {"perturbed": line.folder / "model.h5"}
    some = case(PERTURBATION, files, {"perturbation": line.folder / "some.h5"})
    v, smooth = (read_field(line.folder / f"{n}.h5") for n in ("model", "smooth"))
    np.testing.assert_array_equal(read_field(driven(some)), v - smooth)


@pytest.mark.parallel(1)
def test_a_perturbation_that_does_not_fit_is_told(line):
    grid = read_grid(line.folder / "dv.h5")
    bad = np.full((*grid.shape[:1], 20), np.nan, np.float32)
    small = grid.__class__(bad.shape, grid.spacing_m, grid.origin_m)
    write_model(line.folder / "bad.h5", small, {"vp": bad})
    made = linear(line, "never.h5", "bad.h5")
    text = "\n".join(map(str, resolve(made.component.check)(made, 1)))
    assert "bring it to the model's grid" in text
    assert "values that are not finite" in text


@pytest.mark.parallel(1)
def test_the_iteration_is_that_of_the_perturbation(line):
    there = line.folder / "dv3.h5"
    there.write_bytes((line.folder / "dv.h5").read_bytes())
    with h5py.File(there, "r+") as file:
        file.attrs["iteration"] = 3
    found = read_measured(driven(linear(line, "third.h5", "dv3.h5")))
    assert found.numbers == {"iteration": 3}
