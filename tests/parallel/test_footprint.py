"""What a check counts of a rank's memory is what the ranks then hold."""

from __future__ import annotations

import numpy as np
import pytest

from mpi4py import MPI

from anticline_solvers.acoustic.propagator import AcousticPropagator
from anticline_solvers.domain.grid import Grid
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.seismic.imaging import footprint, reconstruction
from anticline_solvers.seismic.imaging.extent import OWNED, Extent
from anticline_solvers.seismic.physics import foreseen

WORLD = MPI.COMM_WORLD


@pytest.mark.parallel([1, 3, 4])
@pytest.mark.parametrize("shape", [(40, 33), (24, 19, 21)])
@pytest.mark.parametrize("free_surface", [False, True])
@pytest.mark.parametrize(
    ("order", "extent"), [(2, Extent()), (8, Extent(4)), (8, OWNED)]
)
def test_the_bytes_foreseen_for_a_rank_are_those_it_holds(
    shape, free_surface, order, extent
):
    grid = Grid(shape, (10.0,) * len(shape), (0.0,) * len(shape))
    boundary = Boundary(width=7, free_surface=free_surface)
    waves = AcousticPropagator(
        grid,
        np.full(shape, 2000.0, np.float32),
        1e-3,
        space_order=order,
        boundary=boundary,
        comm=WORLD,
    )
    state, place = waves.start(), waves.placement
    saved = sum(array.nbytes for array in waves.save(state).values())
    inside = reconstruction.inside_layers(place, order // 2).size
    around = reconstruction.around_grid(place, extent).size
    held = footprint.Footprint(
        extent.view(place, state.current).nbytes, saved, 4 * (inside + around // 5)
    )
    seat = (WORLD.rank, WORLD.size)
    placed = foreseen("acoustic", grid, seat, space_order=order, boundary=boundary)
    counted = footprint.footprint(placed[0], order // 2, placed[1], extent, every=5)
    assert counted == held
    assert waves.state_bytes == saved
