"""A value of a document that remembers its line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from anticline.errors import CaseError, Finding


@dataclass(frozen=True)
class Node:
    """A value and the line (from 1) it is written on.

    ``value`` is a dict of name to Node for a mapping, else a plain value: a
    list, text, number, bool, date or None.
    """

    value: Any
    line: int


def quoted(text: str) -> str:
    """Write a text of a document in quotes, a long one cut."""
    return f"'{text}'" if len(text) <= 60 else f"'{text[:57]}...'"


def top_mapping(top: Node, name: str) -> dict[str, Node]:
    """Give the mapping that a document must be; CaseError where it is none."""
    if isinstance(top.value, dict):
        return top.value
    found = "nothing" if top.value is None else "a single value or a list"
    text = f"{found} found, 'key: value' lines are needed"
    raise CaseError(Finding(name, top.line, text))
