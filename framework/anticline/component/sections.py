"""The sections of a case file, each held to the component's declaration.

Every function adds what it finds to a `Findings` and returns what is sound.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

from anticline.component.declare import Component, Input, Output
from anticline.component.document import Node
from anticline.component.findings import Findings, check_keys
from anticline.component.paths import read_path
from anticline.component.values import ValueProblem, fit


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
        elif not path.is_file():
            findings.add(line, f"input '{name}': {path} is a device or a pipe")
        elif trouble := _unreadable(path):
            findings.add(line, f"input '{name}': {path} cannot be read: {trouble}")
    return paths


def _unreadable(path: Path) -> str | None:
    """Say why not even the first byte of a file can be read."""
    try:
        with path.open("rb") as stream:
            stream.read(1)
    except OSError as error:
        return error.strerror
    return None


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
