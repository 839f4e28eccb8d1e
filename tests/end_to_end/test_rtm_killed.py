"""A survey that is killed, or asked to stop, goes on where it was."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.image import read_image
from anticline_solvers.formats.model import write_model

GRID = Grid((161, 81), (10.0, 10.0), (0.0, 0.0))
PARAMETERS = {
    "survey": {
        "peak_frequency_hz": 12,
        "sample_interval_s": 0.004,
        "duration_s": 1.6,
        "source_first_m": 100,
        "source_last_m": 1500,
        "source_interval_m": 100,
        "receiver_first_m": 0,
        "receiver_last_m": 1600,
        "receiver_interval_m": 20,
    },
    "forward": {},
    "rtm": {"ranks_per_shot": 1, "memory_budget": 1.5e6},
}
FILES = {
    "survey": ({"model": "model.h5"}, {"survey": "survey.h5"}),
    "forward": ({"model": "model.h5", "survey": "survey.h5"}, {"gathers": "g.h5"}),
    "rtm": ({"model": "model.h5", "gathers": "g.h5"}, {"image": "image.h5"}),
}


def write_case(folder: Path, name: str) -> Path:
    inputs, outputs = FILES[name]
    path = folder / f"{name}.yaml"
    content = {
        "component": f"seismic.{name}",
        "inputs": inputs,
        "outputs": outputs,
        "parameters": PARAMETERS[name],
    }
    path.write_text(json.dumps(content))
    return path


def command(folder: Path, name: str, ranks: int) -> list[str]:
    program = [sys.executable, "-m", "anticline.rank", f"seismic.{name}"]
    case = str(folder / f"{name}.yaml")
    if ranks == 1:
        return [*program, case]
    return ["mpirun", "--bind-to", "none", "-n", str(ranks), *program, case]


def environment() -> dict[str, str]:
    """Drop what an MPI launcher left, so that the ranks started here are their own."""
    left = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("OMPI_COMM", "OMPI_MCA_ess", "PMIX_", "PRTE_"))
    }
    return left | {
        "OMPI_ALLOW_RUN_AS_ROOT": "1",
        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "OMPI_MCA_rmaps_base_oversubscribe": "1",
        "NUMBA_NUM_THREADS": "1",
    }


def finish(folder: Path, name: str, ranks: int) -> None:
    subprocess.run(command(folder, name, ranks), check=True, env=environment())


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("killed")
    velocity = np.full(GRID.shape, 1500.0, np.float32)
    velocity[:, 45:] = 1900.0
    write_model(folder / "model.h5", GRID, {"vp": velocity})
    for name in FILES:
        write_case(folder, name)
    for name in ("survey", "forward", "rtm"):
        finish(folder, name, 1)
    (folder / "image.h5").rename(folder / "whole.h5")
    return folder


def stamps(folder: Path) -> dict[str, int]:
    shots = folder / "image.h5.work" / "shots"
    return {path.name: path.stat().st_mtime_ns for path in shots.glob("*.h5")}


def stop_after_two_shots(folder: Path, ranks: int, number: signal.Signals) -> int:
    """Start the migration, send a signal once two shots are there; the exit code."""
    with subprocess.Popen(command(folder, "rtm", ranks), env=environment()) as run:
        until = time.monotonic() + 300.0
        while len(stamps(folder)) < 2 and run.poll() is None:
            assert time.monotonic() < until
            time.sleep(0.01)
        if number == signal.SIGKILL:
            kill_all(psutil.Process(run.pid))
        else:
            run.send_signal(number)
        return run.wait(timeout=120)


def kill_all(launcher: psutil.Process) -> None:
    """Kill a launcher and its ranks, which have process groups of their own."""
    everyone = [*launcher.children(recursive=True), launcher]
    for process in everyone:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(everyone[:-1], timeout=60)


@pytest.mark.parametrize(
    ("ranks", "number"),
    [
        (2, signal.SIGKILL),
        (1, signal.SIGTERM),
        pytest.param(1, signal.SIGKILL, marks=pytest.mark.slow),
        pytest.param(1, signal.SIGINT, marks=pytest.mark.slow),
        pytest.param(2, signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param(2, signal.SIGINT, marks=pytest.mark.slow),
    ],
)
def test_no_finished_shot_is_lost_or_made_again(survey, ranks, number):
    (survey / "image.h5").unlink(missing_ok=True)
    code = stop_after_two_shots(survey, ranks, number)
    kept = stamps(survey)
    assert code != 0
    assert not (survey / "image.h5").exists()
    assert 2 <= len(kept) < 15
    if ranks == 1 and number != signal.SIGKILL:
        assert code == 75
    with subprocess.Popen(
        command(survey, "rtm", 3 - ranks), env=environment(), stderr=subprocess.PIPE
    ) as again:
        assert again.stderr is not None
        told = again.stderr.read().decode()
    assert again.returncode == 0
    assert f"{15 - len(kept)} of 15 shots to do" in told
    image, whole = (
        read_image(survey / name).tobytes() for name in ("image.h5", "whole.h5")
    )
    assert image == whole
