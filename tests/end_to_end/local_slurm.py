"""A Slurm of this machine's own, for tests: where it is described, how it is asked."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

LOCAL = Path(__file__).parents[2] / "configs" / "clusters" / "local-slurm.yaml"


def environment(folder: Path) -> dict[str, str]:
    """Of Slurm's commands; a job inherits it, and finds this Python's programs."""
    left = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OMPI_", "PMIX_", "SLURM_"))
    }
    programs = os.pathsep.join([str(Path(sys.executable).parent), left["PATH"]])
    return {**left, "PATH": programs, "SLURM_CONF": str(folder / "slurm.conf")}


def slurm(folder: Path, *command: str, cwd: Path | None = None) -> str:
    """Run a command of the Slurm in ``folder``; what it prints."""
    done = subprocess.run(
        command,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=120,
        cwd=cwd or folder,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def wait_for(what: Callable[[], Any], within_s: float = 300.0) -> Any:
    """Ask until the answer is true; the answer."""
    until = time.monotonic() + within_s
    while not (found := what()):
        assert time.monotonic() < until, f"not so within {within_s:g} s"
        time.sleep(0.1)
    return found


def of_job(folder: Path, job: str) -> list[psutil.Process]:
    """The processes of a job of the Slurm in ``folder``, and what looks after them."""
    ours = {"SLURM_JOB_ID": job, "SLURM_CONF": str(folder / "slurm.conf")}
    found = []
    for process in psutil.process_iter(["environ"]):
        environ = process.info["environ"] or {}
        if all(environ.get(name) == value for name, value in ours.items()):
            parent = process.parent()
            found += [process, *([parent] if parent.name() == "slurmstepd" else [])]
    return found
