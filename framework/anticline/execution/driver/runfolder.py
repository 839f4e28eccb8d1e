"""RUN: the folder of one run of a workflow, and what stands at its top.

workflow.yaml  cluster.yaml    copies, as they were when the driver began
run.json                       {"format": "anticline-run/1", "workflow": ..., ...}
events.jsonl  driver.lock      what happened; held by the living driver
hashes.json                    content of outside files, hashed once
stop                           there while `anticline cancel` waits for the driver
steps/  parsl/  report.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anticline.errors import BadInput, Finding
from anticline.events.driver import LOCK
from anticline.events.log import EVENTS

FORMAT = "anticline-run/1"
RUN, WORKFLOW, CLUSTER, STOP = "run.json", "workflow.yaml", "cluster.yaml", "stop"
OWN = frozenset((WORKFLOW, CLUSTER, STOP, LOCK, EVENTS))


@dataclass(frozen=True)
class RunFolder:
    """A run's folder and what its run.json says.

    path : absolute. name : of the workflow. workflow, cluster : the files it was begun
    from (cluster: None where it was made from this machine). queues : of steps, as
    the command line set them.
    """

    path: Path
    name: str
    workflow: Path
    cluster: Path | None
    queues: Mapping[str, tuple[str, ...]]

    @property
    def workflow_file(self) -> Path:
        """The workflow to go on with: the file it was begun from, else the copy."""
        return self.workflow if self.workflow.exists() else self.path / WORKFLOW

    @property
    def cluster_file(self) -> Path | None:
        """The cluster likewise; None: this machine."""
        if self.cluster is None or self.cluster.exists():
            return self.cluster
        return self.path / CLUSTER

    def write(self, code: str, workflow_text: str, cluster_text: str) -> None:
        """Write the top of the folder anew, each file beside and renamed."""
        facts = {
            "format": FORMAT,
            "name": self.name,
            "workflow": str(self.workflow),
            "cluster": None if self.cluster is None else str(self.cluster),
            "queues": {step: list(names) for step, names in self.queues.items()},
            "code": code,
        }
        _replace(self.path / WORKFLOW, workflow_text)
        _replace(self.path / CLUSTER, cluster_text)
        _replace(self.path / RUN, json.dumps(facts, indent=1) + "\n")


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(path.name + ".part")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def open_folder(path: Path) -> RunFolder:
    """Read what a run's folder says of itself.

    Raises
    ------
    BadInput
        It holds no run, or one of a format that this version cannot read.
    """
    file = path / RUN
    try:
        facts: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        form = facts["format"]
        if form != FORMAT:
            text = f"is of format {form!r}, this version reads {FORMAT}"
            raise BadInput(Finding(str(file), None, text))
        cluster = facts["cluster"]
        return RunFolder(
            path.absolute(),
            facts["name"],
            Path(facts["workflow"]),
            None if cluster is None else Path(cluster),
            {step: tuple(names) for step, names in facts["queues"].items()},
        )
    except FileNotFoundError:
        text = "holds no run; begin one: anticline run WORKFLOW.yaml --run FOLDER"
        raise BadInput(Finding(str(path), None, text)) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        text = f"cannot be read: {error}"
        raise BadInput(Finding(str(file), None, text)) from None


def prepare(folder: RunFolder) -> None:
    """Make the folder, or find the same workflow's run in it.

    Raises
    ------
    BadInput
        Another workflow's run or other files are in it, or it cannot be made.
    """
    path = folder.path
    if (path / RUN).exists():
        there = open_folder(path)
        if there.name != folder.name:
            text = f"holds a run of workflow '{there.name}'; name another with --run"
            raise BadInput(Finding(str(path), None, text))
        return
    try:
        path.mkdir(parents=True, exist_ok=True)
        names = (item.name.removesuffix(".part") for item in path.iterdir())
        strange = sorted(set(names) - OWN - {RUN})
    except OSError as error:
        raise BadInput(Finding(str(path), None, str(error.strerror))) from error
    if strange:
        text = f"holds other files ({', '.join(strange[:3])}); name another with --run"
        raise BadInput(Finding(str(path), None, text))
