"""Modelling and migration on a device: the gathers and images of the reference."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from mpi4py import MPI

import surveys
from anticline.errors import BadInput, Interrupted
from anticline_solvers.backends import base, cuda

WORLD = MPI.COMM_WORLD
DEVICES = pytest.mark.parametrize(
    "backend",
    ["cuda on cpu", pytest.param("cuda", marks=pytest.mark.gpu)],
    indirect=True,
)


@pytest.fixture(scope="module")
def line(tmp_path_factory):
    """One shot; its gathers and images by the reference."""
    folder = tmp_path_factory.mktemp("line") if WORLD.rank == 0 else None
    if WORLD.rank == 0:
        surveys.make_line(folder, surveys.GRID, 1000.0)
    made = surveys.Line(WORLD.bcast(folder))
    surveys.drive(made.forward("g.h5", backend="reference"), WORLD)
    return made


def image_of(line, name, **given):
    case = line.rtm(name, **given)
    surveys.drive(case, WORLD)
    return values_of(case.outputs["image"])


def values_of(path):
    """Every two-dimensional array of real numbers in a file."""
    found = {}

    def take(name, item):
        if isinstance(item, h5py.Dataset) and item.ndim == 2 and item.dtype == "f4":
            found[name] = item[...].astype(np.float64)

    with h5py.File(path) as file:
        file.visititems(take)
    return found


WITHIN = {"cross_correlation": 1e-5, "inverse_scattering": 5e-5}
"""The scattering condition's second differences raise what rounding leaves."""


def difference(found, expected):
    return np.linalg.norm(found - expected) / np.linalg.norm(expected)


@pytest.mark.parallel([1, 2])
@DEVICES
def test_gathers_are_those_of_the_reference(line, backend):
    case = line.forward(f"g-{WORLD.size}-{backend}.h5", backend=backend)
    surveys.drive(case, WORLD)
    expected, found = (
        values_of(line.folder / "g.h5"),
        values_of(case.outputs["gathers"]),
    )
    assert expected
    for name, values in expected.items():
        assert difference(found[name], values) < 1e-5, name


@pytest.mark.parallel([1])
@DEVICES
@pytest.mark.parametrize("condition", ["inverse_scattering", "cross_correlation"])
def test_an_image_is_that_of_the_reference(line, backend, condition):
    given = {"condition": condition, "receiver_illumination": True}
    expected = image_of(line, f"r-{condition}.h5", backend="reference", **given)
    found = image_of(line, f"c-{condition}.h5", backend=backend, **given)
    assert len(expected) == 3
    for name, values in expected.items():
        assert difference(found[name], values) < WITHIN[condition], name


@pytest.mark.parallel([2])
@DEVICES
def test_an_image_by_two_ranks_is_that_of_one(line, backend):
    given = {"condition": "inverse_scattering", "backend": backend}
    together = image_of(line, "two.h5", ranks_per_shot=2, **given)
    if WORLD.rank == 0:
        alone = line.rtm("one.h5", **given)
        surveys.drive(alone, MPI.COMM_SELF)
        for name, values in values_of(alone.outputs["image"]).items():
            assert (together[name] == values).all(), name
    WORLD.Barrier()


@pytest.mark.parallel([1])
@DEVICES
@pytest.mark.parametrize("storage", ["checkpoints", "compressed"])
def test_what_a_device_keeps_of_the_source_does_not_change_the_image(
    line, backend, storage
):
    given = {"condition": "cross_correlation", "backend": backend}
    expected = image_of(line, f"all-{storage}.h5", storage="memory", **given)
    found = image_of(line, f"{storage}.h5", storage=storage, memory_budget=6e5, **given)
    tolerance = 0.0 if storage == "checkpoints" else 1e-3
    for name, values in expected.items():
        assert difference(found[name], values) <= tolerance


@pytest.mark.parallel([1])
@DEVICES
@pytest.mark.parametrize("first", ["host", "device"])
def test_a_shot_goes_on_from_host_to_device_and_back(line, backend, first):
    """Stopped in the middle on the one, the other continues from its checkpoint."""
    backends = ["reference", backend]
    if first == "device":
        backends.reverse()
    given = {"condition": "inverse_scattering", "checkpoint_interval_s": 0.0}
    whole = image_of(line, f"w-{first}.h5", backend="reference", **given)
    name = f"p-{first}.h5"
    stopped = line.rtm(name, backend=backends[0], **given)
    with pytest.raises(Interrupted):
        surveys.drive(stopped, WORLD, surveys.StopAfter(260))
    found = image_of(line, name, backend=backends[1], **given)
    for field, values in whole.items():
        assert difference(found[field], values) < WITHIN["inverse_scattering"]


@pytest.mark.parallel([1, 2])
def test_auto_is_cuda_where_every_rank_has_a_device(monkeypatch):
    monkeypatch.setattr(cuda, "lacking", lambda: None)
    assert base.chosen("auto", WORLD) == "cuda"
    monkeypatch.setattr(cuda, "lacking", lambda: "no GPU" if WORLD.rank == 0 else None)
    assert base.chosen("auto", WORLD) == "cpu"
    assert base.chosen("reference", WORLD) == "reference"
    with pytest.raises(ImportError, match="no GPU"):
        base.chosen("cuda", WORLD)


@pytest.mark.parallel([1, 2])
def test_a_case_that_asks_for_devices_where_none_are_is_refused(line, monkeypatch):
    monkeypatch.setattr(cuda, "lacking", lambda: "no CUDA device answers")
    with pytest.raises(BadInput, match="backend: no CUDA device answers"):
        surveys.drive(line.forward("never.h5", backend="cuda"), WORLD)
