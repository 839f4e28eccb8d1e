"""Between two wells, from a velocity 15 % too slow: who finds the model.

Arrivals of the start are late by three quarters of a period and more.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from scipy.optimize import minimize

from mpi4py import MPI

from anticline_solvers.formats.survey import Shot
from anticline_solvers.numerics.absorbing import Boundary
from gradients import SmallShot

SHAPE, SHOTS, RECEIVERS = (56, 70), 6, 34
MIDDLE = (slice(6, -6), slice(5, -5))
BACKGROUND_M_S, START_M_S = 2000.0, 1700.0


class WellShot(SmallShot):
    """A shot in the left well, receivers in the right one, 15 Hz."""

    def __init__(self, number):
        super().__init__(
            2,
            comm=MPI.COMM_SELF,
            duration_s=0.55,
            peak_hz=15.0,
            shape=SHAPE,
            dtype=np.float32,
        )
        self.options["boundary"] = Boundary(width=10, velocity_m_s=2500.0)
        width_m, height_m = self.grid.extent_m
        depth_m = np.linspace(0.05, 0.95, SHOTS)[number] * height_m
        receivers = np.full((RECEIVERS, 2), 0.96 * width_m)
        receivers[:, 1] = np.linspace(0.03, 0.97, RECEIVERS) * height_m
        self.shot = Shot(number, np.array([0.04 * width_m, depth_m]), receivers)


@cache
def problem():
    x, z = np.indices(SHAPE)
    fast = 220.0 * np.exp(-((x - 28) ** 2 + (z - 24) ** 2) / 60.0)
    slow = 180.0 * np.exp(-((x - 25) ** 2 + (z - 50) ** 2) / 60.0)
    true = BACKGROUND_M_S + fast - slow
    shots = [WellShot(number) for number in range(SHOTS)]
    return true, shots, [shot.predicted(true) for shot in shots]


def misfit_and_gradient(name, velocity):
    _, shots, observed = problem()
    found = [
        shot.gradient(velocity, data, name=name)
        for shot, data in zip(shots, observed, strict=True)
    ]
    return sum(one.misfit for one in found), sum(one.gradient for one in found)


def inverted(name, start, iterations=30):
    """Take L-BFGS steps by smoothed gradients; the first changes 2 % at most."""

    def scaled(share):
        value, gradient = misfit_and_gradient(name, share.reshape(SHAPE) * start_m_s)
        return value, start_m_s * gaussian_filter(gradient, 1.0).ravel()

    start_m_s = float(start.mean())
    scale = np.abs(scaled(start.ravel() / start_m_s)[1]).max() / 0.02
    found = minimize(
        lambda share: tuple(part / scale for part in scaled(share)),
        start.ravel() / start_m_s,
        jac=True,
        method="L-BFGS-B",
        bounds=[(1400.0 / start_m_s, 2600.0 / start_m_s)] * start.size,
        options={"maxiter": iterations, "maxfun": iterations + 6},
    )
    return found.x.reshape(SHAPE) * start_m_s


def error(velocity):
    """Relative error between the wells."""
    true = problem()[0][MIDDLE]
    return np.linalg.norm(velocity[MIDDLE] - true) / np.linalg.norm(true)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["least_squares", "normalised_correlation"])
def test_a_misfit_of_samples_goes_to_another_model(name):
    start = np.full(SHAPE, START_M_S)
    assert error(inverted(name, start)) > error(start) > 0.15


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "transport",
        "travel_time",
        "adaptive_matching_filter_reverse",
        "adaptive_matching_filter_forward",
    ],
)
def test_a_misfit_of_times_finds_the_model_and_least_squares_ends_there(name):
    near = inverted(name, np.full(SHAPE, START_M_S))
    assert error(near) < 0.07
    assert error(inverted("least_squares", near, 15)) < min(0.06, error(near))
