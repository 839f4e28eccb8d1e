"""The benchmark's side of a contestant: start its processes, ask, read answers."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from case import Process, Team
from problem import Problem

FOLDER = Path(__file__).resolve().parent
TAIL = 1500


class Failure(Exception):
    """A contestant ended without an answer; the text ends with what it printed."""


class Worker:
    """One contestant process that answers the requests of `serve`."""

    def __init__(self, process: Process) -> None:
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115, closed by close
        self._command = " ".join(process.command)
        self._process = subprocess.Popen(
            process.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env={**os.environ, **process.variables, "PYTHONPATH": str(FOLDER)},
        )
        self.introduction = self.answer()

    def ask(self, request: str) -> None:
        """Send a request."""
        assert self._process.stdin is not None
        self._process.stdin.write(request + "\n")
        self._process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """Wait for an answer; Failure where none comes any more."""
        assert self._process.stdout is not None
        text = self._process.stdout.readline()
        if not text:
            self._process.wait()
            self._errors.seek(0)
            msg = f"{self._command}: {self._errors.read()[-TAIL:]}"
            raise Failure(msg)
        return dict(json.loads(text))

    def close(self) -> None:
        """End the process."""
        if self._process.poll() is None:
            self.ask("quit")
        self._process.communicate()
        self._errors.close()


class Players:
    """The processes of one team, in step.

    points : cells of one step of all processes together.
    """

    def __init__(self, team: Team, problem: Problem) -> None:
        self.team = team
        self._workers: list[Worker] = []
        for _ in range(team.processes):
            self._workers.append(Worker(team.process(problem)))
        first = self._workers[0].introduction
        self.version = str(first["version"])
        self.bytes_per_point = float(first["bytes_per_point"])
        self.points = int(first["points"]) * team.processes

    def run(self, steps: int) -> float:
        """Run steps in all processes at once; points per second."""
        for worker in self._workers:
            worker.ask(f"run {steps}")
        seconds = [float(worker.answer()["seconds"]) for worker in self._workers]
        return self.points * steps / max(seconds)

    def gather(self, steps: int, path: Path) -> None:
        """Write the traces of `steps` steps from rest to an .npy file."""
        self._workers[0].ask(f"gather {steps} {path}")
        self._workers[0].answer()

    def close(self) -> None:
        """End all processes."""
        for worker in self._workers:
            worker.close()
