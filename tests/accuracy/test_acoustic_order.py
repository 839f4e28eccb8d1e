"""Errors of the propagator fall with the orders that it claims.

A plane wave fills the grid at t = -dt and t = 0. Each step spoils the stencil's reach
at the edges, so cells further inside see the wave on an endless line.
"""

from __future__ import annotations

import numpy as np
import pytest

from accuracy import waves
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.numerics.stability import maximum_time_step

V, WAVELENGTH_M, STEPS = 2000.0, 100.0, 4
DIRECTION = {2: np.array([0.6, 0.8]), 3: np.array([0.48, 0.6, 0.64])}


def interior_error(ndim, points, dt_s, steps, phase_of, order, backend="reference"):
    """Error of a plane wave of `points` cells after `steps` steps of dt.

    phase_of : radians that the wave turns in a time step.

    The wave stays a plane wave, A cos + B sin. A fit gives A and B with the rounding
    of single cells averaged out, which at order 16 would hide the error.
    """
    reach, h = order // 2, WAVELENGTH_M / points
    shape = (2 * reach * steps + 12,) * ndim
    limit = maximum_time_step(V, (h,) * ndim, order)
    model = waves.propagator(
        V,
        shape=shape,
        spacing_m=h,
        courant=dt_s / limit,
        space_order=order,
        boundary=Boundary(width=6),
        backend=backend,
    )
    cells = np.indices(shape) * h
    k = 2 * np.pi / WAVELENGTH_M
    along = k * np.tensordot(DIRECTION[ndim], cells, 1)
    state = model.start()
    model.placement.view(state.previous)[...] = np.cos(along + phase_of(k))
    model.placement.view(state.current)[...] = np.cos(along)
    for _ in range(steps):
        model.step(state)
    inside = (slice(reach * steps, -reach * steps),) * ndim
    place = along[inside].ravel()
    wave = np.stack([np.cos(place), np.sin(place)], axis=1)
    turned = steps * phase_of(k)
    error = model.view(state)[inside].ravel() - np.cos(place - turned)
    found, *_ = np.linalg.lstsq(wave, error)
    return np.linalg.norm(found)


def space_order(ndim, order, points, backend="reference"):
    """Order p of errors C h^p exp(d h^2) at three spacings, the time step's phase out.

    The factor exp(d h^2) is the next term of the error: at order 16 rounding hides
    the error on grids so fine that this term does not count.
    """
    dt_s = 0.8 * maximum_time_step(V, (WAVELENGTH_M / max(points),) * ndim, order)

    def phase(k):
        return 2 * np.arcsin(0.5 * V * dt_s * k)

    errors = [
        interior_error(ndim, n, dt_s, STEPS, phase, order, backend) for n in points
    ]
    h = 1.0 / np.asarray(points)
    (p, *_) = np.linalg.solve(
        np.stack([np.log(h), h**2, np.ones(3)], axis=1), np.log(errors)
    )
    return p


@pytest.mark.parametrize(
    ("order", "points"),
    [
        (2, (12, 20, 30)),
        (4, (10, 16, 24)),
        (8, (8, 11, 16)),
        (12, (7, 9, 12)),
        (16, (6, 7.5, 9.5)),
    ],
)
def test_the_error_in_space_falls_with_the_space_order(order, points):
    assert space_order(2, order, points) == pytest.approx(order, abs=0.2)


def test_the_error_in_space_falls_with_the_space_order_in_three_dimensions():
    assert space_order(3, 8, (8, 11, 16)) == pytest.approx(8, abs=0.2)


@pytest.mark.parametrize("ndim", [2, 3])
def test_the_compiled_kernel_has_the_order_of_its_specification(ndim):
    assert space_order(ndim, 8, (8, 11, 16), "cpu") == pytest.approx(8, abs=0.2)


def test_the_error_in_time_falls_at_second_order():
    limit = maximum_time_step(V, (WAVELENGTH_M / 40,) * 2, 8)
    steps = np.array([3, 6, 12])
    duration_s = 0.9 * limit * steps[0]
    errors = [
        interior_error(
            2, 40, duration_s / n, n, lambda k, n=n: k * V * duration_s / n, 8
        )
        for n in steps
    ]
    observed = np.log2(np.divide(errors[:-1], errors[1:]))
    assert (observed >= 1.8).all()
    assert (observed <= 2.2).all()
