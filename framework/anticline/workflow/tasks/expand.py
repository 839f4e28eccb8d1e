"""From a workflow to its tasks; pure, and the same for the same workflow always.

    expand(workflow, registry)                       every loop in its first iteration
    expand(workflow, registry, {"invert": LoopProgress(3)})    this one in its third

The tasks come in an order in which each is after those it reads. Ids and folders are
those of `workflow.tasks.task`; elements are counted from 0, iterations from 1.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError
from pathlib import Path
from typing import Any

from anticline.component.registry import Registry
from anticline.errors import BadInput
from anticline.workflow.graph import PREVIOUS, Grid, Loop, Source, Step, Workflow
from anticline.workflow.order import in_order, needs
from anticline.workflow.tasks.elements import Carried, Elements, Made, Value
from anticline.workflow.tasks.planning import Planned, plan
from anticline.workflow.tasks.task import STEPS, Product, Task
from anticline.workflow.tasks.written import written


@dataclass(frozen=True)
class LoopProgress:
    """How far a loop is.

    begun : iterations whose tasks are known, the first is number 1. ended : whether
    the last of them was the last; what comes after the loop can then run.
    """

    begun: int = 1
    ended: bool = False


Known = dict[str, Elements | Carried]


def expand(
    workflow: Workflow,
    registry: Registry,
    progress: Mapping[str, LoopProgress] | None = None,
) -> tuple[Task, ...]:
    """Give the tasks of a workflow in which `check_workflow` finds nothing.

    progress : of loops by name; left out, one iteration has begun. Steps that read
    a loop that has not ended are left out, and those that read them.

    Raises
    ------
    BadInput
        A finding that keeps tasks from being made.
    """
    try:
        return tuple(_Expansion(workflow, registry).run(progress or {}))
    except CycleError as error:
        msg = f"steps need each other: {' -> '.join(error.args[1])}"
        raise BadInput(msg) from None


class _Expansion:
    """One call of `expand`."""

    def __init__(self, workflow: Workflow, registry: Registry) -> None:
        self._workflow, self._registry = workflow, registry
        self._written = written(workflow, registry)
        self._tasks: list[Task] = []

    def run(self, progress: Mapping[str, LoopProgress]) -> list[Task]:
        steps, known = self._workflow.steps, Known()
        for name in in_order(steps):
            entry = steps[name]
            if any(other in steps and other not in known for other in needs(entry)):
                continue  # it reads a loop that has not ended
            if isinstance(entry, Loop):
                self._loop(entry, known, progress.get(name, LoopProgress()))
            else:
                self._step(entry, known, name, name, Path(STEPS))
        return self._tasks

    def _loop(self, loop: Loop, known: Known, progress: LoopProgress) -> None:
        """Add the tasks of the iterations that have begun."""
        before = {name: _single(source, known) for name, source in loop.start.items()}
        for number in range(1, progress.begun + 1):
            here: Known = {**known, PREVIOUS: Carried(before)}
            above = Path(STEPS) / loop.name / f"{number:03d}"
            for name in in_order(loop.steps):
                label, id = f"{loop.name}/{name}", f"{loop.name}({number})/{name}"
                self._step(loop.steps[name], here, id, label, above)
            carried = {name: _single(link, here) for name, link in loop.carry.items()}
            before = {**before, **carried}
        if progress.ended:
            known[loop.name] = Carried(before)

    def _step(self, step: Step, known: Known, id: str, label: str, above: Path) -> None:
        root, points = _scatter(step, known)
        planned = Planned(
            step=step,
            component=self._registry.components[step.component],
            id=id,
            label=label,
            folder=above / step.name,
            outputs=self._written[label],
            inputs={name: _made(given, known) for name, given in step.inputs.items()},
            points=points,
            root=root,
        )
        known[step.name], tasks = plan(planned)
        self._tasks += tasks


def _scatter(
    step: Step, known: Known
) -> tuple[str | None, Sequence[Mapping[str, Any]]]:
    """Give the root of a step's elements, and the parameters that each has."""
    if step.scatter is None:
        return None, [{}]
    if isinstance(step.scatter, Grid):
        names = tuple(step.scatter.values)
        every = itertools.product(*step.scatter.values.values())
        return step.name, [dict(zip(names, point, strict=True)) for point in every]
    followed = known.get(step.scatter.step)
    if not isinstance(followed, Elements) or followed.root is None:
        msg = (
            f"step '{step.name}' follows '{step.scatter.step}', which is not scattered"
        )
        raise BadInput(msg)
    return followed.root, [{}] * len(followed.tasks)


def _made(given: Source | tuple[Source, ...], known: Known) -> tuple[Made, ...]:
    sources = given if isinstance(given, tuple) else (given,)
    return tuple(_one(source, known) for source in sources)


def _one(source: Source, known: Known) -> Made:
    if isinstance(source, Path):
        return Made((source,))
    try:
        return known[source.step].made(source.port)
    except KeyError:
        msg = f"'{source}' is no output of a step"
        raise BadInput(msg) from None


def _single(source: Source, known: Known) -> Value:
    products = _one(source, known).products
    if len(products) != 1:
        msg = f"'{source}' is {len(products)} files, a loop carries one"
        raise BadInput(msg)
    return products[0]


def case_document(task: Task, run: Path) -> dict[str, Any]:
    """Give what a task's `case.json` says.

    Files of the run are named from the task's folder, so that a run can be moved;
    those from outside by their absolute paths.
    """

    def place(value: Value) -> str:
        if isinstance(value, Product):
            return os.path.relpath(value.file, task.folder)
        return os.path.abspath(value)  # noqa: PTH100 - links stay as they are

    inputs = {
        name: [place(item) for item in value]
        if isinstance(value, tuple)
        else place(value)
        for name, value in task.inputs.items()
    }
    outputs = {
        port: os.path.relpath(file, task.folder) for port, file in task.outputs.items()
    }
    return {
        "component": task.component,
        "inputs": inputs,
        "outputs": outputs,
        "parameters": dict(task.parameters),
    }
