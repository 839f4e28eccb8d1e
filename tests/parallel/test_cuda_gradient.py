"""Gradients on a device: those of the reference, kept in every way a device knows."""

from __future__ import annotations

import numpy as np
import pytest

from mpi4py import MPI

import surveys
from anticline.errors import Interrupted
from anticline_solvers.formats.gradient import read_gradient, read_measured
from anticline_solvers.seismic.gradient.declaration import GRADIENT
from anticline_solvers.seismic.linear.declaration import LINEAR_GRADIENT

WORLD = MPI.COMM_WORLD
DEVICES = pytest.mark.parametrize(
    "backend",
    ["cuda on cpu", pytest.param("cuda", marks=pytest.mark.gpu)],
    indirect=True,
)
INPUTS = {"model": "smooth.h5", "gathers": "g.h5"}


@pytest.fixture(scope="module")
def line(tmp_path_factory):
    """One shot, modelled by the reference."""
    folder = tmp_path_factory.mktemp("line") if WORLD.rank == 0 else None
    if WORLD.rank == 0:
        surveys.make_line(folder, surveys.GRID, 1000.0)
    made = surveys.Line(WORLD.bcast(folder))
    surveys.drive(made.forward("g.h5", backend="reference"), WORLD)
    return made


def case_of(line, name, component=GRADIENT, inputs=None, **given):
    files = {port: line.folder / file for port, file in (inputs or INPUTS).items()}
    outputs = {"gradient": line.folder / name}
    return surveys.case(component, files, outputs, **given)


def found_in(made):
    path = made.outputs["gradient"]
    if not path.exists():
        surveys.drive(made, WORLD)
    WORLD.Barrier()
    fields = [read_gradient(path, name) for name in ("gradient", "illumination")]
    return fields, read_measured(path).misfit


def assert_alike(one, other):
    (fields, misfit), (expected, value) = one, other
    assert abs(misfit - value) <= 1e-5 * value
    for field, wanted in zip(fields, expected, strict=True):
        assert np.linalg.norm(field - wanted) <= 5e-5 * np.linalg.norm(wanted)


@pytest.mark.parallel([1, 2])
@DEVICES
@pytest.mark.parametrize(
    "storage",
    [
        "memory",
        pytest.param("compressed", marks=pytest.mark.slow),
        pytest.param("checkpoints", marks=pytest.mark.slow),
    ],
)
def test_a_gradient_is_that_of_the_reference(line, backend, storage):
    given = {"storage": storage, "ranks_per_shot": WORLD.size}
    if storage == "checkpoints":
        given["memory_budget"] = 300e3
    name = f"{storage}-{backend}-{WORLD.size}.h5"
    made = found_in(
        case_of(line, name, backend=backend, storage_tolerance=2e-5, **given)
    )
    assert_alike(made, found_in(case_of(line, "reference.h5", backend="reference")))


@pytest.mark.slow
@pytest.mark.parallel([1])
@DEVICES
def test_a_linear_gradient_is_that_of_the_reference(line, backend):
    inputs = INPUTS | {"perturbation": "smooth.h5"}
    made = [
        found_in(
            case_of(line, f"linear-{name}.h5", LINEAR_GRADIENT, inputs, backend=name)
        )
        for name in ("reference", backend)
    ]
    assert_alike(*made)


@pytest.mark.parallel([1])
@DEVICES
def test_a_stopped_gradient_goes_on_on_the_device(line, backend):
    whole = found_in(case_of(line, f"whole-{backend}.h5", backend=backend))
    made = case_of(line, f"stopped-{backend}.h5", backend=backend)
    for count in (40, 150):
        with pytest.raises(Interrupted):
            surveys.drive(made, WORLD, surveys.StopAfter(count))
    fields, misfit = found_in(made)
    assert misfit == whole[1]
    for field, wanted in zip(fields, whole[0], strict=True):
        np.testing.assert_array_equal(field, wanted)
