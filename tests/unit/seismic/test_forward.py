"""Gathers as `seismic.forward` makes them, from a model file and a survey."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mpi4py import MPI

from anticline.errors import Failed
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.checkpoint import Checkpoints
from anticline_solvers.formats.model import write_model
from anticline_solvers.formats.survey import Shot, Survey
from anticline_solvers.seismic.acquisition.aperture import window
from anticline_solvers.seismic.acquisition.wavelets import maximum_frequency, ricker
from anticline_solvers.seismic.forward import insist_finite, model_shot
from anticline_solvers.seismic.modelling import Modelling
from anticline_solvers.seismic.shots.restart import Restart
from anticline_solvers.seismic.shots.watch import Watch

GRID = Grid((61, 41), (10.0, 10.0), (0.0, 0.0))
PARAMETERS = {
    "time_step_s": None,
    "space_order": 8,
    "absorbing_cells": 20,
    "backend": "cpu",
    "free_surface": False,
}


class Unasked:
    """The surroundings of a run that nobody stops."""

    comm = MPI.COMM_SELF

    def stop_requested(self) -> bool:
        return False


def recording(duration_s: float) -> Survey:
    wavelet, interval_s = ricker(12.0, 0.001), 0.004
    receivers = np.column_stack([np.arange(0.0, 601.0, 100.0), np.full(7, 20.0)])
    shots = (Shot(1, np.array([300.0, 30.0]), receivers),)
    samples = round(duration_s / interval_s) + 1
    top = maximum_frequency(wavelet, 0.001)
    return Survey(shots, wavelet, 0.001, interval_s, samples, 12.0, top)


@pytest.fixture(scope="module")
def modelling(tmp_path_factory: pytest.TempPathFactory) -> Modelling:
    path = tmp_path_factory.mktemp("forward") / "model.h5"
    velocity = np.full(GRID.shape, 1500.0, np.float32)
    velocity[:, 25:] = 2200.0
    write_model(path, GRID, {"vp": velocity})
    return Modelling.of(path, PARAMETERS, MPI.COMM_SELF, MPI.COMM_SELF)


def gather(modelling: Modelling, survey: Survey) -> np.ndarray:
    shot = survey.shots[0]
    box = window(modelling.grid, shot, None)
    watch = Watch(Unasked(), MPI.COMM_SELF)
    kept = Checkpoints(modelling.model.with_name("checkpoints"), "0" * 64, "1" * 64)
    restart = Restart(kept, MPI.COMM_SELF, "shot 1", pytest.fail)
    traces = model_shot(modelling, survey, shot, box, watch, restart)
    assert traces is not None
    return traces


def test_a_short_recording_is_the_start_of_a_long_one(modelling):
    long = gather(modelling, recording(0.8))
    for duration_s in (0.3, 0.44, 0.5):
        short = gather(modelling, recording(duration_s))
        start = long[:, : short.shape[1]]
        assert np.abs(short - start).max() < 1e-5 * np.abs(long).max()


def test_a_gather_that_is_not_finite_fails_the_run(modelling):
    unstable = replace(modelling, dt_s=2.0 * modelling.dt_s)
    with pytest.raises(Failed, match="is not finite"):
        gather(unstable, recording(0.8))
    insist_finite(np.zeros(3), "the zeros")
