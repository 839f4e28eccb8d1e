"""The steps of a workflow document."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anticline.component.declare import Parameter
from anticline.component.document import Node, quoted
from anticline.component.findings import Findings, Within, check_keys, section
from anticline.component.values import ValueProblem, fit
from anticline.workflow.document.ranges import read_grid
from anticline.workflow.document.sources import read_source
from anticline.workflow.graph import (
    FAN_IN,
    PREVIOUS,
    Follow,
    Grid,
    Request,
    Source,
    Step,
)

REQUEST = (
    Parameter("ranks", "int", "MPI ranks of a task", minimum=1, maximum=10**7),
    Parameter("threads", "int", "threads of each rank", minimum=1, maximum=10**5),
    Parameter("memory_gib", "float", "of all its ranks", unit="GiB", minimum=0),
    Parameter("walltime_h", "float", "a task at most", unit="h", minimum=0),
    Parameter("gpus", "int", "of each rank", minimum=0, maximum=1000),
)
FAN_IN_KEY = Parameter("fan_in", "int", "of a tree's node", minimum=2, maximum=10**4)
STEP_KEYS = (
    *("component", "inputs", "outputs", "parameters", "scatter", "fan_in", "queues"),
    *(item.name for item in REQUEST),
)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
Top = dict[str, Node]


@dataclass(frozen=True)
class Place:
    """Where a step stands: the folder of its paths, and names that links may use."""

    base: Path
    names: Collection[str]


def mappings_of(top: Top, findings: Findings) -> Top:
    """Give the steps that are mappings, and find what is wrong with the others."""
    node = section(top, "steps", findings)
    if not node.value:
        findings.add(node.line, "'steps' is missing: at least one step is needed")
    sound = {}
    for name, step in node.value.items():
        within = Within(findings, f"step {quoted(name)}")
        if not _NAME.fullmatch(name) or name == PREVIOUS:
            needed = f"lower-case letters, digits and _ (not '{PREVIOUS}')"
            within.add(step.line, f"its name must be {needed}")
        elif isinstance(step.value, dict):
            sound[name] = step
        else:
            within.add(step.line, "needs 'key: value' pairs, such as component: ...")
    return sound


def read_step(name: str, node: Node, place: Place, findings: Findings) -> Step:
    """Read one step."""
    top: Top = node.value
    check_keys(top, STEP_KEYS, "key", findings)
    return Step(
        name=name,
        component=_component(node, findings),
        inputs=_inputs(section(top, "inputs", findings), place, findings),
        parameters=plain(section(top, "parameters", findings)),
        outputs=names_of(top, "outputs", findings),
        scatter=_scatter(top, findings),
        request=_request(top, findings),
        fan_in=fitted(top, FAN_IN_KEY, findings) or FAN_IN,
    )


def _component(node: Node, findings: Findings) -> str:
    given = node.value.get("component")
    if given is None or not isinstance(given.value, str):
        line = node.line if given is None else given.line
        text = "'component' is missing, such as component: seismic.forward"
        findings.add(line, text)
        return ""
    return given.value


def _inputs(
    given: Node, place: Place, findings: Findings
) -> dict[str, Source | tuple[Source, ...]]:
    inputs: dict[str, Source | tuple[Source, ...]] = {}
    for name, node in given.value.items():
        listed = isinstance(node.value, list)
        items = node.value if listed else [node.value]
        found = tuple(
            source
            for item in items
            if (source := _source(Node(item, node.line), name, place, findings))
        )
        if len(found) == len(items):
            inputs[name] = found if listed else found[0]
    return inputs


def _source(node: Node, name: str, place: Place, findings: Findings) -> Source | None:
    return read_source(node, f"input '{name}'", place.names, place.base, findings)


def _scatter(top: Top, findings: Findings) -> Grid | Follow | None:
    node = top.get("scatter")
    if node is None:
        return None
    if isinstance(node.value, str) and _NAME.fullmatch(node.value):
        return Follow(node.value)
    if isinstance(node.value, dict) and node.value:
        return read_grid(node.value, findings)
    text = "'scatter' needs values of parameters, such as {part: 0..15}, or a step"
    findings.add(node.line, text)
    return None


def _request(top: Top, findings: Findings) -> Request:
    given = {item.name: fitted(top, item, findings) for item in REQUEST}
    return Request(**given, queues=names_of(top, "queues", findings))


def fitted(top: Top, declared: Parameter, findings: Findings) -> Any:
    """Fit the value of a key; None where it is not given or does not fit."""
    node = top.get(declared.name)
    if node is None:
        return None
    try:
        return fit(declared, plain(node))
    except ValueProblem as problem:
        findings.add(node.line, f"'{declared.name}': {problem}")
        return None


def names_of(top: Top, key: str, findings: Findings) -> tuple[str, ...]:
    """Read a list of names; a single one is a list of one."""
    node = top.get(key, Node((), 1))
    items = [node.value] if isinstance(node.value, str) else node.value
    if not isinstance(items, list | tuple) or not all(
        isinstance(item, str) for item in items
    ):
        findings.add(node.line, f"'{key}' needs a list of names, such as [a, b]")
        return ()
    return tuple(items)


def plain(node: Node) -> Any:
    """Give the value without its lines."""
    if isinstance(node.value, dict):
        return {
            key: plain(item) if isinstance(item, Node) else item
            for key, item in node.value.items()
        }
    return node.value
