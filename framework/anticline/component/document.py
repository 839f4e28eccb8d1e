"""A YAML document as plain values that remember their lines."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anticline.errors import CaseError, Finding

LEVELS = 2  # of a case file: a section, and its entries
MOST_BYTES = 256 * 1024  # a longer file is none that a person wrote
MOST_BRACKETS = 64  # open at one place
_BRACKET = re.compile(r"[][{}]")
_CORE = "tag:yaml.org,2002:"
_SCALARS = {
    "int": "whole number",
    "float": "number",
    "bool": "true or false",
    "null": "null",
}
_EMPTY: dict[str, Callable[[], Any]] = {"mapping": dict, "sequence": list}


@dataclass(frozen=True)
class Node:
    """A value and the line (from 1) it is written on.

    ``value`` is a dict of name to Node for a mapping, else a plain value: a
    list, text, number, bool, date or None.
    """

    value: Any
    line: int


def read_document(
    path: Path, levels: int = LEVELS
) -> tuple[dict[str, Node], list[Finding]]:
    """Read a YAML file whose top is a mapping.

    ``levels`` of nested mappings keep their lines; below them values are plain.
    Returns the mapping and the findings that leave it readable (a key twice, a
    value that is no YAML value).

    Raises
    ------
    CaseError
        When nothing can be read: no file, no text, no YAML, no mapping.
    """
    return parse(text_of(path), str(path), levels)


def parse(
    text: str, name: str, levels: int = LEVELS
) -> tuple[dict[str, Node], list[Finding]]:
    """Read a YAML text whose top is a mapping; ``name`` is for the findings."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError, YAMLWarning

    if (line := _line_too_deep(text)) is not None:
        raise CaseError(Finding(name, line, "nested too deeply"))
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
    if not isinstance(top.value, dict):
        found = "nothing" if top.value is None else "a single value or a list"
        raise CaseError(
            Finding(name, top.line, f"{found} found, 'key: value' lines are needed")
        )
    return top.value, reader.findings


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
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            text = f"is longer than {MOST_BYTES // 1024} KiB, so no such document"
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


def quoted(text: str) -> str:
    """Write a text of a document in quotes, a long one cut."""
    return f"'{text}'" if len(text) <= 60 else f"'{text[:57]}...'"


class _Reader:
    """From ruamel's node tree to ours, gathering findings."""

    def __init__(self, yaml: Any, name: str, levels: int) -> None:
        self._yaml, self._name, self._levels = yaml, name, levels
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
        return [self._leaf(item) for item in node.value]

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
