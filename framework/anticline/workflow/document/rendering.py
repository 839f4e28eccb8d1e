"""Plain values as YAML or JSON text.

A mapping stands on one line where it fits: `inputs: {model: smooth.model}`.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any

WIDTH = 88
INDENT = 2
_OPEN = frozenset(("steps", "repeat"))  # mappings that are never put on one line
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BREAKS = re.compile("[\x85\u2028\u2029\ufeff]")  # YAML reads them as ends of lines

Flow = Callable[[Any], str]


def yaml_flow(value: Any) -> str:
    """Write a value on one line of YAML, as it may stand in braces too."""
    from ruamel.yaml import YAML

    writer: Any = YAML(typ="safe", pure=True)
    writer.default_flow_style = True
    writer.sort_base_mapping_type_on_output = False
    writer.allow_unicode = not _BREAKS.search(json_flow(value))
    writer.width = 10**9
    stream = io.StringIO()
    if isinstance(value, dict):  # a list of one mapping would lose its braces
        writer.dump(value, stream)
        return stream.getvalue().rstrip("\n")
    writer.dump([value], stream)
    return stream.getvalue().rstrip("\n")[1:-1]


def json_flow(value: Any) -> str:
    """Write a value on one line of JSON."""
    return json.dumps(value, ensure_ascii=False)


def key_text(key: str, flow: Flow) -> str:
    """Write a key; a plain word of YAML needs no quotes."""
    plain = flow is yaml_flow and _PLAIN.fullmatch(key) is not None
    return key if plain else flow(key)


def block(key: str, value: Any, indent: int, step: bool = False) -> list[str]:
    """Write `key: value` as lines of YAML.

    step : the value is a step or a loop, whose keys have a line each.
    """
    head = " " * indent + key_text(key, yaml_flow) + ":"
    if not isinstance(value, dict) or not value:
        return [f"{head} {yaml_flow(value)}"]
    line = f"{head} {yaml_flow(value)}"
    if not step and key not in _OPEN and len(line) <= WIDTH:
        return [line]
    lines = [head]
    for name, item in value.items():
        lines += block(name, item, indent + INDENT, step=key == "steps")
    return lines


def whole(tree: dict[str, Any]) -> str:
    """Write a whole document of YAML."""
    lines = [line for key, value in tree.items() for line in block(key, value, 0)]
    return "\n".join(lines) + "\n"
