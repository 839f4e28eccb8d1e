"""Every backend's acoustic kernels compute what `reference` computes."""

from __future__ import annotations

import numpy as np
import pytest

from accuracy import waves
from anticline_solvers.acoustic.equations import MEMORIES
from anticline_solvers.backends import base
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.numerics.stencils import ORDERS
from anticline_solvers.seismic.timeloop import propagate

ON_GPU = pytest.param("cuda", marks=pytest.mark.gpu)
OTHERS = ["cpu", "cuda on cpu", ON_GPU]
ALL = [*OTHERS, "reference"]
TOLERANCE = {"float64": 1e-12, "float32": 1e-5}
QUICK = {
    (2, 2, "float64"),
    (2, 8, "float32"),
    (2, 8, "float64"),
    (2, 16, "float64"),
    (3, 8, "float32"),
    (3, 8, "float64"),
}
CASES = [
    pytest.param(
        ndim,
        order,
        dtype,
        marks=() if (ndim, order, dtype) in QUICK else pytest.mark.slow,
        id=f"{ndim}d-order{order}-{dtype}",
    )
    for ndim in (2, 3)
    for order in ORDERS
    for dtype in TOLERANCE
]


def shape_of(ndim):
    return (19, 17, 18)[3 - ndim :] if ndim == 3 else (23, 18)


def run(ndim, order, dtype, backend, free_surface, transpose):
    """Traces and final field of a rough model, 30 steps, everything excited."""
    rng = np.random.default_rng(order)
    model = waves.propagator(
        waves.rough(shape_of(ndim)).astype(dtype),
        space_order=order,
        dtype=dtype,
        boundary=Boundary(width=6, free_surface=free_surface),
        backend=backend,
    )
    inside = np.array(shape_of(ndim)) * waves.SPACING_M
    source = model.points(rng.uniform(0.2, 0.7, (2, ndim)) * inside)
    receivers = model.points(rng.uniform(0.1, 0.9, (5, ndim)) * inside)
    series = rng.normal(size=(2, 30))
    state = model.start()
    traces = propagate(
        model, source, series, receivers, transpose=transpose, state=state
    )
    saved = model.save(state)
    return traces, model.layout.cells(saved["current"]), within_layers(model, saved)


def within_layers(model, saved):
    """Memories of the layers' cells; beside them a kernel may leave anything."""
    parts = []
    for slab in model.slabs:
        first, last = (cell - slab.start + slab.reach for cell in slab.layer)
        for memory in MEMORIES:
            array = slab.array(saved["memory"], memory)
            parts.append(array.take(range(first, last), slab.axis).ravel())
    return np.concatenate(parts)


@pytest.mark.parametrize("backend", OTHERS, indirect=True)
@pytest.mark.parametrize(("ndim", "order", "dtype"), CASES)
def test_a_backend_agrees_with_the_reference(ndim, order, dtype, backend):
    for transpose in (False, True):
        for free_surface in (False, True):
            arguments = free_surface, transpose
            found = run(ndim, order, dtype, backend, *arguments)
            expected = run(ndim, order, dtype, "reference", *arguments)
            for part, whole in zip(found, expected, strict=True):
                assert np.abs(whole).max() > 0
                error = np.abs(part - whole).max() / np.abs(whole).max()
                assert error < TOLERANCE[dtype], (transpose, free_surface)


def test_every_backend_is_tested():
    assert set(base.BACKENDS) <= {getattr(name, "values", (name,))[0] for name in ALL}


@pytest.mark.parametrize("backend", ALL, indirect=True)
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_injection_adds_where_points_overlap_and_sampling_weighs(backend, dtype):
    module = base.kernels("anticline_solvers.acoustic", backend)
    there = base.memory(backend)
    place, take = there.to_device, there.to_host
    starts, cells = place(np.array([0, 2, 5])), place(np.array([3, 4, 4, 3, 7]))
    weights = np.array([0.5, 0.25, 2.0, 1.0, -1.0], dtype)
    field, scale = place(np.zeros(9, dtype)), place(np.arange(9, dtype=dtype))
    module.inject(
        field, scale, place(np.array([0, 2, 4, 5])), place(np.array([3, 4, 7])),
        place(np.array([0, 1, 0, 1, 1])), place(weights[[0, 3, 1, 2, 4]]),
        place(np.array([2.0, 10.0], dtype)),
    )  # fmt: skip
    assert take(field).tolist() == [0, 0, 0, -33, -82, 0, 0, 70, 0]
    read = place(np.zeros(2, dtype))
    module.sample(scale, starts, cells, place(weights), read)
    assert take(read).tolist() == [2.5, 4.0]


def marked_cells(model, state):
    return np.isnan(model.memory.to_host(model.view(state)))


@pytest.mark.parametrize("backend", ALL, indirect=True)
@pytest.mark.parametrize(("ndim", "dtype"), [(2, "float32"), (3, "float64")])
def test_a_nan_in_the_wavefield_stays_visible(ndim, dtype, backend):
    """It spreads by the stencil's reach in every step and reaches the traces."""
    model = waves.propagator(
        2000.0,
        shape=(24,) * ndim,
        dtype=dtype,
        boundary=Boundary(width=6),
        backend=backend,
    )
    state = model.start()
    middle = (12,) * ndim
    model.view(state)[middle] = np.nan
    model.step(state)
    found = marked_cells(model, state)
    cross = np.zeros_like(found)
    for axis in range(ndim):
        arm = [12] * ndim
        arm[axis] = slice(8, 17)
        cross[tuple(arm)] = True
    assert (found == cross).all()
    for _ in range(3):
        model.step(state)
    assert marked_cells(model, state)[(0, *middle[1:])]
    receiver = model.points([np.array(middle) * waves.SPACING_M + 3.0])
    trace = model.memory.to_device(np.zeros(1, dtype))
    model.sample(state, receiver, trace)
    assert np.isnan(model.memory.to_host(trace)[0])


@pytest.mark.parametrize("decorator", ["jit", "row_jit", "parallel_jit"])
def test_compilers_may_contract_and_nothing_else(decorator, needs):
    """No reassociation and no promise that NaN does not occur."""
    needs.module("numba")
    from anticline_solvers.backends import cpu

    def plain(a):
        return a

    allowed = getattr(cpu, decorator)(plain).targetoptions["fastmath"]
    assert getattr(allowed, "flags", allowed) == {"contract"}


@pytest.mark.parametrize("backend", OTHERS, indirect=True)
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_a_row_s_length_does_not_change_how_its_cells_round(backend, dtype):
    """Vectors and what remains behind them give the same bits."""
    fields = []
    for depth in range(48, 57):
        model = waves.propagator(
            2000.0,
            shape=(12, depth),
            boundary=Boundary(width=6, frequency_hz=10.0),
            dtype=dtype,
            backend=backend,
        )
        source = model.points([(54.0, 33.0)])
        state = model.start()
        propagate(model, source, np.ones((1, 8)), source, state=state)
        fields.append(model.memory.to_host(model.view(state))[:, :16].copy())
    assert np.abs(fields[0]).min() > 0
    assert all((field == fields[0]).all() for field in fields)
