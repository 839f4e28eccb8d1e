"""Ranks on devices: halos packed there, staged or sent as they are, change no bit.

With "cuda on cpu" every rank runs the GPU's own texts on the CPU.
"""

from __future__ import annotations

import numpy as np
import pytest

from mpi4py import MPI

from accuracy import waves
from anticline_solvers.domain import device_halo, faces
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.seismic.timeloop import propagate

STEPS = 17
SHAPES = {2: (43, 26), 3: (17, 19, 18)}
DEVICES = pytest.mark.parametrize(
    "backend",
    ["cuda on cpu", pytest.param("cuda", marks=pytest.mark.gpu)],
    indirect=True,
)


def build(ndim, comm, backend, dtype="float32", **options):
    return waves.propagator(
        waves.rough(SHAPES[ndim]).astype(dtype),
        dtype=dtype,
        comm=comm,
        backend=backend,
        boundary=Boundary(width=5, free_surface=True),
        **options,
    )


def survey(model):
    rng = np.random.default_rng(5)
    extent = np.array(model.grid.extent_m)
    ndim = model.grid.ndim
    sources = model.points(rng.uniform(0.3, 0.6, (2, ndim)) * extent, density=True)
    receivers = model.points(rng.uniform(0.0, 1.0, (11, ndim)) * extent)
    return sources, receivers, rng.normal(size=(2, STEPS))


def waves_of(model, transpose=False):
    """Traces and final pressure of all ranks, as bytes, on rank 0; none is still."""
    sources, receivers, series = survey(model)
    state = model.start()
    traces = propagate(
        model, sources, series, receivers, state=state, transpose=transpose
    )
    field = model.placement.assemble(model.memory.to_host(model.view(state)))
    together = model.placement.collect(receivers, traces)
    if together is None:
        return None
    everywhere = (field != 0).any(axis=-1).all() and together.any()
    return bool(everywhere), together.tobytes(), field.tobytes()


def same_on_rank_0(ndim, backend, transpose=False, **options):
    comm = MPI.COMM_WORLD
    together = waves_of(build(ndim, comm, backend, **options), transpose)
    same = None
    if comm.rank == 0:
        alone = build(ndim, MPI.COMM_SELF, backend)
        same = together[0] and together == waves_of(alone, transpose)
    return comm.bcast(same)


@pytest.fixture(params=["staged", "device-aware", "planes alone"])
def sending(request, monkeypatch, backend):
    """Through host memory; by an MPI that knows devices; whole planes in place."""
    aware = request.param != "staged"
    if aware and request.node.get_closest_marker("gpu"):
        monkeypatch.delenv(device_halo.VARIABLE, raising=False)
        if not device_halo.mpi_knows_devices():
            pytest.skip("GPU: this MPI does not send from device memory")
    monkeypatch.setattr(device_halo, "mpi_knows_devices", lambda: aware)
    if request.param == "planes alone":
        monkeypatch.setattr(faces, "PLANES_BYTES", 1)
    return request.param


@pytest.mark.parallel([2])
@DEVICES
@pytest.mark.parametrize("steps_per_exchange", [1, 2])
def test_two_dimensional_waves_do_not_depend_on_the_ranks(
    steps_per_exchange, backend, sending
):
    assert same_on_rank_0(2, backend, steps_per_exchange=steps_per_exchange)


@pytest.mark.parallel([2, 4])
@DEVICES
def test_three_dimensional_waves_do_not_depend_on_the_process_grid(backend, sending):
    several = {2: [(2, 1), (1, 2)], 4: [(2, 2)]}
    for process_grid in several[MPI.COMM_WORLD.size]:
        transpose = process_grid[0] == 1
        assert same_on_rank_0(3, backend, transpose, process_grid=process_grid)


@pytest.mark.parallel([2])
@DEVICES
def test_the_adjoint_is_the_transpose(backend):
    """For any series x and traces y: <F x, y> = <x, F^T y>, on all ranks together."""
    for dtype, tolerance in (("float64", 1e-12), ("float32", 1e-5)):
        model = build(2, MPI.COMM_WORLD, backend, dtype)
        sources, receivers, x = survey(model)
        y = np.random.default_rng(6).normal(size=(receivers.n, STEPS))
        forward = propagate(model, sources, x, receivers)
        back = propagate(model, receivers, y, sources, transpose=True)
        own = [
            np.vdot(forward.astype(float), y[receivers.owned]),
            np.vdot(x[sources.owned], back.astype(float)),
            np.linalg.norm(forward) ** 2,
        ]
        one, other, size = model.comm.allreduce(np.array(own))
        assert abs(one - other) <= tolerance * np.sqrt(size) * np.linalg.norm(y)


@pytest.mark.parallel([1, 2])
@DEVICES
def test_a_restarted_run_equals_an_uninterrupted_one(backend):
    model = build(3, MPI.COMM_WORLD, backend)
    sources, receivers, series = survey(model)

    def run(state, steps):
        return propagate(model, sources, series, receivers, state=state, steps=steps)

    whole, state = model.start(), model.start()
    expected = run(whole, None)
    traces = run(state, (0, 8))
    saved = model.save(state)
    assert all(isinstance(array, np.ndarray) for array in saved.values())
    run(state, (8, STEPS))  # the copy is a copy
    fresh = model.start()
    model.step(fresh)
    model.load(fresh, saved)
    traces = traces + run(fresh, (8, STEPS))
    ends = [model.save(one) for one in (fresh, whole)]
    same = (traces == expected).all() and all(
        (ends[0][name] == ends[1][name]).all() for name in saved
    )
    assert model.comm.allreduce(bool(same), op=MPI.LAND)


@pytest.mark.parallel([1, 2])
@DEVICES
@pytest.mark.parametrize("first", ["device", "host"])
def test_a_run_goes_on_from_host_to_device_and_back(backend, first, needs):
    """What one backend saved the other continues; only rounding differs."""
    needs.module("numba")
    comm = MPI.COMM_WORLD
    here, there = build(3, comm, backend), build(3, comm, "cpu")
    if first == "host":
        here, there = there, here
    expected, found, state = there.start(), there.start(), here.start()
    for model, wave, steps in (
        (there, expected, None),
        (here, state, (0, 8)),
        (there, found, (8, STEPS)),
    ):
        if wave is found:
            found_parts = here.save(state)
            there.load(found, found_parts)
        sources, receivers, series = survey(model)
        propagate(model, sources, series, receivers, state=wave, steps=steps)
    one, other = (there.save(wave)["current"] for wave in (found, expected))
    error = np.abs(one - other).max() / np.abs(other).max()
    assert np.abs(other).max() > 0
    assert comm.allreduce(float(error), op=MPI.MAX) < 1e-5
