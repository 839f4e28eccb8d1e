"""The two wavefields of a shot, before they are correlated."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from anticline_solvers.acoustic.propagator import AcousticPropagator
from anticline_solvers.domain.grid import Grid
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.seismic.acquisition.wavelets import ricker
from anticline_solvers.seismic.imaging.extent import Extent
from anticline_solvers.seismic.imaging.migration import ReceiverField, Series
from anticline_solvers.seismic.timeloop import propagate

GRID = Grid((60, 50), (10.0, 10.0), (0.0, 0.0))
SPEED_M_S, STEP_S, STEPS = 1500.0, 0.002, 140
POINT_M = np.array([[303.0, 241.0]])


@pytest.fixture(scope="module")
def propagator() -> AcousticPropagator:
    velocity = np.full(GRID.shape, SPEED_M_S, np.float32)
    return AcousticPropagator(GRID, velocity, STEP_S, boundary=Boundary(width=10))


def pulse() -> np.ndarray:
    series = np.zeros(STEPS)
    wavelet = ricker(15.0, STEP_S)
    series[: wavelet.size] = wavelet
    return series


def forward_fields(propagator: AcousticPropagator) -> list[np.ndarray]:
    fields: list[np.ndarray] = []

    def keep(n: int, state: Any) -> None:
        fields.append(propagator.view(state).copy())

    silent = propagator.points(np.empty((0, 2)))
    points = propagator.points(POINT_M, density=True)
    propagate(propagator, points, pulse()[None, :], silent, at_step=keep)
    return fields


def test_a_recording_reversed_in_time_makes_the_forward_field_at_the_mirrored_time(
    propagator,
):
    forward = forward_fields(propagator)
    data = np.ascontiguousarray(pulse()[::-1, None], np.float32)
    points = propagator.points(POINT_M, density=True)
    receiver = ReceiverField(propagator, Series(points, data), lambda n, state: None)
    for n in range(STEPS - 2, -1, -23):
        mirrored = forward[STEPS - 1 - n]
        found = receiver.at(n, Extent())
        assert np.abs(found - mirrored).max() <= 1e-3 * np.abs(mirrored).max() + 1e-12


def test_the_receiver_field_is_at_rest_at_the_last_time_step(propagator):
    points = propagator.points(POINT_M, density=True)
    data = np.ones((STEPS, 1), np.float32)
    receiver = ReceiverField(propagator, Series(points, data), lambda n, state: None)
    assert not receiver.at(STEPS - 1, Extent()).any()
    assert receiver.at(STEPS - 2, Extent()).any()
