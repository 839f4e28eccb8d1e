"""A loop without a driver: all its iterations are submitted, and some have no work.

Nobody is there to see that an iteration was the last. So every task of a later one
knows the report of the iteration before (`unless.json` in its folder). Where that says
that it is enough, the task's outputs are links to those of its twin in the iteration
before, and it is done: what comes after the loop reads the last iteration's files, and
finds those of the one that was enough.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from anticline.component.registry import Registry
from anticline.execution.driver.book import says
from anticline.workflow.graph import Loop, Workflow
from anticline.workflow.tasks.expand import LoopProgress, expand
from anticline.workflow.tasks.task import STEPS, Task

UNLESS = "unless.json"


@dataclass(frozen=True)
class Unless:
    """Why a task may have no work.

    until : the task whose report says so. report : its file, from the run folder.
    key : of the report. twin : the same task's folder in the iteration before.
    """

    until: str
    report: Path
    key: str
    twin: Path


def unrolled(
    workflow: Workflow, registry: Registry
) -> tuple[tuple[Task, ...], dict[str, Unless]]:
    """Give the tasks of all iterations, and why those of later ones may have no work.

    Raises
    ------
    BadInput
        As `expand`.
    """
    loops = [entry for entry in workflow.steps.values() if isinstance(entry, Loop)]
    progress = {loop.name: LoopProgress(loop.most, ended=True) for loop in loops}
    tasks = expand(workflow, registry, progress)
    unless: dict[str, Unless] = {}
    for loop in loops:
        unless |= _of_loop(loop, tasks)
    return tasks, unless


def _of_loop(loop: Loop, tasks: Sequence[Task]) -> dict[str, Unless]:
    known = {task.id: task for task in tasks}
    found = {}
    for number in range(2, loop.most + 1):
        until = known[f"{loop.name}({number - 1})/{loop.until.step}"]
        here = Path(STEPS) / loop.name / f"{number:03d}"
        before = here.with_name(f"{number - 1:03d}")
        for task in tasks:
            if task.folder.is_relative_to(here):
                twin = before / task.folder.relative_to(here)
                report = until.outputs[loop.until.port]
                found[task.id] = Unless(until.id, report, loop.key, twin)
    return found


def write_unless(
    run: Path, tasks: Sequence[Task], unless: Mapping[str, Unless]
) -> None:
    """Write what each task's folder says of it; the folders are there."""
    for task in tasks:
        path = run / task.folder / UNLESS
        why = unless.get(task.id)
        if why is None:
            path.unlink(missing_ok=True)
            continue
        content = {
            "report": os.path.relpath(why.report, task.folder),
            "key": why.key,
            "twin": os.path.relpath(why.twin, task.folder),
        }
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def stands_in(folder: Path, outputs: Sequence[Path]) -> bool:
    """Make a task's outputs links to its twin's, where it has no work.

    folder : of the task. outputs : in it. Returns whether it had none.

    Raises
    ------
    Failed
        The report does not say whether it is enough.
    """
    try:
        why = json.loads((folder / UNLESS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False
    if not says(folder / why["report"], why["key"]):
        return False
    for output in outputs:
        with contextlib.suppress(FileNotFoundError):
            output.unlink()
        output.symlink_to(Path(why["twin"]) / output.name)
    return True
