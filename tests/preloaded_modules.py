"""What `preloaded` loads once: the drivers and the kernels, and no running MPI."""

from __future__ import annotations

import os

import mpi4py

os.environ["NUMBA_THREADING_LAYER"] = "workqueue"  # OpenMP does not survive a fork
mpi4py.rc.initialize = False
mpi4py.rc.finalize = False

import numpy as np  # noqa: E402

import anticline.rank  # noqa: E402, F401
import anticline_solvers.seismic.forward  # noqa: E402
import anticline_solvers.seismic.rtm  # noqa: E402, F401
from anticline_solvers.acoustic.propagator import AcousticPropagator  # noqa: E402
from anticline_solvers.domain.grid import Grid  # noqa: E402
from anticline_solvers.seismic.imaging.conditions import Imaging  # noqa: E402

GRID = Grid((30, 30), (10.0, 10.0), (0.0, 0.0))


def load_kernels() -> None:
    """Step a wavefield forward and back, and image it, so that kernels are there."""
    waves = AcousticPropagator(
        GRID, np.full(GRID.shape, 1500.0, np.float32), 0.002, threads=1
    )
    state, points = waves.start(), waves.points(np.array([[150.0, 150.0]]))
    for transpose in (False, True):
        waves.step(state, points, np.ones(1, np.float32), transpose=transpose)
    waves.sample(state, points, np.zeros(1, np.float32))
    image = Imaging("inverse_scattering", GRID.shape, GRID.spacing_m, 8)
    field = np.ascontiguousarray(waves.view(state, image.halo))
    image.add(field, field)


load_kernels()
