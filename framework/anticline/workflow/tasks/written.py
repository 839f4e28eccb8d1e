"""Which outputs each step writes: those it must, those read, those asked for."""

from __future__ import annotations

from collections.abc import Mapping

from anticline.component.registry import Registry
from anticline.errors import BadInput
from anticline.workflow.graph import Loop, Step, Workflow
from anticline.workflow.order import links

Written = Mapping[str, Mapping[str, str]]


def written(workflow: Workflow, registry: Registry) -> Written:
    """Give the suffix of every output that is written, by the steps' labels.

    A label is "image", or "invert/update" in a loop.

    Raises
    ------
    BadInput
        A component that is not installed.
    """
    read = {
        (link.step, link.port)
        for entry in workflow.steps.values()
        for link in links(entry)
    }
    made = {}
    for label, step in labelled(workflow):
        component = registry.components.get(step.component)
        if component is None:
            msg = f"step '{label}': unknown component '{step.component}'"
            raise BadInput(msg)
        made[label] = {
            output.name: output.type.suffix
            for output in component.outputs
            if not output.optional
            or output.name in step.outputs
            or (step.name, output.name) in read
        }
    return made


def labelled(workflow: Workflow) -> list[tuple[str, Step]]:
    """Give every step, those of loops included, with its label."""
    found = []
    for name, entry in workflow.steps.items():
        if isinstance(entry, Loop):
            found += [(f"{name}/{key}", step) for key, step in entry.steps.items()]
        else:
            found.append((name, entry))
    return found
