"""Tiles of space and time change no bit: a march is the plain loop in another order."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from accuracy import waves
from anticline_solvers.acoustic.kernels import tiling
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.seismic.timeloop import propagate

STEPS = 29
SHAPES = {2: (70, 20), 3: (21, 60, 18)}


def run(ndim, transpose, free_surface, every=STEPS, **options):
    """Traces and the state that 29 steps leave, of three sources and nine receivers."""
    shape, rng = SHAPES[ndim], np.random.default_rng(3)
    model = waves.propagator(
        waves.rough(shape).astype(np.float32),
        dtype=np.float32,
        boundary=Boundary(width=6, free_surface=free_surface),
        **options,
    )
    extent = np.array(model.grid.extent_m)
    sources = model.points(rng.uniform(0.2, 0.8, (3, ndim)) * extent, density=True)
    receivers = model.points(rng.uniform(0.0, 1.0, (9, ndim)) * extent)
    series = rng.normal(size=(3, STEPS))
    state, fields = model.start(), {}

    def look(n, state):
        fields[n] = model.view(state).tobytes()

    traces = propagate(
        model, sources, series, receivers, state=state, transpose=transpose,
        at_step=look, every=every,
    )  # fmt: skip
    assert np.abs(traces).max() > 0
    return traces.tobytes(), fields


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("transpose", [False, True])
@pytest.mark.parametrize("ndim", SHAPES)
def test_a_march_gives_the_bits_of_the_plain_loop(
    ndim, transpose, threads, monkeypatch
):
    if threads > numba.config.NUMBA_NUM_THREADS:
        pytest.skip(f"Numba may use {numba.config.NUMBA_NUM_THREADS} thread(s) here")
    monkeypatch.setattr(tiling, "WIDTH", 8)
    for free_surface in (False, True):
        arguments = ndim, transpose, free_surface
        traces, fields = run(*arguments, every=1, steps_at_once=1)
        for most, every in ((2, 9), (3, 29), (8, 13)):
            found = run(*arguments, every, steps_at_once=most, threads=threads)
            assert found[0] == traces, (most, every)
            assert found[1] == {n: fields[n] for n in found[1]}
            assert {n for n in fields if n % every == 0} <= set(found[1])


def test_tiles_have_room_for_their_trapezoids():
    for rows in (1, 17, 64, 200, 256, 1000):
        for reach in (1, 4, 8):
            for steps in range(1, 9):
                tiles = tiling.tiles_of(rows, steps, reach)
                assert tiles == 1 or rows // tiles >= 2 * reach * (steps - 1)


def test_marches_of_a_stretch_are_nearly_equal():
    for steps in range(1, 60):
        left, found = steps, []
        while left:
            found.append(tiling.thinned(left, 8))
            left -= found[-1]
        assert max(found) <= 8
        assert max(found) - min(found) <= 1
