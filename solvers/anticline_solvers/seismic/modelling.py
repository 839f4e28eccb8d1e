"""Waves of a survey on windows of a model, by a group of ranks.

One time step serves every shot: it comes from the whole model, whatever window a
shot is computed on. The wavelet is predispersed to the time step and the traces
corrected back to the sample interval, so neither needs to divide the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mpi4py import MPI

from anticline.errors import BadInput
from anticline_solvers.backends.base import chosen
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.model import read_field, read_grid, summary
from anticline_solvers.formats.survey import Survey
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.numerics.dispersion import predisperse
from anticline_solvers.numerics.stability import choose_time_step
from anticline_solvers.seismic.acquisition.aperture import Box, in_grid, windowed
from anticline_solvers.seismic.physics import Propagator, propagator

Samples = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Modelling:
    """How waves are computed.

    model : file of the medium; grid : of the whole model.
    dt_s : time step [s]. space_order : 2, 4, ... 16.
    boundary : absorbing layers and free surface.
    comm : the group of ranks that shares a shot.
    physics : one of `physics.PHYSICS`. backend : one of `backends.base.BACKENDS`.
    """

    model: Path
    grid: Grid
    dt_s: float
    space_order: int
    boundary: Boundary
    comm: MPI.Comm
    physics: str = "acoustic"
    backend: str = "cpu"

    @classmethod
    def of(
        cls, model: Path, parameters: Mapping[str, Any], comm: MPI.Comm, group: MPI.Comm
    ) -> Modelling:
        """Read what is needed on rank 0 of ``comm``; collective over it.

        Raises BadInput where the case asks for devices and a rank has none.
        """
        found = None
        if comm.rank == 0:
            grid = read_grid(model)
            found = grid, time_step_s(model, grid, parameters)
        grid, dt_s = comm.bcast(found)
        try:
            backend = chosen(parameters["backend"], comm)
        except ImportError as error:
            msg = f"parameters.backend: {error}"
            raise BadInput(msg) from error
        return cls(
            model,
            grid,
            dt_s,
            parameters["space_order"],
            boundary_of(parameters),
            group,
            backend=backend,
        )

    def time_steps(self, survey: Survey) -> int:
        """Time steps that reach the survey's last sample."""
        return time_steps(survey, self.dt_s)

    def source(self, survey: Survey, beyond: int = 0) -> Samples:
        """Give the wavelet as the time steps need it, (1, time steps + beyond)."""
        nt = self.time_steps(survey) + beyond
        moved = predisperse(survey.wavelet, survey.wavelet_interval_s, self.dt_s, nt)
        return moved[None, :]

    def propagator(self, box: Box, velocity_m_s: float | None = None) -> Propagator:
        """Build the propagator of a window; collective over the group.

        velocity_m_s : a homogeneous medium instead of the model's.
        """
        velocity: Callable[[Box], Any] = partial(_read_window, self.model, box)
        if velocity_m_s is not None:
            velocity = partial(_fill, velocity_m_s)
        return propagator(
            self.physics,
            windowed(self.grid, box),
            velocity,
            self.dt_s,
            space_order=self.space_order,
            boundary=self.boundary,
            comm=self.comm,
            backend=self.backend,
        )


def time_step_s(model: Path, grid: Grid, parameters: Mapping[str, Any]) -> float:
    """Give the case's time step, or choose a stable one [s]; reads the model once."""
    if parameters["time_step_s"] is not None:
        return float(parameters["time_step_s"])
    fastest = summary(model)["max"]
    return choose_time_step(fastest, grid.spacing_m, parameters["space_order"])


def time_steps(survey: Survey, dt_s: float) -> int:
    """Time steps of dt_s [s] that reach the survey's last sample."""
    duration_s = (survey.n_samples - 1) * survey.sample_interval_s
    return math.ceil(duration_s / dt_s - 1e-9) + 1


def boundary_of(parameters: Mapping[str, Any]) -> Boundary:
    """Give what surrounds the grid."""
    return Boundary(
        width=parameters["absorbing_cells"], free_surface=parameters["free_surface"]
    )


def _read_window(model: Path, window: Box, box: Box) -> Any:
    return read_field(model, "vp", in_grid(window, box))


def _fill(velocity_m_s: float, box: Box) -> Any:
    shape = tuple(side.stop - side.start for side in box)
    return np.full(shape, velocity_m_s, np.float32)
