"""How far a start velocity may be off, by misfit, for waves through a homogeneous rock.

The receivers are 10 to 15 periods away; a velocity that is 15 % off makes arrivals late
or early by up to two and a half periods.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from anticline_solvers.acoustic.propagator import AcousticPropagator
from anticline_solvers.domain.grid import Grid
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.seismic.acquisition.wavelets import ricker
from anticline_solvers.seismic.misfits import MISFITS, misfit
from anticline_solvers.seismic.timeloop import propagate

GRID = Grid((156, 16), (10.0, 10.0), (0.0, 0.0))
TRUE_M_S, PEAK_HZ, STEP_S, STEPS = 2000.0, 15.0, 2e-3, 560
SPEEDS_M_S = TRUE_M_S * (1.0 + np.arange(-0.15, 0.16, 0.03))
OF_TIMES = (
    "transport",
    "travel_time",
    "adaptive_matching_filter_reverse",
    "adaptive_matching_filter_forward",
)


@cache
def gather(velocity_m_s):
    """Traces at 800 to 1480 m from a source, (n_receivers, n_samples) [Pa]."""
    boundary = Boundary(width=12, velocity_m_s=2300.0)
    velocity = np.full(GRID.shape, velocity_m_s)
    model = AcousticPropagator(
        GRID, velocity, STEP_S, boundary=boundary, dtype=np.float64, threads=1
    )
    source = model.points([[30.0, 75.0]], density=True)
    receivers = model.points([[x, 75.0] for x in (830.0, 1000.0, 1250.0, 1510.0)])
    series = ricker(PEAK_HZ, STEP_S, STEPS)[None, :STEPS]
    return np.asarray(propagate(model, source, series, receivers))


def at(name, velocity_m_s):
    return misfit(name, gather(TRUE_M_S), gather(velocity_m_s), STEP_S)


def slope(name, velocity_m_s):
    """Derivative of the misfit by the velocity, from the adjoint source."""
    ahead, behind = (gather(velocity_m_s + side) for side in (1.0, -1.0))
    return float((at(name, velocity_m_s).adjoint * (ahead - behind) / 2.0).sum())


@pytest.mark.parametrize("name", MISFITS)
def test_the_true_velocity_has_the_lowest_misfit(name):
    values = [at(name, v).value for v in SPEEDS_M_S]
    assert SPEEDS_M_S[int(np.argmin(values))] == pytest.approx(TRUE_M_S)


@pytest.mark.parametrize("name", OF_TIMES)
def test_a_misfit_of_times_points_to_the_true_velocity_from_far(name):
    values = np.array([at(name, v).value for v in SPEEDS_M_S])
    assert (np.diff(values[:6]) < 0.0).all()
    assert (np.diff(values[5:]) > 0.0).all()
    assert slope(name, 0.85 * TRUE_M_S) < 0.0 < slope(name, 1.15 * TRUE_M_S)


@pytest.mark.parametrize("name", ["least_squares", "normalised_correlation"])
def test_a_misfit_of_samples_does_not(name):
    values = np.array([at(name, v).value for v in SPEEDS_M_S])
    assert (np.diff(values[:6]) > 0.0).any()
    assert (np.diff(values[5:]) < 0.0).any()
