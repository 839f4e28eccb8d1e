"""An inversion as a workflow's loop: run, killed in the middle, and shown."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats import model
from anticline_solvers.inversion import files, machine
from end_to_end.workflow_runs import DONE, Run, repeated
from plugins.bowl import bowl_at_work as bowl

BOWL = Path(__file__).parents[1] / "plugins" / "bowl"
GRID = Grid((9, 8), (25.0, 25.0), (0.0, 0.0))
START = np.full(GRID.shape, 2000.0)
TRUE = START + 90.0 * np.sin(np.arange(9.0))[:, None] * np.cos(np.arange(8.0))


def workflow(folder: Path) -> dict[str, Any]:
    """A gradient of two parts, their sum, and what it makes of the state."""
    start, true = str(folder / "start.h5"), str(folder / "true.h5")
    begin = {
        "component": "inversion.begin",
        "inputs": {"model": start},
        "parameters": {"first_change": 0.02, "relative_misfit": 1e-3},
    }
    gradient = {
        "component": "bowl.gradient",
        "inputs": {"model": "previous.model", "true": true},
        "parameters": {"parts": 2},
        "scatter": {"part": [0, 1]},
    }
    total = {
        "component": "bowl.sum",
        "inputs": {"gradients": "gradient.gradient"},
    }
    advance = {
        "component": "inversion.advance",
        "inputs": {"state": "previous.state", "gradient": "total.gradient"},
    }
    loop = {
        "steps": {"gradient": gradient, "total": total, "advance": advance},
        "start": {"state": "begin.state", "model": "begin.model"},
        "carry": {"state": "advance.state", "model": "advance.model"},
        "until": "advance.report",
        "key": "converged",
        "most": 30,
    }
    return {"workflow": "bowl", "steps": {"begin": begin, "invert": {"repeat": loop}}}


class Inversion(Run):
    """A run whose steps need no journal."""

    def write(self) -> Path:
        file = self.folder / "workflow.yaml"
        file.write_text(json.dumps(self.workflow))
        return file

    def last(self) -> Path:
        """Give the folder of the last advance that is done."""
        return sorted(self.path.glob("steps/invert/*/advance/report.json"))[-1].parent


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(BOWL))
    model.write_model(tmp_path / "start.h5", GRID, {"vp": START})
    model.write_model(tmp_path / "true.h5", GRID, {"vp": TRUE})
    return Inversion(tmp_path, workflow(tmp_path))


def test_a_loop_runs_until_the_misfit_is_small_and_survives_its_driver(run):
    driver = run.begin()
    run.wait_for(lambda: len(list(run.path.glob("steps/invert/002/*/ended.json"))) > 0)
    run.kill(driver)
    before = run.finished()
    assert {name for _, name in shown(run)} >= {"advance: state", "advance: model"}
    assert run.resume() == DONE, run.told
    assert repeated(before, run) == []
    report = json.loads((run.last() / "report.json").read_text())
    assert (report["converged"], report["why"]) == (True, "misfit")
    assert report["evaluation"] == int(run.last().parent.name) < 30
    assert np.abs(model.read_field(run.last() / "model.h5") - TRUE).max() < 10.0
    whole = in_one_process(run.folder)
    assert np.array_equal(model.read_field(run.last() / "model.h5"), whole)
    last = report["evaluation"]
    assert shown(run) >= {(last, "advance: state"), (last, "advance: model")}


def shown(run: Inversion) -> set[tuple[int, str]]:
    """Give turn and name of what the report draws of the loop."""
    assert run.end(run.begin("report", str(run.path))) == DONE
    page = (run.path / "report.html").read_text()
    found = re.findall(r'alt="Picture of invert\((\d+)\)/([^"]+)"', page)
    return {(int(turn), name) for turn, name in found}


def in_one_process(folder: Path) -> np.ndarray:
    """Make the same inversion from one state to the next, in memory."""
    state = files.read(folder / "run/steps/begin/state.h5").state
    true = TRUE.astype(np.float32)
    while not state.ended:
        field = state.asked.astype(np.float32)
        parts = [np.arange(9) % 2 == part for part in (0, 1)]
        data = 0.0 + sum(bowl.misfit(field[mine], true[mine])[0] for mine in parts)
        _, slope, heard = bowl.misfit(field, true)
        state = machine.advance(state, data, slope, heard)
    return state.asked.astype(np.float32)
