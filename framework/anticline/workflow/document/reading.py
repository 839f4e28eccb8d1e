"""A workflow document, and what it says: YAML or JSON -> Workflow.

    workflow: survey                   # its name
    summary: shots, their images, the stack
    folder: ../output/survey           # of the run, from this file's folder
    steps:
      shots:
        component: seismic.forward
        inputs: {model: model.h5, survey: survey.h5}
        parameters: {parts: 16}
        scatter: {part: 0..15}
        queues: [x86]

`docs/reference/workflow.md` has every key. Lines are kept for findings, the text for
writing the document again with its comments (`anticline.workflow.document.writing`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from anticline.component.document import Node, parse, text_of
from anticline.component.findings import Findings, check_keys
from anticline.component.paths import read_path
from anticline.component.values import shown
from anticline.errors import BadInput, Finding
from anticline.workflow.document.loops import read_steps
from anticline.workflow.graph import Workflow

LEVELS = 7  # workflow, steps, a loop, its repeat, steps, one of them, its inputs
KEYS = ("workflow", "summary", "folder", "steps")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True)
class Document:
    """A workflow and where it is written.

    path : of the file. lines : from "steps.image.inputs.model" and its like to line
    numbers. folder : of the run. text : the whole file. base : the folder that its
    paths start from.
    """

    workflow: Workflow
    path: Path
    lines: Mapping[str, int] = field(default_factory=dict)
    folder: Path = Path()
    text: str = ""
    base: Path = Path()

    def finding(self, key: str, text: str) -> Finding:
        """Say something about a key, at its line or that of what it stands in."""
        while key:
            if key in self.lines:
                return Finding(str(self.path), self.lines[key], text)
            key = key.rpartition(".")[0]
        return Finding(str(self.path), None, text)

    def changed(self, workflow: Workflow) -> Document:
        """Give the document with another workflow, to be written with its comments."""
        return replace(self, workflow=workflow)


@dataclass(frozen=True)
class Draft:
    """What reading a document gave; with findings, the part that could be read."""

    document: Document
    findings: list[Finding]


def read_workflow(path: Path, base: Path | None = None) -> Document:
    """Read a workflow document.

    base : the folder that its paths start from; left out, the file's.

    Raises
    ------
    BadInput
        With every finding, each ``file:line  message``.
    """
    draft = read_draft(path, base)
    if draft.findings:
        raise BadInput(draft.findings)
    return draft.document


def read_draft(path: Path, base: Path | None = None) -> Draft:
    """Read as much as can be read, with what was found.

    Raises
    ------
    BadInput
        The file holds no document at all.
    """
    text = text_of(path)
    return draft_of(text, path, path.parent if base is None else base)


def draft_of(text: str, path: Path, base: Path) -> Draft:
    """Read a document's text; BadInput where it is none at all."""
    top, found = parse(text, str(path), LEVELS)
    findings = Findings(str(path), found)
    check_keys(top, KEYS, "key", findings)
    name = _name(top, findings)
    base = Path.cwd() / base
    steps = read_steps(top, base, findings)
    workflow = Workflow(name, steps, _summary(top, findings))
    folder = _folder(top, base, name, findings)
    document = Document(workflow, path, lines_of(top), folder, text, base)
    return Draft(document, findings.in_order())


def _name(top: dict[str, Node], findings: Findings) -> str:
    node = top.get("workflow")
    if node is None or node.value is None:
        text = "'workflow' is missing: a name, such as workflow: anticline_2d"
        findings.add(1 if node is None else node.line, text)
        return "workflow"
    if not isinstance(node.value, str) or not _NAME.fullmatch(node.value):
        text = f"{shown(node.value)} is no name: letters, digits and _ . - are"
        findings.add(node.line, f"'workflow': {text}")
        return "workflow"
    return node.value


def _summary(top: dict[str, Node], findings: Findings) -> str:
    node = top.get("summary", Node("", 1))
    if not isinstance(node.value, str | None):
        text = f"'summary': {shown(node.value)} found, a line of text is needed"
        findings.add(node.line, text)
        return ""
    return node.value or ""


def _folder(top: dict[str, Node], base: Path, name: str, findings: Findings) -> Path:
    node = top.get("folder")
    folder = base / f"{name}.run"
    if node is not None:
        folder = read_path(node, base, "folder", findings) or folder
    return folder


def lines_of(mapping: Mapping[str, Any], above: str = "") -> dict[str, int]:
    """Give the line of every key, by its keys joined with dots."""
    lines = {}
    for key, node in mapping.items():
        if not isinstance(node, Node):  # a map's values, below what keeps its lines
            continue
        lines[above + key] = node.line
        if isinstance(node.value, dict):
            lines |= lines_of(node.value, f"{above}{key}.")
    return lines
