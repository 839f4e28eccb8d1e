"""The packages of this folder, installed apart, and workflows run with them.

    sums    an executable, wrapped by `command`; no other line of Python
    waves   Python functions on MPI ranks

Nothing of anticline knows them: they come in by their entry points.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from anticline.component import Component, Registry
from anticline.component.registry import COMPONENTS, discover
from anticline.workflow.graph import Workflow
from anticline.workflow.tasks.expand import case_document, expand
from anticline.workflow.tasks.task import CASE, Task

HERE = Path(__file__).parent
PACKAGES = ("sums", "waves")
TWO_MAKERS = HERE / "two_makers.yaml"
LAUNCHED = ("OMPI_", "PMIX_", "PMI_", "ORTE_", "PRTE_", "OPAL_", "NUMBA_NUM")
FOR_MPIRUN = {
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
}


@dataclass(frozen=True)
class ThirdParty:
    """A folder in which the packages are installed, their programs in its `bin`."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to see them; nothing of an MPI that runs this one."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(LAUNCHED)}
        packages = [str(self.folder), kept.get("PYTHONPATH", "")]
        programs = [str(self.folder / "bin"), kept.get("PATH", "")]
        return kept | {
            "PYTHONPATH": os.pathsep.join(filter(None, packages)),
            "PATH": os.pathsep.join(filter(None, programs)),
        }

    def registry(self) -> Registry:
        """Find components as a process does that sees the packages."""
        sys.path.insert(0, str(self.folder))
        try:
            return Registry(discover(COMPONENTS, Component))
        finally:
            sys.path.remove(str(self.folder))

    def anticline(self, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run `anticline WORDS`."""
        return self.program("anticline.cli", *words, cwd=cwd)

    def program(
        self, module: str, *words: str, cwd: Path, ranks: int = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run a module of anticline; ranks : under mpirun, 0: without."""
        mpirun = ["mpirun", "--bind-to", "none", "-n", str(ranks)] if ranks else []
        return subprocess.run(
            [*mpirun, sys.executable, "-m", module, *words],
            cwd=cwd,
            env=self.environment | FOR_MPIRUN,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def run(self, workflow: Workflow, run: Path) -> Mapping[str, Task]:
        """Run the tasks of a workflow one after the other; by their ids."""
        tasks = expand(workflow, self.registry())
        for task in tasks:
            folder = run / task.folder
            folder.mkdir(parents=True, exist_ok=True)  # below it, a tree's nodes
            (folder / CASE).write_text(json.dumps(case_document(task, run)))
            words = ("anticline.rank", task.component, str(folder / CASE))
            done = self.program(*words, cwd=run, ranks=task.request.ranks or 0)
            assert done.returncode == 0, (task.id, done.stdout, done.stderr)
        return {task.id: task for task in tasks}


def install(folder: Path) -> ThirdParty:
    """Install the packages into a folder; nothing is downloaded."""
    quick = ("uv", "pip", "install", "--python", sys.executable)
    slow = (
        "pip",
        "install",
        "--disable-pip-version-check",
        "--root-user-action=ignore",
    )
    subprocess.run(
        [
            *(sys.executable, "-m", *(quick if find_spec("uv") else slow)),
            *("--no-deps", "--no-index", "--no-build-isolation", "--quiet"),
            *("--target", str(folder)),
            *(str(HERE / package) for package in PACKAGES),
        ],
        check=True,
    )
    return ThirdParty(folder)
