"""Source and receiver may change places, and sources add up."""

from __future__ import annotations

import numpy as np
import pytest

from accuracy import waves
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.seismic.acquisition.wavelets import ricker
from anticline_solvers.seismic.timeloop import propagate

SHAPES = {2: (44, 38), 3: (20, 18, 19)}
HERE = {2: (93.0, 71.0), 3: (57.0, 61.0, 48.0)}
THERE = {2: (331.0, 284.0), 3: (143.0, 122.0, 139.0)}


def exchanged(ndim, boundary, **options):
    """The trace there of a source here, and the trace here of one there."""
    model = waves.propagator(waves.rough(SHAPES[ndim]), boundary=boundary, **options)
    wavelet = ricker(12.0, model.dt_s)[None, :]
    here, there = (model.points([place[ndim]]) for place in (HERE, THERE))
    return (
        propagate(model, here, wavelet, there)[0],
        propagate(model, there, wavelet, here)[0],
    )


@pytest.mark.parametrize("ndim", [2, 3])
def test_source_and_receiver_change_places_between_walls_to_rounding(ndim):
    """Multiply scattered, reflected by walls of no pressure."""
    forth, back = exchanged(ndim, Boundary(width=0), backend="reference")
    assert waves.relative_error(forth, back) < 1e-12


@pytest.mark.parametrize("free_surface", [False, True])
@pytest.mark.parametrize("ndim", [2, 3])
def test_source_and_receiver_change_places_between_layers(ndim, free_surface):
    """As far as the layers reflect nothing: they are no symmetric operator."""
    boundary = Boundary(width=20, free_surface=free_surface)
    forth, back = exchanged(ndim, boundary, dtype=np.float32)
    assert waves.relative_error(forth, back) < 1e-5


@pytest.mark.parametrize("transpose", [False, True])
def test_the_waves_of_two_sources_add_up(transpose):
    """And a source twice as strong sends waves twice as strong, bit for bit."""
    model = waves.propagator(
        waves.rough(SHAPES[2]), boundary=Boundary(width=6, free_surface=True)
    )
    places = [HERE[2], THERE[2]]
    receivers = model.points([(200.0, 33.0), (417.0, 361.0)])
    series = np.random.default_rng(2).normal(size=(2, 120))

    def traces(chosen, factor=1.0):
        points = model.points([places[i] for i in chosen])
        return propagate(
            model, points, factor * series[chosen], receivers, transpose=transpose
        )

    together = traces([0, 1])
    assert waves.relative_error(traces([0]) + traces([1]), together) < 1e-12
    assert (traces([0, 1], 2.0) == 2.0 * together).all()
