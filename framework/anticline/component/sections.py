"""The sections of a case file, each held to the component's declaration.

Every function adds what it finds to a `Findings` and returns what is sound.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anticline.component.declare import Component, Input, Output
from anticline.component.document import Node
from anticline.component.values import ValueProblem, fit
from anticline.errors import Finding

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_MEANING = {
    "ANTICLINE_DATA": " (the folder that holds the public data sets)",
}


@dataclass
class Findings:
    """What is wrong in one file, gathered."""

    file: str
    found: list[Finding] = field(default_factory=list)

    def add(self, line: int | None, text: str) -> None:
        """Note one thing."""
        self.found.append(Finding(self.file, line, text))


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
    return f"unknown {what} '{key}'; {hint}"


def section(top: dict[str, Node], name: str, findings: Findings) -> Node:
    """Give a section's mapping with its line; empty when absent or no mapping."""
    node = top.get(name)
    if node is None or node.value is None:
        return Node({}, 1 if node is None else node.line)
    if not isinstance(node.value, dict):
        findings.add(node.line, f"'{name}' needs 'key: value' pairs")
        return Node({}, node.line)
    return node


def read_inputs(
    given: Node,
    component: Component,
    folder: Path,
    coming: Collection[Path],
    findings: Findings,
) -> dict[str, Path]:
    """Resolve the input files, which must be there or be ``coming``."""
    paths = _read_ports(given, component.inputs, "input", folder, findings)
    for name, path in paths.items():
        line = given.value[name].line
        if path.is_dir():
            findings.add(line, f"input '{name}': {path} is a folder")
        elif not path.exists():
            if path in coming:
                continue
            findings.add(line, f"input '{name}': {path} is not there")
        elif not os.access(path, os.R_OK):
            findings.add(line, f"input '{name}': {path} may not be read")
    return paths


def read_outputs(
    given: Node,
    component: Component,
    folder: Path,
    inputs: dict[str, Path],
    findings: Findings,
) -> dict[str, Path]:
    """Resolve the output files; none may be an input or another output."""
    paths = _read_ports(given, component.outputs, "output", folder, findings)
    taken = {os.path.realpath(path): f"input '{key}'" for key, path in inputs.items()}
    for name, path in paths.items():
        line = given.value[name].line
        owner = taken.setdefault(os.path.realpath(path), f"output '{name}'")
        if owner != f"output '{name}'":
            findings.add(line, f"output '{name}': {path} is also {owner}")
        if path.is_dir():
            findings.add(line, f"output '{name}': {path} is a folder")
    return paths


def _read_ports(
    given: Node,
    ports: tuple[Input, ...] | tuple[Output, ...],
    role: str,
    folder: Path,
    findings: Findings,
) -> dict[str, Path]:
    check_keys(given.value, [port.name for port in ports], role, findings)
    paths = {}
    for port in ports:
        node = given.value.get(port.name)
        if node is not None and node.value is not None:
            where = f"{role} '{port.name}'"
            path = read_path(node, folder, where, findings)
            if path is not None:
                paths[port.name] = path
        elif not port.optional:
            findings.add(
                given.line if node is None else node.line,
                f"{role} '{port.name}' is missing: {port.type.name}, {port.summary}",
            )
    return paths


def read_path(node: Node, folder: Path, where: str, findings: Findings) -> Path | None:
    """Expand ${VAR} and ~, and take a relative path from ``folder``.

    Links and ".." are resolved; below the current folder the path is relative.
    """
    text = node.value
    if not isinstance(text, str) or not text.strip() or "\0" in text:
        findings.add(node.line, f"{where} needs the path of a file")
        return None
    unset = sorted({name for name in _VARIABLE.findall(text) if not os.getenv(name)})
    for name in unset:
        meaning = _MEANING.get(name, "")
        findings.add(
            node.line,
            f"{where}: ${{{name}}}{meaning} is not set; "
            f"set it, as in: export {name}=/path",
        )
    if unset:
        return None
    expanded = _VARIABLE.sub(lambda match: os.environ[match[1]], text)
    try:
        return _short((folder / Path(expanded).expanduser()).resolve())
    except (OSError, RuntimeError, ValueError) as error:
        findings.add(node.line, f"{where}: {text!r}: {error}")
        return None


def _short(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def read_parameters(
    given: Node, component: Component, findings: Findings
) -> dict[str, Any]:
    """Fit the parameters to their declarations, defaults filled in."""
    declared = component.parameters
    check_keys(given.value, [item.name for item in declared], "parameter", findings)
    values: dict[str, Any] = {}
    for parameter in declared:
        node = given.value.get(parameter.name)
        where = f"parameter '{parameter.name}'"
        if node is None or (node.value is None and parameter.default is None):
            if parameter.required:
                kind = f"{parameter.kind} [{parameter.unit}]".removesuffix(" []")
                text = f"{where} is missing: {kind}, {parameter.summary}"
                findings.add(given.line, text)
            else:
                default = parameter.default
                values[parameter.name] = (
                    default if default is None else fit(parameter, default)
                )
            continue
        try:
            values[parameter.name] = fit(parameter, node.value)
        except ValueProblem as problem:
            findings.add(node.line, f"{where}: {problem}")
    return values
