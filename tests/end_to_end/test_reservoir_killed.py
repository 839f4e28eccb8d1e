"""A reservoir's run that is killed goes on, on another number of ranks."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest

from anticline.execution.node.launch import launch
from anticline.execution.node.local import find_launcher
from anticline_solvers.reservoir.files.curves import read_curves
from anticline_solvers.reservoir.files.model import write_reservoir
from killing import DONE, end, environment, wait_until
from reservoirs import BAR, DAY, at, box, reservoir, steps, well

REPORTS = 30


def flood():
    """Water into oil between two wells, a report every twenty days."""
    grid = box((10, 8, 3), (60.0, 60.0, 6.0))
    limits = {"rate": 150 / DAY, "bhp": 500 * BAR}
    wells = [
        well("I", "injector", [0, 80, 160], grid, "water", "rate", limits),
        well("P", "producer", [79, 159, 239], grid, limits={"bhp": 150 * BAR}),
    ]
    start = at(240, 230 * BAR, 0.25, 0.0, 60.0)
    return reservoir(grid, steps([20] * REPORTS, wells), initial=start)


def command(folder, name, ranks):
    content = {
        "component": "reservoir.simulate",
        "inputs": {"model": "model.h5"},
        "outputs": {"curves": f"{name}.h5"},
        "parameters": {
            "setting": "proof",
            "longest_step_s": 5 * DAY,
            "keep_every_s": 0,
        },
    }
    path = folder / f"{name}.yaml"
    path.write_text(json.dumps(content))
    program = [sys.executable, "-m", "anticline.rank", "reservoir.simulate", str(path)]
    mpirun, family = find_launcher()
    line = launch(program, mpirun=mpirun, family=family, ranks=ranks, cores=1)
    return list(line.command)


def finish(folder, name, ranks):
    run = subprocess.run(
        command(folder, name, ranks),
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == DONE, run.stderr
    return read_curves(folder / f"{name}.h5"), run.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("before", "after"), [(2, 1), (1, 2)])
@pytest.mark.parametrize("torn", [False, True])
def test_a_killed_run_goes_on_at_another_rank_count(tmp_path, before, after, torn):
    write_reservoir(tmp_path / "model.h5", flood())
    whole, _ = finish(tmp_path, "whole", 1)
    work = tmp_path / "part.h5.work"
    with subprocess.Popen(command(tmp_path, "part", before), env=environment()) as run:
        wait_until(lambda: len(states(work)) and newest(work) >= 5, run)
        assert end(run, signal.SIGKILL) != DONE
    assert not (tmp_path / "part.h5").exists()
    if torn:
        last = states(work)[-1]
        last.write_bytes(last.read_bytes()[:-100])
    found, told = finish(tmp_path, "part", after)
    if not torn:
        assert "goes on after report step" in told
    assert len(found.times_s) == REPORTS + 1
    for key in ("FOPT", "FWPR", "WBHP:I", "FPR"):
        wanted = whole.values[key]
        assert np.allclose(found.values[key], wanted, atol=1e-6 * wanted.max()), key
    shutil.rmtree(work, ignore_errors=True)


def states(work):
    return sorted(work.rglob("[0-9]*.h5"))


def newest(work):
    return max((int(path.stem) for path in states(work)), default=0)
