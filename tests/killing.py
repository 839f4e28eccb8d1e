"""Rank programs started as people start them, and ended as machines end them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from anticline.execution.node.launch import launch
from anticline.execution.node.local import find_launcher
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.model import write_model

FILES = {
    "survey": ({"model": "model.h5"}, {"survey": "survey.h5"}),
    "forward": ({"model": "model.h5", "survey": "survey.h5"}, {"gathers": "g.h5"}),
    "rtm": ({"model": "model.h5", "gathers": "g.h5"}, {"image": "image.h5"}),
}
DONE, INTERRUPTED = 0, 75


@dataclass
class Line:
    """The cases of a small survey in a folder.

    parameters : of each case by its name.
    """

    folder: Path
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)

    def write_model(self, grid: Grid) -> None:
        velocity = np.full(grid.shape, 1500.0, np.float32)
        velocity[:, grid.shape[1] // 2 :] = 1900.0
        write_model(self.folder / "model.h5", grid, {"vp": velocity})

    def write_case(self, name: str, **given: Any) -> Path:
        inputs, outputs = FILES[name]
        path = self.folder / f"{name}.yaml"
        content = {
            "component": f"seismic.{name}",
            "inputs": inputs,
            "outputs": outputs,
            "parameters": self.parameters.get(name, {}) | given,
        }
        path.write_text(json.dumps(content))
        return path

    def command(
        self, name: str, ranks: int, *, grace_s: int | None = None
    ) -> list[str]:
        program = [sys.executable, "-m", "anticline.rank", f"seismic.{name}"]
        program.append(str(self.folder / f"{name}.yaml"))
        if ranks == 1 and grace_s is None:
            return program
        mpirun, family = find_launcher()
        line = launch(
            program, mpirun=mpirun, family=family, ranks=ranks, cores=1, grace_s=grace_s
        )
        return list(line.command)

    def start(self, name: str, ranks: int, **options: Any) -> subprocess.Popen[str]:
        """Start a case; its messages come through a pipe."""
        return subprocess.Popen(
            self.command(name, ranks, **options),
            env=environment(),
            stderr=subprocess.PIPE,
            text=True,
        )

    def finish(self, name: str, ranks: int = 1) -> str:
        """Run a case to its end; give what it said."""
        with self.start(name, ranks) as run:
            told = run.communicate()[1]
        assert run.returncode == DONE, told
        return told

    def work(self, output: str) -> Path:
        """Folder of the finished shots and checkpoints of an output."""
        return self.folder / f"{output}.work" / "shots"

    def stamps(self, output: str) -> dict[str, int]:
        """Give when each finished shot's file was written."""
        found = self.work(output).glob("[0-9]*.h5")
        return {path.name: path.stat().st_mtime_ns for path in found}

    def checkpoints(self, output: str) -> list[Path]:
        """Give the checkpoints that are there."""
        return sorted(self.work(output).glob("*.checkpoints/*.h5"))


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
        "OMPI_MCA_mpi_yield_when_idle": "1",
        "NUMBA_NUM_THREADS": "1",
    }


def end(run: subprocess.Popen[Any], number: signal.Signals) -> int:
    """Send a signal, SIGKILL to the launcher and its ranks; give the exit code."""
    if number == signal.SIGKILL:
        kill_all(psutil.Process(run.pid))
    else:
        run.send_signal(number)
    return run.wait(timeout=120)


def kill_all(launcher: psutil.Process) -> None:
    """Kill a launcher and its ranks, which have process groups of their own."""
    with contextlib.suppress(psutil.NoSuchProcess):
        everyone = [*launcher.children(recursive=True), launcher]
        for process in everyone:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(everyone[:-1], timeout=60)


def wait_until(
    condition: Callable[[], object],
    run: subprocess.Popen[Any],
    limit_s: float = 200.0,
) -> None:
    """Wait for a condition while a run goes on."""
    until = time.monotonic() + limit_s
    while not condition() and run.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.005)
