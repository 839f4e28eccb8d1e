"""What is wrong in one document, gathered; and the parts every document has."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

from anticline.component.document import Node, quoted
from anticline.errors import Finding


@dataclass
class Findings:
    """What is wrong in one file, gathered."""

    file: str
    found: list[Finding] = field(default_factory=list)

    def add(self, line: int | None, text: str) -> None:
        """Note one thing."""
        self.found.append(Finding(self.file, line, text))

    def in_order(self) -> list[Finding]:
        """Give them by their lines."""
        return sorted(self.found, key=lambda item: (item.line or 0, item.text))


class Within(Findings):
    """Findings of a part of a file, each of which begins with the part's name."""

    def __init__(self, whole: Findings, part: str) -> None:
        super().__init__(whole.file, whole.found)
        self._whole, self._part = whole, part

    def add(self, line: int | None, text: str) -> None:
        """Note one thing in the whole file's findings."""
        self._whole.add(line, f"{self._part}: {text}")


def check_keys(
    given: dict[str, Node], known: Iterable[str], what: str, findings: Findings
) -> None:
    """Report the keys nobody knows, with the nearest known one."""
    names = list(known)
    for key, node in given.items():
        if key not in names:
            findings.add(node.line, unknown_key(key, names, what))


def unknown_key(key: str, names: list[str], what: str) -> str:
    """Say that ``key`` is unknown, with the nearest of ``names`` or all of them."""
    close = difflib.get_close_matches(key, names, n=1, cutoff=0.6)
    hint = f"known are {', '.join(names)}" if names else "there are none"
    if close:
        hint = f"did you mean '{close[0]}'?"
    return f"unknown {what} {quoted(key)}; {hint}"


def section(top: dict[str, Node], name: str, findings: Findings) -> Node:
    """Give a section's mapping with its line; empty when absent or no mapping."""
    node = top.get(name)
    if node is None or node.value is None:
        return Node({}, 1 if node is None else node.line)
    if not isinstance(node.value, dict):
        findings.add(node.line, f"'{name}' needs 'key: value' pairs")
        return Node({}, node.line)
    return node
