"""The values of a scatter as they are written: lists, ranges, single values.

part: 0..15                   the whole numbers 0 to 15
seed: [1, 2, 3]
smoothing_m: [50 m, 0.1 km]
shot: [0..3, 8, 12..15]
"""

from __future__ import annotations

import math
import re
from typing import Any

from anticline.component.document import Node, quoted
from anticline.component.findings import Findings
from anticline.workflow.graph import Grid

MOST_ELEMENTS = 1_000_000  # of a scattered step
_RANGE = re.compile(r"(-?[0-9]{1,9})\.\.(-?[0-9]{1,9})")
SHORTEST_RANGE = 3  # that is written as one


def read_grid(given: dict[str, Node], findings: Findings) -> Grid:
    """Read the values of every parameter of a grid; one without values has ()."""
    values = {name: _values(name, node, findings) for name, node in given.items()}
    count = math.prod(map(len, values.values()))
    if count > MOST_ELEMENTS:
        line = next(iter(given.values())).line
        text = f"{count} elements, at most {MOST_ELEMENTS} are possible"
        findings.add(line, f"scatter: {text}")
        return Grid({name: value[:1] for name, value in values.items()})
    return Grid(values)


def _values(name: str, node: Node, findings: Findings) -> tuple[Any, ...]:
    items = node.value if isinstance(node.value, list) else [node.value]
    if not items:
        findings.add(node.line, f"scatter '{name}' has no values")
    found: list[Any] = []
    for item in items:
        if item is None or isinstance(item, dict | list):
            text = "values are needed, such as [1, 2, 3] or 0..15"
            findings.add(node.line, f"scatter '{name}': {text}")
            return ()
        found += _expanded(name, item, node.line, findings)
    return tuple(found)


def _expanded(name: str, item: Any, line: int, findings: Findings) -> list[Any]:
    match = _RANGE.fullmatch(item) if isinstance(item, str) else None
    if match is None:
        return [item]
    first, last = int(match[1]), int(match[2])
    if not first <= last < first + MOST_ELEMENTS:
        needed = f"first <= last, and at most {MOST_ELEMENTS} numbers"
        findings.add(line, f"scatter '{name}': {quoted(item)}: {needed} are needed")
        return []
    return list(range(first, last + 1))


def is_range(value: Any) -> bool:
    """Tell whether a text would be read as a range."""
    return isinstance(value, str) and _RANGE.fullmatch(value) is not None


def written(values: tuple[Any, ...]) -> Any:
    """Give the values as they are written: a range where they are one, or a list."""
    first: Any = values[0] if values else None
    whole = all(type(value) is int for value in values)
    if not whole or len(values) < SHORTEST_RANGE:
        return list(values)
    is_range = values == tuple(range(first, first + len(values)))
    return f"{first}..{values[-1]}" if is_range else list(values)
