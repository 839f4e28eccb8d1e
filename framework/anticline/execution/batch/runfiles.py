"""The folder of a run without a driver: what its batch scripts find there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from anticline.cluster.model import Cluster
from anticline.component.context import code_version
from anticline.component.registry import Registry
from anticline.events.driver import driving
from anticline.execution.batch.plan import Job
from anticline.execution.batch.unrolled import Unless, write_unless
from anticline.execution.driver.dispatch import Trial
from anticline.execution.driver.key import HASHES, FileHashes, Keys
from anticline.execution.driver.orders import order_for, prepare
from anticline.execution.driver.runfolder import RunFolder
from anticline.execution.driver.runfolder import prepare as make_folder
from anticline.execution.node.claim import write_order
from anticline.workflow.document.reading import Document
from anticline.workflow.tasks.task import Task


@dataclass(frozen=True)
class RunFiles:
    """A run's folder, and what is written into it.

    run : the folder. jobs : of the steps, by name.
    """

    run: Path
    document: Document
    cluster_file: Path
    cluster: Cluster
    jobs: Mapping[str, Job]

    def write(
        self,
        registry: Registry,
        tasks: Sequence[Task],
        unless: Mapping[str, Unless],
    ) -> None:
        """Write the top of the folder, and of each task its case and its order.

        What is there of the same key is kept; what was made of something else is
        removed.

        Raises
        ------
        BadInput
            The folder holds another run, or a driver works on it.
        """
        top = RunFolder(
            path=self.run.absolute(),
            name=self.document.workflow.name,
            workflow=self.document.path.absolute(),
            cluster=self.cluster_file.absolute(),
            queues={},
        )
        make_folder(top)
        with driving(top.path):
            text = self.cluster_file.read_text(encoding="utf-8")
            top.write(code_version(), self.document.text, text)
            hashes = FileHashes(top.path / HASHES)
            keys = Keys(registry.components, hashes)
            for task in tasks:
                self._write_task(task, keys.of(task), top.path)
            hashes.save()
            write_unless(top.path, tasks, unless)

    def _write_task(self, task: Task, key: str, run: Path) -> None:
        job = self.jobs[task.step]
        scattered = "[" in task.id
        trial = Trial(task, key, scattered=scattered, level=0, attempt=1)
        trial.needs, trial.queue = job.needs, job.queue
        order = order_for(trial, run, self.cluster)
        prepare(trial, order)
        write_order(order)
