"""What a run's tasks are by now, and which of them are done already.

A task is done where its `ended.json` says code 0 with its key and its outputs are
there: nothing else is asked, so whatever happened to a driver, this is the truth. A
loop's next iteration is known once its report is there; so the book is opened page by
page: `pages()` gives the tasks that came to be known since the last call.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anticline.component.registry import Registry
from anticline.errors import Failed
from anticline.execution.driver.key import Keys
from anticline.execution.node.claim import read_ended
from anticline.execution.node.order import Ended
from anticline.workflow.graph import Loop, Workflow
from anticline.workflow.tasks.expand import LoopProgress, expand
from anticline.workflow.tasks.task import ENDED, Task


@dataclass(frozen=True)
class Turn:
    """An iteration of a loop that is over."""

    loop: str
    iteration: int
    enough: bool


class Book:
    """The tasks of a run that are known.

    tasks : by id, each after those that it reads. past : how those that were done with
    their key ended. valid : those of them whose outputs are there.
    """

    def __init__(
        self, workflow: Workflow, registry: Registry, run: Path, keys: Keys
    ) -> None:
        self._workflow, self._registry = workflow, registry
        self._run, self._keys = run, keys
        self._progress: dict[str, LoopProgress] = {}
        self.tasks: dict[str, Task] = {}
        self.past: dict[str, Ended] = {}
        self.valid: set[str] = set()
        self._loops = {
            name: loop
            for name, loop in workflow.steps.items()
            if isinstance(loop, Loop)
        }

    def page(self) -> list[Task]:
        """Give the tasks that have come to be known, each after those it reads."""
        known = expand(self._workflow, self._registry, self._progress)
        new = [task for task in known if task.id not in self.tasks]
        for task in new:
            self.tasks[task.id] = task
            self._look(task)
        return new

    def pages(self) -> Iterator[Turn]:
        """Open all pages that what is done gives; gives the loops' turns."""
        self.page()
        while turns := [turn for name in self._loops if (turn := self._turn(name))]:
            yield from turns
            self.page()

    def key(self, task: Task) -> str:
        """Give the task's key."""
        return self._keys.of(task)

    def _look(self, task: Task) -> None:
        """Note whether a task is done."""
        key = self._keys.of(task)
        ended = read_ended(self._run / task.folder / ENDED)
        if ended is None or ended.code != 0 or ended.key != key:
            return
        self.past[task.id] = ended
        if all((self._run / file).exists() for file in task.outputs.values()):
            self.valid.add(task.id)

    def _turn(self, name: str) -> Turn | None:
        begun = self._begun(name)
        done = begun and self._until(name, begun) in self.valid
        return self.turn_of(self._until(name, begun)) if done else None

    def _begun(self, loop: str) -> int:
        """Count the iterations of a loop that are known; 0: no more will be."""
        progress = self._progress.get(loop, LoopProgress())
        return 0 if progress.ended else progress.begun

    def _until(self, loop: str, iteration: int) -> str:
        return f"{loop}({iteration})/{self._loops[loop].until.step}"

    def turn_of(self, task: str) -> Turn | None:
        """Read the report of a task where it ends a loop's newest iteration.

        Raises
        ------
        Failed
            The report does not say whether it is enough.
        """
        for name, loop in self._loops.items():
            begun = self._begun(name)
            if begun and task == self._until(name, begun):
                file = self.tasks[task].outputs[loop.until.port]
                enough = says(self._run / file, loop.key) or begun >= loop.most
                self._progress[name] = LoopProgress(begun + (not enough), enough)
                return Turn(name, begun, enough)
        return None

    def open_loops(self) -> list[str]:
        """Name the loops that have not ended."""
        return [name for name in self._loops if self._begun(name)]


def says(report: Path, key: str) -> bool:
    """Read whether a report's key is true.

    Raises
    ------
    Failed
        It cannot be read, or the key is absent or neither true nor false.
    """
    try:
        content: Any = json.loads(report.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{report}: cannot be read: {error}"
        raise Failed(msg) from None
    value = content.get(key) if isinstance(content, dict) else None
    if not isinstance(value, bool):
        msg = f"{report}: '{key}' is {value!r}, true or false is needed"
        raise Failed(msg)
    return value
