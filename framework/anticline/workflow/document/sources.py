"""Inputs as they are written: links to other steps, and paths of files.

model.model        a link: output `model` of step `model`
previous.model     a link: what the iteration before carried
./model.h5         a path: it has a /
model.h5           a path, unless there is a step `model`
${data:SET/FILE}   a path: a file of a public data set
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

from anticline.component.document import Node
from anticline.component.findings import Findings
from anticline.component.paths import read_path
from anticline.component.values import shown
from anticline.workflow.graph import Link, Source

_LINK = re.compile(r"([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)")
FILE_SUFFIXES = frozenset(
    (
        *("bin", "csv", "dat", "h5", "hdf5", "json", "nc", "npy", "npz", "raw", "rsf"),
        *("sac", "sgy", "segy", "su", "txt", "vtk", "yaml"),
    )
)


def link_of(text: Any, names: Collection[str]) -> Link | None:
    """Read a text as a link, where it is one; names : of all steps."""
    match = _LINK.fullmatch(text) if isinstance(text, str) else None
    if match is None or (match[1] not in names and match[2] in FILE_SUFFIXES):
        return None
    return Link(match[1], match[2])


def read_link(
    node: Node, where: str, names: Collection[str], findings: Findings
) -> Link | None:
    """Read what must be a link."""
    link = link_of(node.value, names)
    if link is None:
        text = (
            f"{where}: {shown(node.value)} is no output of a step (such as step.port)"
        )
        findings.add(node.line, text)
    return link


def read_source(
    node: Node, name: str, names: Collection[str], base: Path, findings: Findings
) -> Source | None:
    """Read the link or the path of one file; a path is made absolute."""
    if (link := link_of(node.value, names)) is not None:
        return link
    if isinstance(node.value, str) and node.value in names:
        text = f"'{node.value}' is a step; name its output: {node.value}.PORT"
        findings.add(node.line, f"{name}: {text}")
        return None
    path = read_path(node, base, name, findings)
    return None if path is None else Path.cwd() / path
