"""The gradient of every misfit is the exact derivative of its discrete value."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from mpi4py import MPI

from anticline_solvers.seismic.gradient.aliasing import PER_PERIOD
from anticline_solvers.seismic.misfits import MISFITS, misfit
from gradients import SmallShot

SCALES = 10.0 ** -np.arange(0.0, 3.5, 0.5)


@cache
def small(ndim, free_surface=False):
    return SmallShot(ndim, free_surface=free_surface, comm=MPI.COMM_SELF)


@cache
def observed(ndim, free_surface=False):
    shot = small(ndim, free_surface)
    return shot.predicted(1.02 * shot.velocity)


def direction(shape, largest_m_s):
    """Perturb every cell, those at the edges (which the layers carry) most."""
    dv = np.random.default_rng(4).normal(size=shape)
    for axis in range(len(shape)):
        edges = np.moveaxis(dv, axis, 0)
        edges[[0, -1]] *= 3.0
    return dv * largest_m_s / np.abs(dv).max()


def value_of(shot, data, name):
    interval_s = shot.survey.sample_interval_s
    return lambda v: misfit(name, data, shot.predicted(v), interval_s).value


def remainders(shot, data, name, largest_m_s):
    value = value_of(shot, data, name)
    found = shot.gradient(shot.velocity, data, name=name)
    assert found.misfit == value(shot.velocity)
    dv = direction(shot.velocity.shape, largest_m_s)
    slope = float((found.gradient * dv).sum())
    return np.array(
        [value(shot.velocity + s * dv) - found.misfit - s * slope for s in SCALES]
    )


@pytest.mark.parametrize("free_surface", [False, True])
@pytest.mark.parametrize("ndim", [2, 3])
def test_what_the_gradient_leaves_falls_at_second_order(ndim, free_surface):
    data = observed(ndim, free_surface)
    left = np.abs(remainders(small(ndim, free_surface), data, "least_squares", 20.0))
    slopes = -np.diff(np.log10(left)) / 0.5
    assert np.abs(slopes - 2.0).max() < 0.1


@pytest.mark.parametrize("name", [n for n in MISFITS if n != "least_squares"])
def test_the_gradient_of_every_misfit_leaves_second_order(name):
    left = np.abs(remainders(small(2), observed(2), name, 4.0))
    slopes = -np.diff(np.log10(left)) / 0.5
    assert np.abs(slopes - 2.0).max() < 0.1


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
    value = value_of(shot, data, "least_squares")
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
