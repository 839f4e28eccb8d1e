"""All steps of a workflow document, loops included.

invert:
  repeat:
    steps: {gradient: {...}, update: {...}}
    start: {model: smooth.model}       # previous.model, the first time
    carry: {model: update.model}       # and after each iteration
    until: update.report               # a JSON object ...
    key: converged                     # ... in which this is true at the end
    most: 20                           # iterations
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from anticline.component.declare import Parameter
from anticline.component.document import Node, quoted
from anticline.component.findings import Findings, Within, check_keys, section
from anticline.workflow.document.sources import read_link, read_source
from anticline.workflow.document.steps import Place, Top, fitted, mappings_of, read_step
from anticline.workflow.graph import PREVIOUS, Link, Loop, Source, Step

LOOP_KEYS = ("repeat",)
REPEAT_KEYS = ("steps", "start", "carry", "until", "key", "most")
MOST_KEY = Parameter("most", "int", "iterations", minimum=1, maximum=10**6)


def read_steps(top: Top, base: Path, findings: Findings) -> dict[str, Step | Loop]:
    """Read the steps and loops of a document; what cannot be read is left out."""
    given = mappings_of(top, findings)
    place = Place(base, _names(top))
    steps: dict[str, Step | Loop] = {}
    for name, node in given.items():
        own = Within(findings, f"step '{name}'")
        if "repeat" in node.value:
            steps[name] = _loop(name, node, place, own)
        else:
            steps[name] = read_step(name, node, place, own)
    return steps


def _names(top: Top) -> list[str]:
    """Name the steps that are written, readable or not."""
    steps = top["steps"].value if "steps" in top else None
    return list(steps) if isinstance(steps, dict) else []


def _loop(name: str, node: Node, place: Place, findings: Findings) -> Loop:
    check_keys(node.value, LOOP_KEYS, "key of a loop", findings)
    repeat = section(node.value, "repeat", findings)
    top: Top = repeat.value
    check_keys(top, REPEAT_KEYS, "key of 'repeat'", findings)
    inside = Place(place.base, [*_names(top), PREVIOUS, *place.names])
    key = top.get("key", Node("", repeat.line))
    if not isinstance(key.value, str) or not key.value:
        text = "'key' is missing: the name in the report of 'until' that ends the loop"
        findings.add(key.line, text)
    if "most" not in top:
        findings.add(repeat.line, "'most' is missing: iterations at most")
    return Loop(
        name=name,
        steps=_inner(name, top, inside, findings),
        start=_each(top, "start", findings, _starter(place, findings)),
        carry=_each(top, "carry", findings, _carrier(inside, findings)),
        until=_until(top, repeat.line, inside, findings),
        key=key.value if isinstance(key.value, str) else "",
        most=fitted(top, MOST_KEY, findings) or 1,
    )


def _inner(loop: str, top: Top, place: Place, findings: Findings) -> dict[str, Step]:
    steps = {}
    for name, node in mappings_of(top, findings).items():
        own = Within(findings, quoted(name))
        if "repeat" in node.value:
            own.add(node.line, "a loop in a loop cannot be; repeat its steps outside")
        else:
            steps[name] = read_step(name, node, place, own)
    return steps


def _each(
    top: Top, key: str, findings: Findings, read: Callable[[Node, str], Any]
) -> dict[str, Any]:
    given: Top = section(top, key, findings).value
    found = {name: read(node, f"{key} '{name}'") for name, node in given.items()}
    return {name: value for name, value in found.items() if value is not None}


def _starter(place: Place, findings: Findings) -> Callable[[Node, str], Source | None]:
    return lambda node, where: read_source(
        node, where, place.names, place.base, findings
    )


def _carrier(place: Place, findings: Findings) -> Callable[[Node, str], Link | None]:
    return lambda node, where: read_link(node, where, place.names, findings)


def _until(top: Top, line: int, place: Place, findings: Findings) -> Link:
    if "until" not in top:
        text = "'until' is missing: the report that ends the loop, such as step.port"
        findings.add(line, text)
        return Link("", "")
    node = top["until"]
    return read_link(node, "'until'", place.names, findings) or Link("", "")
