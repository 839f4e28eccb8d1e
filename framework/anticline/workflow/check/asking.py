"""What components say of a workflow's first tasks; imports the solvers.

Asked are steps that are not scattered and read no other step: their files are there.
The rest is asked when its turn has come, on the rank that is to run it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from anticline.component.case import Case
from anticline.component.checking import asked
from anticline.component.declare import Component
from anticline.component.registry import Registry
from anticline.component.values import fit
from anticline.errors import Finding
from anticline.workflow.document.reading import Document
from anticline.workflow.graph import Step
from anticline.workflow.tasks.expand import expand
from anticline.workflow.tasks.task import Task

NOWHERE = "not-run"  # a folder of the run in which no output is


def ask_components(document: Document, registry: Registry) -> list[Finding]:
    """Ask the components of first tasks, where a workflow has no other findings.

    Raises
    ------
    Failed
        A component's check raised an error; the text names it.
    """
    found: list[Finding] = []
    for task in expand(document.workflow, registry):
        step = document.workflow.steps.get(task.id)
        if isinstance(step, Step) and not task.products:
            found += _ask(document, task, registry.components[task.component])
    return sorted(found, key=lambda finding: (finding.line or 0, finding.text))


def _ask(document: Document, task: Task, component: Component) -> Iterator[Finding]:
    ranks = task.request.ranks or component.resources.ranks[0]
    for finding in asked(case_of(document, task, component), ranks):
        own = finding.file == str(document.path)
        text = f"step '{task.id}': {finding.text}"
        yield replace(finding, text=text) if own else finding


def case_of(document: Document, task: Task, component: Component) -> Case:
    """Give the case of a task that reads files alone, as its document writes it."""
    single = {k: v for k, v in task.inputs.items() if isinstance(v, Path)}
    lists = {
        name: tuple(item for item in value if isinstance(item, Path))
        for name, value in task.inputs.items()
        if isinstance(value, tuple)
    }
    at = f"steps.{task.step}"
    lines = {
        key.removeprefix(f"{at}."): line
        for key, line in document.lines.items()
        if key.startswith(f"{at}.")
    }
    return Case(
        component=component,
        inputs=single,
        outputs={
            port: document.folder / NOWHERE / file.name
            for port, file in task.outputs.items()
        },
        parameters=_fitted(component, task.parameters),
        path=document.path,
        lines=lines,
        lists=lists,
    )


def _fitted(component: Component, given: Any) -> dict[str, Any]:
    """Fit parameters that are known to fit, defaults filled in."""
    values = {}
    for item in component.parameters:
        value = given.get(item.name, item.default)
        values[item.name] = None if value is None else fit(item, value)
    return values
