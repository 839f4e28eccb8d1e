"""Runs of a workflow as people start them, and what is left of them on disk."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anticline.events.driver import driver_of
from anticline.events.log import read_events
from anticline.events.record import Event
from chores_to_do import CHORES
from end_to_end.local_slurm import environment as slurm_environment

DONE, BAD_INPUT, FAILED, INTERRUPTED = 0, 65, 70, 75
LONGEST_S = 280.0


def diamond(
    shots: int = 6, steps: int = 4, seconds: float = 0.2, **first: Any
) -> dict[str, Any]:
    """A task, shots, an image of each, their sum, and a last task on two ranks."""
    work = {"steps": steps, "seconds": seconds}
    return {
        "workflow": "diamond",
        "steps": {
            "first": {"component": "chores.work", "parameters": {"value": 1, **first}},
            "shots": {
                "component": "chores.work",
                "inputs": {"after": "first.report"},
                "parameters": dict(work),
                "scatter": {"value": list(range(shots))},
                "queues": ["x86"],
            },
            "images": {
                "component": "chores.work",
                "inputs": {"after": "shots.report"},
                "parameters": dict(work),
                "scatter": "shots",
                "queues": ["graviton", "gpu"],
            },
            "stack": {
                "component": "chores.add",
                "inputs": {"reports": "images.report"},
                "fan_in": 2,
            },
            "last": {
                "component": "chores.work",
                "inputs": {"after": "stack.report"},
                "ranks": 2,
            },
        },
    }


@dataclass
class Run:
    """One run of a workflow in a folder.

    slurm : folder of the Slurm to use; None: this machine. cluster : its file.
    """

    folder: Path
    workflow: dict[str, Any]
    slurm: Path | None = None
    cluster: Path | None = None
    told: list[str] = field(default_factory=list)

    @property
    def path(self) -> Path:
        """The run's folder."""
        return self.folder / "run"

    def write(self) -> Path:
        """Write the workflow's file; every task notes its steps in one journal."""
        file = self.folder / "workflow.yaml"
        journal = str(self.folder / "journal.txt")
        for step in self.workflow["steps"].values():
            if step["component"] == "chores.work":
                step.setdefault("parameters", {})["journal"] = journal
        file.write_text(json.dumps(self.workflow))
        return file

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `anticline ARGUMENTS`; left out, the run."""
        given = list(arguments)
        if not given:
            given = ["run", str(self.write()), "--run", str(self.path)]
            if self.cluster is not None:
                given += ["--cluster", str(self.cluster)]
        return subprocess.Popen(
            [sys.executable, "-m", "anticline.cli", *given],
            env=self.environment(),
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )

    def environment(self) -> dict[str, str]:
        """See the chores, and the Slurm."""
        left = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("OMPI_", "PMIX_", "SLURM_"))
        }
        if self.slurm is not None:
            left = slurm_environment(self.slurm)
        path = os.pathsep.join(
            filter(None, [str(CHORES), os.environ.get("PYTHONPATH")])
        )
        return left | {"PYTHONPATH": path}

    def end(self, process: subprocess.Popen[str]) -> int:
        """Wait for a driver; give its exit code."""
        self.told.append(process.communicate(timeout=LONGEST_S)[1])
        return process.returncode

    def finish(self) -> int:
        """Run to the end; give the exit code."""
        return self.end(self.begin())

    def resume(self) -> int:
        """Go on to the end; give the exit code."""
        return self.end(self.begin("resume", str(self.path)))

    def kill(self, process: subprocess.Popen[str]) -> None:
        """Kill the driver, and nothing but the driver, as a machine does."""
        process.kill()
        process.communicate()
        assert driver_of(self.path) is None

    def events(self, *kinds: str) -> list[Event]:
        """Give the events so far, of some kinds."""
        with contextlib.suppress(Exception):
            return [
                e for e in read_events(self.path / "events.jsonl") if e.event in kinds
            ]
        return []

    def finished(self) -> dict[str, int]:
        """Give the tasks that are done, by folder, with when they got so [ns]."""
        found = {}
        for path in self.path.glob("steps/**/ended.json"):
            with contextlib.suppress(ValueError):
                if json.loads(path.read_text())["code"] == 0:
                    found[str(path.parent.relative_to(self.path))] = (
                        path.stat().st_mtime_ns
                    )
        return found

    def results(self) -> Mapping[str, Any]:
        """Give what every task wrote, by its folder."""
        return {
            str(path.parent.relative_to(self.path)): json.loads(path.read_text())
            for path in self.path.glob("steps/**/report.json")
        }

    def journal(self) -> Sequence[str]:
        """Give the steps that were done, one line each."""
        path = self.folder / "journal.txt"
        return path.read_text().splitlines() if path.exists() else []

    def wait_for(self, condition: Any, within_s: float = 120.0) -> None:
        """Wait until something is so."""
        until = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < until, f"not so within {within_s:g} s"
            time.sleep(0.02)


def repeated(before: Mapping[str, int], run: Run) -> list[str]:
    """Name the tasks that were done before and were done again."""
    after = run.finished()
    return [name for name, moment in before.items() if after.get(name) != moment]


def interrupt(process: subprocess.Popen[str]) -> None:
    """Press Ctrl-C: a terminal sends it to all that run in its foreground."""
    os.killpg(process.pid, signal.SIGINT)


@contextlib.contextmanager
def small_disk(folder: Path, kib: int) -> Iterator[Path]:
    """Mount a file system of its own, in memory."""
    folder.mkdir()
    options = f"size={kib}k"
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)], check=True
    )
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
