"""Queues of steps as the command line sets them, over those of the document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from anticline.component.findings import unknown_key
from anticline.errors import BadInput
from anticline.workflow.graph import Loop, Step, Workflow


def read_queues(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Read "STEP=QUEUE[,QUEUE]"; BadInput where one is none."""
    found, wrong = {}, []
    for text in texts:
        step, equals, names = text.partition("=")
        queues = tuple(name.strip() for name in names.split(","))
        if not equals or not step or not all(queues):
            wrong.append(f"'--queue {text}' needs the form STEP=QUEUE[,QUEUE]")
        found[step] = queues
    if wrong:
        raise BadInput(wrong)
    return found


def queues_of(workflow: Workflow, texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Read "STEP=QUEUE" and "QUEUE", which is of every step that is not named.

    Raises
    ------
    BadInput
        One that is neither.
    """
    given = list(texts)
    every = [text for text in given if "=" not in text]
    named = [f"{step}={text}" for text in every for step in _names(workflow)]
    return read_queues(named + [text for text in given if "=" in text])


def steered(workflow: Workflow, queues: Mapping[str, tuple[str, ...]]) -> Workflow:
    """Give a workflow whose steps use the queues named for them.

    queues : by step, "invert/update" of a loop.

    Raises
    ------
    BadInput
        A step that is not there.
    """
    names = list(_names(workflow))
    if unknown := [name for name in queues if name not in names]:
        raise BadInput([unknown_key(name, names, "step") for name in unknown])
    steps = {
        name: _loop(entry, queues)
        if isinstance(entry, Loop)
        else _step(entry, name, queues)
        for name, entry in workflow.steps.items()
    }
    return replace(workflow, steps=steps)


def _names(workflow: Workflow) -> Iterable[str]:
    for name, entry in workflow.steps.items():
        if isinstance(entry, Loop):
            yield from (f"{name}/{inner}" for inner in entry.steps)
        else:
            yield name


def _loop(loop: Loop, queues: Mapping[str, tuple[str, ...]]) -> Loop:
    steps = {
        name: _step(step, f"{loop.name}/{name}", queues)
        for name, step in loop.steps.items()
    }
    return replace(loop, steps=steps)


def _step(step: Step, name: str, queues: Mapping[str, tuple[str, ...]]) -> Step:
    if name not in queues:
        return step
    return replace(step, request=replace(step.request, queues=queues[name]))
