"""A shot's recorded traces made ready to be injected at its receivers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.domain.assembly import hand_out
from anticline_solvers.formats.model import read_field
from anticline_solvers.formats.survey import Positions, Shot, Survey
from anticline_solvers.numerics.dispersion import predisperse
from anticline_solvers.seismic.acquisition import preparation
from anticline_solvers.seismic.imaging.migration import Series
from anticline_solvers.seismic.modelling import Modelling
from anticline_solvers.seismic.physics import Propagator

Traces = NDArray[np.float32]

ModelDirect = Callable[[float], Traces | None]
"""direct(velocity_m_s) -> the wave of a homogeneous medium on rank 0; collective."""


def prepared(
    modelling: Modelling,
    survey: Survey,
    parameters: Mapping[str, Any],
    shot: Shot,
    recorded: Traces | None,
    direct: ModelDirect,
) -> Traces | None:
    """Prepare a gather for injection: float32 (time steps, receivers) on rank 0.

    recorded : (n_receivers, n_samples) [Pa] on rank 0 of the group, None elsewhere.
    direct : models the direct wave where it is to be subtracted.
    """
    speed = parameters["surface_velocity_m_s"] or velocity_at(modelling, shot)
    wave = direct(speed) if parameters["direct_wave"] == "subtract" else None
    steps = None
    if recorded is not None:
        traces = recorded.astype(np.float64)
        if wave is not None:
            traces -= wave
        if parameters["direct_wave"] == "mute":
            traces = preparation.mute_direct_wave(traces, shot, survey, speed)
        traces = preparation.receiver_filter(
            preparation.fade_out(traces, survey),
            survey.sample_interval_s,
            parameters["condition"],
            survey.peak_frequency_hz,
        )
        nt = modelling.time_steps(survey)
        moved = predisperse(traces, survey.sample_interval_s, modelling.dt_s, nt)
        steps = np.ascontiguousarray(moved.T, np.float32)
    return steps


def velocity_at(modelling: Modelling, shot: Shot) -> float:
    """Velocity of the model's cell nearest to a source [m/s]."""
    cell = np.rint(modelling.grid.to_cells(shot.source_m)[0]).astype(int)
    box = tuple(slice(int(i), int(i) + 1) for i in cell)
    return float(read_field(modelling.model, "vp", box).item())


def received(
    propagator: Propagator,
    positions_m: Positions,
    steps: Traces | None,
    *,
    density: bool,
) -> Series:
    """Make the data act at the receivers, each rank's share of them; collective.

    positions_m : (n_receivers, ndim) [m]. steps : (time steps, n_receivers) on rank 0
        of the group, None elsewhere. A rank holds the series of the receivers that
        reach its cells.
    density : act as point sources do; else by the exact transpose of reading there.
    """
    points = propagator.points(positions_m, density=density)
    near = np.unique(propagator.memory.to_host(points.spread.points))
    values = hand_out(propagator.placement.comm, steps, near)
    return Series(propagator.points(positions_m[near], density=density), values)
