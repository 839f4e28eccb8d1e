"""Ranks, process grids, halo depths and restarts change no bit of the waves."""

from __future__ import annotations

import numpy as np
import pytest

from mpi4py import MPI

from accuracy import waves
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.seismic.timeloop import propagate

WIDTH, STEPS = 6, 41


def process_grids(ndim, ranks):
    """Every process grid of this many ranks."""
    if ndim == 2:
        return [(ranks,)]
    return [(n, ranks // n) for n in range(1, ranks + 1) if ranks % n == 0]


def build(shape, dtype, comm, free_surface=False, **options):
    return waves.propagator(
        waves.rough(shape).astype(dtype),
        dtype=dtype,
        comm=comm,
        boundary=Boundary(width=WIDTH, free_surface=free_surface),
        **options,
    )


def survey(model, seed=5):
    """Points near the edges of the ranks' parts, on and off the grid."""
    rng = np.random.default_rng(seed)
    extent = np.array(model.grid.extent_m)
    ndim = model.grid.ndim
    sources = model.points(rng.uniform(0.3, 0.6, (2, ndim)) * extent, density=True)
    receivers = model.points(rng.uniform(0.0, 1.0, (23, ndim)) * extent)
    return sources, receivers, rng.normal(size=(2, STEPS))


def waves_of(model, transpose=False):
    """Traces and final pressure of all ranks, as bytes, on rank 0; none is still."""
    sources, receivers, series = survey(model)
    state = model.start()
    traces = propagate(
        model, sources, series, receivers, state=state, transpose=transpose
    )
    field = model.placement.assemble(model.view(state))
    together = model.placement.collect(receivers, traces)
    if together is None:
        return None
    everywhere = (field != 0).any(axis=-1).all() and together.any()
    return bool(everywhere), together.tobytes(), field.tobytes()


def same_on_rank_0(shape, dtype, free_surface, transpose=False, **options):
    """Whether all ranks together compute what rank 0 computes alone."""
    comm = MPI.COMM_WORLD
    together = waves_of(build(shape, dtype, comm, free_surface, **options), transpose)
    same = None
    if comm.rank == 0:
        alone = build(shape, dtype, MPI.COMM_SELF, free_surface)
        same = together[0] and together == waves_of(alone, transpose)
    return comm.bcast(same)


@pytest.mark.parallel([1, 2, 3, 4])
@pytest.mark.parametrize("steps_per_exchange", [1, 2, 3])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_two_dimensional_waves_do_not_depend_on_the_ranks(dtype, steps_per_exchange):
    for free_surface in (False, True):
        assert same_on_rank_0(
            (61, 26), dtype, free_surface, steps_per_exchange=steps_per_exchange
        )


@pytest.mark.parallel([1, 2, 3, 4])
@pytest.mark.parametrize("steps_per_exchange", [1, 2])
def test_three_dimensional_waves_do_not_depend_on_the_process_grid(steps_per_exchange):
    for process_grid in process_grids(3, MPI.COMM_WORLD.size):
        assert same_on_rank_0(
            (17, 19, 18),
            "float32",
            process_grid[0] == 1,
            process_grid=process_grid,
            steps_per_exchange=steps_per_exchange,
        )


@pytest.mark.parallel([2, 3, 4])
@pytest.mark.parametrize("steps_per_exchange", [1, 3])
def test_the_transpose_does_not_depend_on_the_ranks(steps_per_exchange):
    assert same_on_rank_0(
        (41, 18), "float64", True, True, steps_per_exchange=steps_per_exchange
    )


@pytest.mark.parallel([3, 4])
@pytest.mark.parametrize("steps_per_exchange", [1, 2, 3])
def test_a_rank_may_lie_wholly_in_a_layer(steps_per_exchange):
    """20 cells over 3 or 4 ranks, layers of 6; halos of 4, 8 and 12."""
    assert same_on_rank_0(
        (8, 18), "float64", False, steps_per_exchange=steps_per_exchange
    )
    model = build((8, 18), "float64", MPI.COMM_WORLD)
    parts = model.comm.allgather(model.placement.physical_box[0])
    cells = [part.stop - part.start for part in parts]
    assert min(cells) == 0
    assert sum(cells) == 8


@pytest.mark.parallel([3, 4])
def test_a_rank_may_own_fewer_cells_than_its_stencil_reaches():
    """Space order 16 reaches 8 cells; 20 cells lie on 3 or 4 ranks."""
    comm, results = MPI.COMM_WORLD, []
    for ranks in (comm, MPI.COMM_SELF):
        model = waves.propagator(
            waves.rough((16, 18)),
            space_order=16,
            backend="reference",
            comm=ranks,
            boundary=Boundary(width=2),
        )
        results.append(waves_of(model))
        owned = model.layout.box[0].stop - model.layout.box[0].start
        assert ranks.size == 1 or owned < 8
    assert comm.bcast(results[0] == results[1] if comm.rank == 0 else None)


@pytest.mark.parallel([2, 4])
def test_the_narrow_stencil_s_halos_serve_the_wide_points():
    """Space order 2 reaches one cell, a point four."""
    for steps in (1, 2, 3):
        comm = MPI.COMM_WORLD
        plain = {"space_order": 2, "backend": "reference"}
        together = waves_of(
            build((31, 18), "float64", comm, steps_per_exchange=steps, **plain)
        )
        same = None
        if comm.rank == 0:
            alone = waves_of(build((31, 18), "float64", MPI.COMM_SELF, **plain))
            same = together[0] and together == alone
        assert comm.bcast(same)


@pytest.mark.parallel([1, 2, 3])
@pytest.mark.parametrize("steps_per_exchange", [1, 3])
@pytest.mark.parametrize("transpose", [False, True])
def test_a_restarted_run_equals_an_uninterrupted_one(steps_per_exchange, transpose):
    """Stopped at a random step, copied, and loaded into a new wavefield."""
    model = build(
        (41, 22), "float32", MPI.COMM_WORLD, True, steps_per_exchange=steps_per_exchange
    )
    sources, receivers, series = survey(model)
    stop = int(np.random.default_rng(8).integers(7, STEPS - 7))
    before, after = (0, stop), (stop, STEPS)
    if transpose:
        before, after = after, before

    def run(state, steps):
        return propagate(
            model,
            sources,
            series,
            receivers,
            transpose=transpose,
            state=state,
            steps=steps,
        )

    whole, state = model.start(), model.start()
    expected = run(whole, None)
    found = run(state, before)
    saved = model.save(state)
    run(state, after)  # the copy is a copy
    resumed = model.start()
    resumed_at_odd_turn = model.start()
    model.step(resumed_at_odd_turn)
    for fresh in (resumed, resumed_at_odd_turn):
        model.load(fresh, saved)
        traces = found + run(fresh, after)
        same = (traces == expected).all() and (
            model.view(fresh) == model.view(whole)
        ).all()
        assert model.comm.allreduce(bool(same), op=MPI.LAND)
