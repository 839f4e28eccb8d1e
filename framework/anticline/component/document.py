"""A YAML or JSON document as plain values that remember their lines."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from anticline.component.json_document import parse_json
from anticline.component.node import Node as Node
from anticline.component.node import quoted as quoted
from anticline.component.node import top_mapping
from anticline.errors import CaseError, Finding

LEVELS = 2  # of a case file: a section, and its entries
MOST_BYTES = 256 * 1024  # a longer file is none that a person wrote
MOST_JSON_BYTES = 64 * 1024**2  # a program lists the files of a hundred thousand tasks
MOST_NODES = 200_000  # values, each anchor counted wherever it stands
MOST_BRACKETS = 64  # open at one place
JSON = ".json"
_BRACKET = re.compile(r"[][{}]")
_CORE = "tag:yaml.org,2002:"
_SCALARS = {
    "int": "whole number",
    "float": "number",
    "bool": "true or false",
    "null": "null",
}
_EMPTY: dict[str, Callable[[], Any]] = {"mapping": dict, "sequence": list}


def read_document(
    path: Path, levels: int = LEVELS
) -> tuple[dict[str, Node], list[Finding]]:
    """Read a YAML file, or a JSON file (NAME.json), whose top is a mapping.

    ``levels`` of nested mappings keep their lines; below them values are plain.
    Returns the mapping and the findings that leave it readable (a key twice, a
    value that is no YAML value).

    Raises
    ------
    CaseError
        When nothing can be read: no file, no text, no YAML, no mapping.
    """
    return parse(text_of(path), str(path), levels)


def is_json(name: str) -> bool:
    """Tell by its name whether a document is JSON."""
    return name.endswith(JSON)


def parse(
    text: str, name: str, levels: int = LEVELS
) -> tuple[dict[str, Node], list[Finding]]:
    """Read a YAML text whose top is a mapping, JSON where ``name`` says so."""
    if (line := _line_too_deep(text)) is not None:
        raise CaseError(Finding(name, line, "nested too deeply"))
    if is_json(name):
        return parse_json(text, name, levels)
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError, YAMLWarning

    reader = _Reader(YAML(typ="safe", pure=True), name, levels)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", YAMLWarning)  # an anchor used again
            top = reader.read(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        raise CaseError(Finding(name, line, f"no YAML: {error.problem}")) from None
    except YAMLError as error:
        reason = str(error).splitlines()[0]
        raise CaseError(Finding(name, None, f"no YAML: {reason}")) from None
    except RecursionError:
        raise CaseError(Finding(name, None, "nested too deeply")) from None
    return top_mapping(top, name), reader.findings


def _line_too_deep(text: str) -> int | None:
    """Find the line that opens one bracket too many, quoted ones counted too.

    The parser would tell, after seconds.
    """
    depth = 0
    for match in _BRACKET.finditer(text):
        depth = depth + 1 if match[0] in "[{" else max(0, depth - 1)
        if depth > MOST_BRACKETS:
            return text.count("\n", 0, match.start()) + 1
    return None


def text_of(path: Path) -> str:
    """Read the text of a document.

    Raises
    ------
    CaseError
        No file, one that is too long, or no text.
    """
    try:
        with open(path, "rb") as stream:  # noqa: PTH123  every small task reads one
            most = MOST_JSON_BYTES if is_json(path.name) else MOST_BYTES
            content = stream.read(most + 1)
        if len(content) > most:
            text = f"is longer than {most // 1024} KiB, so no such document"
            raise CaseError(Finding(str(path), None, text))
        return content.decode("utf-8-sig")
    except FileNotFoundError:
        raise CaseError(Finding(str(path), None, "is not there")) from None
    except OSError as error:
        raise CaseError(Finding(str(path), None, f"{error.strerror}")) from None
    except UnicodeDecodeError as error:
        raise CaseError(
            Finding(str(path), None, f"no UTF-8 text (byte {error.start})")
        ) from None


class _Reader:
    """From ruamel's node tree to ours, gathering findings."""

    def __init__(self, yaml: Any, name: str, levels: int) -> None:
        self._yaml, self._name, self._levels = yaml, name, levels
        self._nodes = 0
        self.findings: list[Finding] = []

    def read(self, text: str) -> Node:
        top = self._yaml.compose(text)
        return Node(None, 1) if top is None else self._convert(top, depth=0)

    def _convert(self, node: Any, depth: int) -> Node:
        line = node.start_mark.line + 1
        if node.id == "mapping" and depth < self._levels:
            return Node(self._mapping(node, depth), line)
        return Node(self._plain(node, line), line)

    def _mapping(self, node: Any, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            self._count(line)
            if key_node.id != "scalar":
                self._report(line, "a key must be a plain word")
                continue
            key = str(key_node.value)
            if key in entries:
                self._report(line, f"key {quoted(key)} is here twice")
                continue
            if depth < self._levels:
                value = self._convert(value_node, depth + 1).value
            else:
                value = self._leaf(value_node)
            entries[key] = Node(value, line)
        return entries

    def _plain(self, node: Any, line: int) -> Any:
        """Give a scalar, or a list or a mapping of scalars; deeper ones are empty.

        No declaration takes more, and anchors can make a short text of any depth
        stand for more than a memory holds.
        """
        if node.id == "scalar":
            return self._scalar(node, line)
        if node.id == "mapping":
            pairs = self._mapping(node, self._levels)
            return {key: item.value for key, item in pairs.items()}
        self._count(line, len(node.value))
        return [self._leaf(item) for item in node.value]

    def _count(self, line: int, nodes: int = 1) -> None:
        """Refuse a short text that stands for more than a memory holds."""
        self._nodes += nodes
        if self._nodes > MOST_NODES:
            text = f"stands for more than {MOST_NODES} values"
            raise CaseError(Finding(self._name, line, text))

    def _leaf(self, node: Any) -> Any:
        line = node.start_mark.line + 1
        return self._scalar(node, line) if node.id == "scalar" else _EMPTY[node.id]()

    def _scalar(self, node: Any, line: int) -> Any:
        from ruamel.yaml.error import MarkedYAMLError

        kind = str(node.tag).removeprefix(_CORE)
        if kind in ("str", "timestamp"):
            return node.value
        try:
            if kind in _SCALARS:
                return self._yaml.constructor.construct_object(node)
        except (MarkedYAMLError, ArithmeticError, LookupError, TypeError, ValueError):
            pass
        needed = _SCALARS.get(kind, "text, number, true, false or null")
        self._report(line, f"{quoted(str(node.value))} is no {needed}")
        return None

    def _report(self, line: int, text: str) -> None:
        self.findings.append(Finding(self._name, line, text))
