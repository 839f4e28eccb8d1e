"""An inversion of shots on a real Slurm, killed in the middle of an iteration."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from anticline.execution.blocks.executor import RUNNING
from anticline_solvers.formats.model import read_field
from end_to_end.local_slurm import LOCAL, of_job, wait_for
from end_to_end.workflow_runs import DONE, Run, repeated
from surveys import contents

TURNS, KILLED_IN = 4, "002"
STEP_DAEMON = "slurmstepd"
MODEL = {"dimensions": 2, "extent_m": [3000, 1000], "spacing_m": 25, "seed": 1}
LINE = {
    "peak_frequency_hz": 5,
    "sample_interval_s": 0.004,
    "duration_s": 2,
    "source_first_m": 300,
    "source_last_m": 2700,
    "source_interval_m": 1200,
    "source_depth_m": 40,
    "receiver_first_m": 0,
    "receiver_last_m": 3000,
    "receiver_interval_m": 100,
    "receiver_depth_m": 40,
}
PARTS = {"parameters": {"parts": 2}, "scatter": {"part": [0, 1]}}


def workflow() -> dict[str, Any]:
    """Gathers, a smooth start, and turns of gradient, sum and advance."""
    model, x86 = {"model": "model.model"}, {"queues": ["x86"]}
    gradient = {
        "component": "seismic.gradient",
        "inputs": {"model": "previous.model", "gathers": "shots.gathers"},
        "parameters": {"offset_from_m": 200, "imaging_interval_s": 0.002},
        "scatter": "shots",
    }
    total = {
        "component": "seismic.sum_gradients",
        "inputs": {"gradients": "gradient.gradient"},
    }
    advance = {
        "component": "inversion.advance",
        "inputs": {"state": "previous.state", "gradient": "total.gradient"},
    }
    loop = {
        "steps": {"gradient": gradient | x86, "total": total, "advance": advance},
        "start": {"state": "begin.state", "model": "begin.model"},
        "carry": {"state": "advance.state", "model": "advance.model"},
        "until": "advance.report",
        "key": "converged",
        "most": TURNS,
    }
    waves = {"model": "model.model", "survey": "survey.survey"}
    smooth = {"base": "model", "smoothing_m": 200}
    begin = {"minimum_velocity_m_s": 1400, "maximum_velocity_m_s": 5500}
    return {
        "workflow": "killed",
        "steps": {
            "model": {"component": "models.anticline", "parameters": MODEL},
            "survey": {
                "component": "seismic.survey",
                "inputs": model,
                "parameters": LINE,
            },
            "shots": {"component": "seismic.forward", "inputs": waves} | PARTS | x86,
            "start": {
                "component": "models.start",
                "inputs": model,
                "parameters": smooth,
            },
            "begin": {
                "component": "inversion.begin",
                "inputs": {"model": "start.model"},
                "parameters": begin | {"evaluations": TURNS},
            },
            "invert": {"repeat": loop},
        },
    }


class Inversion(Run):
    """A run whose steps need no journal."""

    def write(self) -> Path:
        file = self.folder / "workflow.yaml"
        file.write_text(json.dumps(self.workflow))
        return file

    def of_turn(self, name: str) -> set[str]:
        """Parts of the gradient, in the turn that is killed, with a file."""
        found = self.path.glob(f"steps/invert/{KILLED_IN}/gradient/*/{name}")
        return {path.parent.name for path in found}

    def at_work(self) -> set[str]:
        """Parts of that gradient that are being computed."""
        return self.of_turn("running.json") - self.of_turn("ended.json")

    def kill_workers(self) -> None:
        """Kill all processes of the blocks that run, but not what Slurm has there."""
        blocks = {e.facts["job"]: e.facts["state"] for e in self.events("block")}
        processes = [
            process
            for job, state in blocks.items()
            if state == RUNNING
            for process in of_job(self.slurm, job)
            if process.name() != STEP_DAEMON
        ]
        assert processes
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def last(self) -> Path:
        """Give the folder of the last advance."""
        return max(self.path.glob("steps/invert/*/advance/model.h5")).parent


@pytest.mark.slow
def test_an_inversion_that_loses_driver_and_workers_ends_in_the_same_model(
    slurm_folder, tmp_path
):
    here = Inversion(tmp_path / "here", workflow())
    here.folder.mkdir()
    assert here.finish() == DONE, here.told
    run = Inversion(tmp_path, workflow(), slurm_folder, LOCAL)
    driver = run.begin()
    wait_for(run.at_work)
    run.kill(driver)
    run.kill_workers()
    assert run.at_work()
    before = run.finished()
    assert run.resume() == DONE, run.told
    assert repeated(before, run) == []
    assert run.last().relative_to(run.path) == here.last().relative_to(here.path)
    for name in ("model", "state"):
        ended, expected = (one.last() / f"{name}.h5" for one in (run, here))
        assert contents(ended) == contents(expected)
    moved = read_field(run.last() / "model.h5") - read_field(
        run.path / "steps/start/model.h5"
    )
    assert np.abs(moved).max() > 10.0
