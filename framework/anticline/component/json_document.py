"""A JSON document as plain values that remember their lines.

Programs write cases as JSON; reading one takes a fraction of a millisecond, where the
YAML library alone takes 50 ms to import.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import Any

from anticline.component.node import Node, quoted, top_mapping
from anticline.errors import CaseError, Finding

_SPACE = re.compile(r"[ \t\r\n]*")


def parse_json(
    text: str, name: str, levels: int
) -> tuple[dict[str, Node], list[Finding]]:
    """Read a JSON text whose top is an object; ``name`` is for the findings.

    ``levels`` of nested objects keep their lines; below them values are plain.

    Raises
    ------
    CaseError
        When nothing can be read.
    """
    reader = _Reader(text, name, levels)
    try:
        top = reader.read()
    except json.JSONDecodeError as error:
        where = Finding(name, error.lineno, f"no JSON: {error.msg}")
        raise CaseError(where) from None
    except RecursionError:
        raise CaseError(Finding(name, None, "nested too deeply")) from None
    except ValueError:
        text = "no JSON: a whole number of thousands of digits"
        raise CaseError(Finding(name, None, text)) from None
    return top_mapping(top, name), reader.findings


class _Reader:
    """One document under way; ``_at`` is the next character."""

    def __init__(self, text: str, name: str, levels: int) -> None:
        self._text, self._name, self._levels = text, name, levels
        self._at = 0
        self._decoder = json.JSONDecoder()
        self._ends = [match.start() for match in re.finditer("\n", text)]
        self.findings: list[Finding] = []

    def read(self) -> Node:
        if not self._next():
            return Node(None, 1)
        line = self._line()
        top = self._value(depth=0)
        if self._next():
            msg = "more follows after the end"
            raise json.JSONDecodeError(msg, self._text, self._at)
        return Node(top, line)

    def _next(self) -> str:
        """Skip white space; gives the next character, or nothing at the end."""
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._text[self._at : self._at + 1]

    def _line(self) -> int:
        return bisect_right(self._ends, self._at - 1) + 1

    def _value(self, depth: int) -> Any:
        if self._next() == "{" and depth <= self._levels:
            return self._mapping(depth)
        value, self._at = self._decoder.raw_decode(self._text, self._at)
        return [_leaf(item) for item in value] if isinstance(value, list) else value

    def _mapping(self, depth: int) -> dict[str, Any]:
        """Read an object; its values are nodes, those of the last level plain."""
        entries: dict[str, Any] = {}
        self._at += 1
        following = self._next()
        while following != "}":
            line = self._line()
            key = self._key()
            if depth < self._levels:
                value: Any = Node(self._value(depth + 1), line)
            else:
                value = _leaf(self._value(depth + 1))
            if key in entries:
                text = f"key {quoted(key)} is here twice"
                self.findings.append(Finding(self._name, line, text))
            entries.setdefault(key, value)
            following = self._next()
            if following == ",":
                self._at += 1
                following = self._next()
                if following == "}":
                    self._wrong("a key is needed after ','")
            elif following != "}":
                self._wrong("',' or '}' is needed")
        self._at += 1
        return entries

    def _key(self) -> str:
        if self._next() != '"':
            self._wrong('a key in "quotes" is needed')
        key, self._at = self._decoder.raw_decode(self._text, self._at)
        if self._next() != ":":
            self._wrong("':' is needed after a key")
        self._at += 1
        return str(key)

    def _wrong(self, text: str) -> None:
        raise json.JSONDecodeError(text, self._text, self._at)


def _leaf(value: Any) -> Any:
    """Give a scalar; what lies deeper is empty, as no declaration takes it."""
    if isinstance(value, list | dict):
        return type(value)()
    return value
