"""A workflow as plain values: what its document says, without what is left to defaults.

Leaves are text, numbers, true, false, None, and paths, which `path_text` writes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from anticline.errors import BadInput
from anticline.workflow.document.ranges import is_range, written
from anticline.workflow.graph import FAN_IN, Follow, Grid, Link, Loop, Request, Step
from anticline.workflow.graph import Workflow as Workflow

Tree = dict[str, Any]


def tree_of(workflow: Workflow) -> Tree:
    """Give a workflow as its document has it.

    Raises
    ------
    BadInput
        A value that no document can hold.
    """
    top: Tree = {"workflow": workflow.name}
    if workflow.summary:
        top["summary"] = workflow.summary
    return top | {"steps": {k: _entry(v) for k, v in workflow.steps.items()}}


def _entry(entry: Step | Loop) -> Tree:
    return {"repeat": _repeat(entry)} if isinstance(entry, Loop) else _step(entry)


def _step(step: Step) -> Tree:
    where = f"step '{step.name}'"
    made = {
        "component": step.component,
        "inputs": {name: _source(given) for name, given in step.inputs.items()},
        "outputs": list(step.outputs),
        "parameters": {
            name: _value(given, f"{where}: parameter '{name}'")
            for name, given in step.parameters.items()
        },
        "scatter": _scatter(step.scatter, where),
        "fan_in": None if step.fan_in == FAN_IN else step.fan_in,
        **_request(step.request),
    }
    return {key: value for key, value in made.items() if value not in (None, {}, [])}


def _source(given: Any) -> Any:
    if isinstance(given, tuple):
        return [_source(item) for item in given]
    return str(given) if isinstance(given, Link) else given


def _scatter(scatter: Grid | Follow | None, where: str) -> Any:
    if scatter is None:
        return None
    if isinstance(scatter, Follow):
        return scatter.step
    return {
        name: written(
            tuple(_item(value, f"{where}: scatter '{name}'") for value in values)
        )
        for name, values in scatter.values.items()
    }


def _item(value: Any, where: str) -> Any:
    if isinstance(value, list | tuple | dict) or is_range(value):
        msg = f"{where}: {value!r} cannot be written as a value of a scatter"
        raise BadInput(msg)
    return _value(value, where)


def _request(request: Request) -> Tree:
    return {
        "queues": list(request.queues),
        "ranks": request.ranks,
        "threads": request.threads,
        "memory_gib": _round(request.memory_gib),
        "walltime_h": _round(request.walltime_h),
        "gpus": request.gpus,
    }


def _round(value: float | None) -> float | None:
    """Write a whole number without a point."""
    return int(value) if value is not None and value == int(value) else value


def _repeat(loop: Loop) -> Tree:
    return {
        "steps": {name: _step(step) for name, step in loop.steps.items()},
        "start": {name: _source(given) for name, given in loop.start.items()},
        "carry": {name: str(link) for name, link in loop.carry.items()},
        "until": str(loop.until),
        "key": loop.key,
        "most": loop.most,
    }


def _value(value: Any, where: str) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_value(item, where) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _value(item, where) for key, item in value.items()}
    msg = f"{where}: {value!r} is no text, number, true, false or list of them"
    raise BadInput(msg)


def path_text(path: Path, base: Path) -> str:
    """Write a path so that it is read from the folder ``base`` as itself.

    One below it, or relative to the current folder, is written relative to it.
    """
    if "${" in str(path):
        msg = f"{path} cannot be written: ${{...}} would be taken for a variable"
        raise BadInput(msg)
    whole, folder = Path.cwd() / path, Path.cwd() / base
    if path.is_absolute() and not path.is_relative_to(folder):
        return str(path)
    text = os.path.relpath(whole, folder)
    return text if "/" in text and text[0] != "~" else f"./{text}"


def with_texts(tree: Any, base: Path) -> Any:
    """Give a tree with its paths written as texts."""
    if isinstance(tree, dict):
        return {key: with_texts(value, base) for key, value in tree.items()}
    if isinstance(tree, list):
        return [with_texts(value, base) for value in tree]
    return path_text(tree, base) if isinstance(tree, Path) else tree
