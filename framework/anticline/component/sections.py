"""The sections of a case file, each held to the component's declaration.

Every function adds what it finds to a `Findings` and returns what is sound.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from anticline.component.declare import Component, Input, Output
from anticline.component.document import Node
from anticline.component.findings import Findings, check_keys
from anticline.component.paths import read_path
from anticline.component.values import ValueProblem, fit

Paths = dict[str, Path]
Lists = dict[str, tuple[Path, ...]]


def read_inputs(
    given: Node,
    component: Component,
    folder: Path,
    coming: Collection[Path],
    findings: Findings,
) -> tuple[Paths, Lists]:
    """Resolve the input files, which must be there or be ``coming``.

    Returns those of one file, and those that are lists of files.
    """
    single = tuple(port for port in component.inputs if not port.many)
    check_keys(given.value, [port.name for port in component.inputs], "input", findings)
    paths = _read_ports(given, single, "input", folder, findings)
    lists = {}
    for port in component.inputs:
        if port.many and (files := _read_list(given, port, folder, findings)):
            lists[port.name] = files
    for name, file in [*paths.items(), *_each(lists)]:
        if trouble := lack(file, coming):
            findings.add(given.value[name].line, f"input '{name}': {file} {trouble}")
    return paths, lists


def _each(lists: Lists) -> Iterator[tuple[str, Path]]:
    return ((name, path) for name, paths in lists.items() for path in paths)


def _read_list(
    given: Node, port: Input, folder: Path, findings: Findings
) -> tuple[Path, ...]:
    """Resolve the files of an input that takes many; a single one is a list of one."""
    node = given.value.get(port.name)
    texts = None if node is None else node.value
    if node is None or texts is None or texts == []:
        if not port.optional:
            text = f"input '{port.name}' is missing: a list of {port.type.name}"
            line = given.line if node is None else node.line
            findings.add(line, f"{text}, {port.summary}")
        return ()
    where = f"input '{port.name}'"
    items = texts if isinstance(texts, list) else [texts]
    found = [
        read_path(Node(item, node.line), folder, where, findings) for item in items
    ]
    return tuple(path for path in found if path is not None)


def lack(path: Path, coming: Collection[Path] = ()) -> str | None:
    """Say what keeps an input from being read; None: nothing."""
    if path.is_dir():
        return "is a folder"
    if not path.exists():
        return None if path in coming else "is not there"
    if not path.is_file():
        return "is a device or a pipe"
    trouble = _unreadable(path)
    return f"cannot be read: {trouble}" if trouble else None


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
    inputs: Iterable[tuple[str, Path]],
    findings: Findings,
) -> Paths:
    """Resolve the output files; none may be an input or another output."""
    check_keys(
        given.value, [port.name for port in component.outputs], "output", findings
    )
    paths = _read_ports(given, component.outputs, "output", folder, findings)
    taken = {os.path.abspath(path): f"input '{key}'" for key, path in inputs}  # noqa: PTH100  no links are left in it
    for name, path in paths.items():
        line = given.value[name].line
        owner = taken.setdefault(os.path.abspath(path), f"output '{name}'")  # noqa: PTH100
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
