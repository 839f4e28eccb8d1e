"""The transposed time loop and the adjoint of Born are transposes to rounding."""

from __future__ import annotations

import numpy as np
import pytest

from mpi4py import MPI

from accuracy import waves
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.seismic.born import born, born_adjoint
from anticline_solvers.seismic.timeloop import propagate

SHAPES = {2: (27, 22), 3: (13, 14, 18)}
STEPS = {2: 50, 3: 30}
TOLERANCE = {"float64": 1e-12, "float32": 1e-5}
LAYER = {False: Boundary(width=6), True: Boundary(width=6, free_surface=True)}

KINDS = pytest.mark.parametrize(
    ("ndim", "order", "dtype", "backend"),
    [
        (2, 8, "float64", "cpu"),
        (2, 8, "float32", "cpu"),
        (3, 8, "float64", "cpu"),
        (3, 8, "float32", "cpu"),
        (2, 2, "float64", "reference"),
        (2, 8, "float32", "reference"),
        (2, 16, "float64", "reference"),
        (3, 4, "float64", "reference"),
    ],
)
SURFACE = pytest.mark.parametrize("free_surface", [False, True])


def survey(ndim, order, dtype, backend, free_surface, **options):
    """A rough model on all ranks, two sources, five receivers, all off the grid."""
    shape = SHAPES[ndim]
    model = waves.propagator(
        waves.rough(shape).astype(dtype),
        space_order=order,
        dtype=dtype,
        backend=backend,
        boundary=LAYER[free_surface],
        comm=MPI.COMM_WORLD,
        **options,
    )
    rng = np.random.default_rng(11)
    extent = np.array(model.grid.extent_m)
    sources = model.points(rng.uniform(0.1, 0.9, (2, ndim)) * extent, density=True)
    receivers = model.points(rng.uniform(0, 1, (5, ndim)) * extent)
    return model, sources, receivers, rng


def dot(model, points, series, traces):
    """Inner product of series (n, nt) and the ranks' traces, float64."""
    own = np.vdot(series[points.owned].astype(float), traces.astype(float))
    return model.comm.allreduce(own)


def everything(model, points, traces):
    """Traces of all ranks on every rank, (n, nt)."""
    return model.comm.bcast(model.placement.collect(points, traces))


@pytest.mark.parallel([1, 2, 4])
@KINDS
@SURFACE
def test_the_transpose_is_the_adjoint(ndim, order, dtype, backend, free_surface):
    model, sources, receivers, rng = survey(ndim, order, dtype, backend, free_surface)
    x = rng.normal(size=(sources.n, STEPS[ndim])).astype(dtype)
    y = rng.normal(size=(receivers.n, STEPS[ndim])).astype(dtype)
    forward = propagate(model, sources, x, receivers)
    back = propagate(model, receivers, y, sources, transpose=True)
    left, right = dot(model, receivers, y, forward), dot(model, sources, x, back)
    size = np.linalg.norm(everything(model, receivers, forward)) * np.linalg.norm(y)
    assert abs(left) > 1e-6 * size
    assert abs(left - right) / size <= TOLERANCE[dtype]


@pytest.mark.parallel([1, 2, 4])
@KINDS
@SURFACE
def test_the_adjoint_of_born_is_its_transpose(
    ndim, order, dtype, backend, free_surface
):
    model, sources, receivers, rng = survey(ndim, order, dtype, backend, free_surface)
    x = rng.normal(size=(sources.n, STEPS[ndim])).astype(dtype)
    y = rng.normal(size=(receivers.n, STEPS[ndim])).astype(dtype)
    dv = rng.normal(size=SHAPES[ndim]).astype(dtype)
    scattered = born(model, dv, sources, x, receivers)
    image = born_adjoint(model, sources, x, receivers, y)
    size = np.linalg.norm(everything(model, receivers, scattered)) * np.linalg.norm(y)
    left = dot(model, receivers, y, scattered)
    right = model.comm.bcast(None if image is None else np.vdot(image, dv))
    assert abs(left) > 1e-6 * size
    assert abs(left - right) / size <= TOLERANCE[dtype]


@pytest.mark.parallel([2, 4])
def test_deeper_halos_keep_the_transpose_exact():
    model, sources, receivers, rng = survey(
        2, 8, "float64", "cpu", True, steps_per_exchange=3
    )
    x = rng.normal(size=(sources.n, 50))
    y = rng.normal(size=(receivers.n, 50))
    forward = propagate(model, sources, x, receivers)
    back = propagate(model, receivers, y, sources, transpose=True)
    left, right = dot(model, receivers, y, forward), dot(model, sources, x, back)
    size = np.linalg.norm(everything(model, receivers, forward)) * np.linalg.norm(y)
    assert abs(left - right) / size <= 1e-12
