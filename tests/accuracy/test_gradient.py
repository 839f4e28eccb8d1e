"""The gradient of every misfit is the exact derivative of its discrete value."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from mpi4py import MPI

from anticline_solvers.seismic.gradient.aliasing import PER_PERIOD
from anticline_solvers.seismic.misfits import MISFITS
from gradients import SmallShot, direction, slopes_of_remainders, value_of

HALF_DECADES = 10.0 ** -np.arange(0.0, 3.5, 0.5)
SQUARES = "least_squares"
OTHERS = [name for name in MISFITS if name != SQUARES]


@cache
def small(ndim, free_surface=False):
    return SmallShot(ndim, free_surface=free_surface, comm=MPI.COMM_SELF)


@cache
def observed(ndim, free_surface=False):
    shot = small(ndim, free_surface)
    return shot.predicted(1.02 * shot.velocity)


@pytest.mark.parametrize("free_surface", [False, True])
@pytest.mark.parametrize("ndim", [2, 3])
def test_what_the_gradient_leaves_falls_at_second_order(ndim, free_surface):
    shot, data = small(ndim, free_surface), observed(ndim, free_surface)
    found = slopes_of_remainders(shot, data, [SQUARES], 20.0, HALF_DECADES)
    assert np.abs(found[SQUARES] - 2.0).max() < 0.1


def test_the_gradient_of_every_misfit_leaves_second_order():
    # in three dimensions: tests/parallel/test_gradient_slopes.py
    shot, data = small(2), observed(2)
    found = slopes_of_remainders(shot, data, OTHERS, 4.0, HALF_DECADES)
    assert len(found) == len(MISFITS) - 1
    for name, slopes in found.items():
        assert np.abs(slopes - 2.0).max() < 0.1, name


@pytest.mark.parametrize("name", MISFITS)
def test_few_terms_give_the_gradient_of_all_of_them(name):
    shot, data = small(2), observed(2)
    whole = shot.gradient(shot.velocity, data, name=name).gradient
    top_hz = shot.survey.maximum_frequency_hz
    every = int(1.0 / (PER_PERIOD * top_hz * shot.dt_s))
    assert every == 4
    found = shot.gradient(shot.velocity, data, name=name, every=every).gradient
    assert np.linalg.norm(found - whole) <= 1e-3 * np.linalg.norm(whole)


def test_single_precision_keeps_the_gradient():
    shot, data = small(2), observed(2)
    single = SmallShot(2, comm=MPI.COMM_SELF, dtype=np.float32)
    whole = shot.gradient(shot.velocity, data).gradient
    found = single.gradient(shot.velocity.astype(np.float32), data).gradient
    assert np.linalg.norm(found - whole) <= 2e-5 * np.linalg.norm(whole)


@pytest.mark.parametrize(
    ("parameter", "power"), [("slowness", -1.0), ("squared_slowness", -2.0)]
)
def test_the_chain_rule_gives_the_derivative_by_slowness(parameter, power):
    shot, data = small(2), observed(2)
    value = value_of(shot, data, SQUARES)
    found = shot.gradient(shot.velocity, data, parameter=parameter)
    start = shot.velocity**power
    change = 1e-4 * start * direction(start.shape, 1.0)
    ahead, behind = (value((start + s * change) ** (1.0 / power)) for s in (1.0, -1.0))
    slope = float((found.gradient * change).sum())
    assert abs(0.5 * (ahead - behind) - slope) < 1e-4 * abs(slope)


def test_a_model_that_explains_the_data_has_no_misfit_and_no_gradient():
    shot = small(2)
    found = shot.gradient(shot.velocity, shot.predicted(shot.velocity))
    assert found.misfit == 0.0
    assert not found.gradient.any()
    assert found.illumination.max() > 0.0
