"""The absorbing layers reflect almost nothing and never grow.

A small grid with layers of 20 cells is compared with one so large that nothing comes
back from its sides while the small one is looked at: the difference is reflected.
Ricker waves with 10 points in the shortest wavelength.
"""

from __future__ import annotations

import numpy as np
import pytest

from accuracy import waves
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.seismic.acquisition.wavelets import ricker
from anticline_solvers.seismic.timeloop import propagate

V, H = 2000.0, waves.SPACING_M
PEAK_HZ = waves.peak_for(V, 10.0)
LAYER = Boundary(width=20, reflection=1e-5)


def reflected_db(shape, more, source, receiver):
    """Energy that the layers of a small grid send to a receiver [dB of the trace].

    more : cells that the large grid has beyond the small one, (low, high) an axis.
    source, receiver : cells of the small grid.
    """
    nowhere = ((0, 0),) * len(shape)
    furthest = max(max(pair) for pair in more)
    path = np.linalg.norm(np.subtract(receiver, source)) + 0.8 * furthest
    traces = []
    for extra in (nowhere, more):
        cells = tuple(n + sum(pair) for n, pair in zip(shape, extra, strict=True))
        model = waves.propagator(V, shape=cells, boundary=LAYER, dtype=np.float32)
        nt = int((path * H / V + 2.5 / PEAK_HZ) / model.dt_s)
        series = ricker(PEAK_HZ, model.dt_s, nt)[None, :nt]
        first = [low for low, _ in extra]
        inject, record = (
            model.points([np.add(place, first) * H]) for place in (source, receiver)
        )
        traces.append(propagate(model, inject, series, record)[0])
    found, expected = traces
    return waves.decibel(found - expected, expected)


def across(depth):
    """Cells between two points at this distance of a side that sees 60 degrees."""
    return 2 * depth * np.tan(np.radians(60))


def test_layers_reflect_less_than_60_db_at_normal_incidence():
    assert reflected_db((50, 120), ((140, 140),) * 2, (30, 60), (44, 60)) < -60


@pytest.mark.parametrize("depth", [10, 24])
def test_layers_reflect_less_than_40_db_at_60_degrees(depth):
    receiver = (13 + across(depth), depth)
    more = ((140, 140),) * 2
    assert reflected_db((110, 60), more, (13, depth), receiver) < -40


def test_a_layer_reflects_less_than_60_db_at_normal_incidence_in_three_dimensions():
    more = ((0, 60), (0, 0), (0, 0))
    assert reflected_db((34, 30, 32), more, (16, 15, 16), (30, 15, 16)) < -60


def test_a_layer_reflects_less_than_40_db_at_60_degrees_in_three_dimensions():
    more = ((0, 60), (0, 0), (0, 0))
    source, receiver = (24, 10, 14), (24, 10 + across(8), 14)
    assert reflected_db((32, 50, 28), more, source, receiver) < -40


def loudest(steps, parts, free_surface, dtype):
    """Largest pressure in each of `parts` equal parts of a run of `steps`.

    The model is rough, and its source has fallen silent before the first part.
    """
    model = waves.propagator(
        waves.rough((24, 28)).astype(dtype),
        boundary=Boundary(width=20, free_surface=free_surface),
        dtype=dtype,
        courant=0.99,
    )
    source = model.points([(77.0, 121.0)], density=True)
    wavelet = ricker(PEAK_HZ * 1500.0 / V, model.dt_s).astype(dtype)
    state = model.start()
    for value in wavelet:
        model.step(state, source, np.array([value]))
    found = np.zeros(parts)
    for part in range(parts):
        for _ in range(steps // parts):
            model.step(state)
            found[part] = max(found[part], np.abs(state.current).max())
    return found


def assert_dying_out(found, dtype):
    """No part is louder than one before it, but for what a float resolves."""
    least = np.minimum.accumulate(found)
    floor = 10 * np.finfo(dtype).eps * found[0]
    assert (found[1:] <= 1.5 * least[:-1] + floor).all()
    assert found[-1] < 1e-3 * found[0]


@pytest.mark.parametrize("free_surface", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_grows_in_thousands_of_time_steps(free_surface, dtype):
    assert_dying_out(loudest(5_000, 10, free_surface, dtype), dtype)


@pytest.mark.slow
@pytest.mark.parametrize("free_surface", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_grows_in_a_hundred_thousand_time_steps(free_surface, dtype):
    assert_dying_out(loudest(100_000, 20, free_surface, dtype), dtype)
