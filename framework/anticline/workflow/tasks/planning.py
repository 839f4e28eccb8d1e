"""The tasks of one step: one, one an element, and the nodes of a tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from anticline.component.declare import Component
from anticline.workflow.graph import Step
from anticline.workflow.tasks.elements import Elements, Made, Value
from anticline.workflow.tasks.task import Product, Task
from anticline.workflow.tasks.tree import reduce_up


@dataclass(frozen=True)
class Planned:
    """A step whose sources are known.

    id : of its task, were it one. label : the name a report groups it by. outputs :
    those that it writes, with their suffixes. inputs : what each is made of.
    points : parameters of each element that differ. root : None where the step is
    not scattered, and has a single point.
    """

    step: Step
    component: Component
    id: str
    label: str
    folder: Path
    outputs: Mapping[str, str]
    inputs: Mapping[str, tuple[Made, ...]]
    points: Sequence[Mapping[str, Any]]
    root: str | None


def plan(planned: Planned) -> tuple[Elements, list[Task]]:
    """Give the tasks of a step, a tree's nodes before its root."""
    tasks: list[Task] = []
    roots = []
    many = {item.name for item in planned.component.inputs if item.many}
    for k, point in enumerate(planned.points):
        whole = _task(planned, k, many, point)
        if (reduces := planned.component.reduces) is not None:
            nodes, whole = _tree(whole, reduces, planned.step.fan_in)
            tasks += nodes
        tasks.append(whole)
        roots.append(whole)
    return Elements(tuple(roots), planned.root), tasks


def _task(planned: Planned, k: int, many: set[str], point: Mapping[str, Any]) -> Task:
    scattered = planned.root is not None
    folder = planned.folder / f"{k:03d}" if scattered else planned.folder
    return Task(
        id=f"{planned.id}[{k}]" if scattered else planned.id,
        step=planned.label,
        component=planned.component.name,
        folder=folder,
        inputs={
            name: _value(made, planned.root, k, name in many)
            for name, made in planned.inputs.items()
        },
        outputs={
            port: folder / f"{port}{suffix}" for port, suffix in planned.outputs.items()
        },
        parameters={**planned.step.parameters, **point}
        if point
        else planned.step.parameters,
        request=planned.step.request,
    )


def _value(
    given: tuple[Made, ...], root: str | None, k: int, many: bool
) -> Value | tuple[Value, ...]:
    """Give an input of element k: its own of what is aligned, all of the rest."""
    values: tuple[Value, ...] = ()
    for made in given:
        if made.root is not None and made.root == root:
            values += (made.products[k],)
        else:
            values += made.products
    return values if many or len(values) != 1 else values[0]


def _tree(whole: Task, reduces: str, fan_in: int) -> tuple[list[Task], Task]:
    """Give the nodes below a task, and the task that reads what they leave."""
    given = whole.inputs.get(reduces, ())
    if not isinstance(given, tuple):
        return [], whole
    ((port, file),) = whole.outputs.items()
    nodes: list[Task] = []

    def node(level: int, place: int, items: tuple[Value, ...]) -> Value:
        folder = whole.folder / f"{level}.{place}"
        task = replace(
            whole,
            id=f"{whole.id}[{level}.{place}]",
            folder=folder,
            inputs={**whole.inputs, reduces: items},
            outputs={port: folder / file.name},
        )
        nodes.append(task)
        return Product(task.id, port, task.outputs[port])

    left = reduce_up(given, fan_in, node)
    return nodes, replace(whole, inputs={**whole.inputs, reduces: left})
