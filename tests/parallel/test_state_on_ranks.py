"""A wavefield kept as global arrays goes on with the same bits on any ranks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpi4py import MPI

from anticline_solvers.acoustic.propagator import AcousticPropagator
from anticline_solvers.domain.decomposition import Box
from anticline_solvers.domain.grid import Grid
from anticline_solvers.domain.layout import Array
from anticline_solvers.numerics.absorbing import Boundary

WORLD = MPI.COMM_WORLD
GRIDS = {
    2: Grid((38, 26), (10.0,) * 2, (0.0,) * 2),
    3: Grid((24, 21, 17), (10.0,) * 3, (0.0,) * 3),
}
STEP_S, STEPS, CUT = 0.001, 30, 17
KERNELS = {"backend": "reference", "space_order": 4}


def waves(ndim: int, comm: Any, *, free_surface: bool, **options: Any) -> Any:
    grid = GRIDS[ndim]
    velocity = 1500.0 + 20.0 * np.arange(grid.shape[-1], dtype=np.float32)
    model = np.broadcast_to(velocity, grid.shape)
    boundary = Boundary(width=6, free_surface=free_surface)
    return AcousticPropagator(
        grid, model, STEP_S, boundary=boundary, comm=comm, **KERNELS, **options
    )


def advance(made: Any, state: Any, steps: range, *, transpose: bool) -> None:
    centre = np.array([[91.0, 113.0, 92.0][: made.grid.ndim]])
    points = made.points(centre, density=True)
    for n in steps:
        made.step(state, points, np.ones(1, np.float32) * n, transpose=transpose)


def whole(made: Any, state: Any) -> dict[str, Array]:
    """Bring every global array to every rank."""
    arrays = {}
    for part in made.parts(state):
        found = np.zeros(part.shape, part.values.dtype)
        for box, values in WORLD.allgather((part.box, part.values)):
            found[box] = values
        arrays[part.name] = found
    return arrays


def one(made: Any, state: Any) -> dict[str, bytes]:
    return {part.name: part.values.tobytes() for part in made.parts(state)}


@pytest.mark.parallel([1, 2, 4])
@pytest.mark.parametrize("ndim", [2, 3])
@pytest.mark.parametrize("free_surface", [False, True])
@pytest.mark.parametrize("transpose", [False, True])
@pytest.mark.parametrize("steps_per_exchange", [1, 3])
def test_a_state_of_many_ranks_goes_on_with_the_same_bits_on_one_and_back(
    ndim, free_surface, transpose, steps_per_exchange
):
    options = {"free_surface": free_surface}
    many = waves(ndim, WORLD, steps_per_exchange=steps_per_exchange, **options)
    alone = waves(ndim, None, **options)
    state, reference = many.start(), alone.start()
    advance(many, state, range(CUT), transpose=transpose)
    advance(alone, reference, range(STEPS), transpose=transpose)
    kept = whole(many, state)

    def read(name: str, shape: tuple[int, ...], box: Box) -> Array:
        assert kept[name].shape == tuple(shape)
        return kept[name][box]

    other = alone.start()
    alone.restore(other, read)
    advance(alone, other, range(CUT, STEPS), transpose=transpose)
    assert one(alone, other) == one(alone, reference)

    again = many.start()
    many.restore(again, read)
    advance(many, again, range(CUT, STEPS), transpose=transpose)
    ended = {name: a.tobytes() for name, a in whole(many, again).items()}
    assert ended == one(alone, reference)
