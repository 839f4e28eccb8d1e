"""A case file: one run of one component.

    component: seismic.rtm
    inputs:  {model: smooth.h5, gathers: "${ANTICLINE_DATA}/gathers.h5"}
    outputs: {image: image.h5}
    parameters: {imaging_interval_s: 8 ms, aperture_m: 1.5 km}
    folder: results

Inputs are taken from the case file's folder, outputs from ``folder`` (itself
taken from the case file's folder; left out, it is that folder). A file whose name ends
in .json holds the same as JSON.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anticline.component.declare import Component
from anticline.component.document import Node, quoted, read_document
from anticline.component.findings import Findings, check_keys, section
from anticline.component.fingerprint import file_sha256, fingerprint, list_sha256
from anticline.component.paths import read_path
from anticline.component.registry import Registry
from anticline.component.sections import read_inputs, read_outputs, read_parameters
from anticline.errors import CaseError, Finding

KEYS = ("component", "inputs", "outputs", "parameters", "folder")


@dataclass(frozen=True, eq=False)
class Case:
    """A case that fits its component's declaration.

    ``inputs`` and ``outputs`` map port names to paths (an optional port left out
    is absent), ``parameters`` hold every declared name, defaults filled in, in
    the declared unit. ``lists`` hold the files of inputs declared ``many``. ``lines``
    maps "parameters.space_order" and its like to line numbers of ``path``.
    """

    component: Component
    inputs: dict[str, Path]
    outputs: dict[str, Path]
    parameters: dict[str, Any]
    path: Path
    lines: dict[str, int] = field(default_factory=dict)
    lists: dict[str, tuple[Path, ...]] = field(default_factory=dict)

    @property
    def sources(self) -> list[tuple[str, Path]]:
        """Every input file with its port, those of lists one by one."""
        listed = [(name, path) for name, files in self.lists.items() for path in files]
        return [*self.inputs.items(), *listed]

    def finding(self, key: str, text: str) -> Finding:
        """Say something about ``key`` ("parameters.space_order") at its line.

        A parameter left to its default has none: the line of the section, or of
        the component, is given.
        """
        for name in (key, key.partition(".")[0], "component"):
            if name in self.lines:
                return Finding(str(self.path), self.lines[name], text)
        return Finding(str(self.path), None, text)

    def awaited(self) -> list[str]:
        """Name the inputs that are not there yet; an earlier case writes them."""
        lacking = [name for name, path in self.sources if not path.exists()]
        return list(dict.fromkeys(lacking))

    def input_hashes(self) -> dict[str, str]:
        """Give the sha256 of each input's content; reads every input once.

        That of a list is the sha256 of its files' ones, in their order.
        """
        digest = self.component.digest
        single = {name: file_sha256(path, digest) for name, path in self.inputs.items()}
        lists = {
            name: list_sha256([file_sha256(path, digest) for path in paths])
            for name, paths in self.lists.items()
        }
        return single | lists

    def fingerprint(self, inputs: Mapping[str, str] | None = None) -> str:
        """Give the identity of the result; reads every input once.

        inputs : what `input_hashes` gave, where it was asked already.
        """
        return fingerprint(
            self.component.name,
            self.component.version,
            {
                p.name: self.parameters[p.name]
                for p in self.component.parameters
                if p.identity
            },
            self.input_hashes() if inputs is None else inputs,
        )


@dataclass(frozen=True)
class Reading:
    """What reading a case file gave.

    ``case`` is None where there are findings; ``outputs`` are those that could be
    told all the same.
    """

    path: Path
    case: Case | None
    outputs: dict[str, Path]
    findings: list[Finding]


def load_case(path: Path, registry: Registry) -> Case:
    """Read a case file and hold it to its component's declaration.

    Raises
    ------
    CaseError
        With every finding, each ``file:line  message``.
    """
    reading = read_case(path, registry)
    if reading.case is None:
        raise CaseError(reading.findings)
    return reading.case


def read_case(path: Path, registry: Registry, coming: Collection[Path] = ()) -> Reading:
    """Read a case file; an input that is not there may be one of ``coming``.

    Raises
    ------
    CaseError
        When the file holds no document at all.
    """
    top, found = read_document(path)
    findings = Findings(str(path), found)
    check_keys(top, KEYS, "key", findings)
    component = _component(top, registry, findings)
    if component is None:
        return Reading(path, None, {}, findings.in_order())
    folder = path.parent
    inputs, lists = read_inputs(
        section(top, "inputs", findings), component, folder, coming, findings
    )
    if (node := top.get("folder")) is not None:
        folder = read_path(node, folder, "folder", findings) or folder
    taken = [
        *inputs.items(),
        *((k, path) for k, paths in lists.items() for path in paths),
    ]
    outputs = read_outputs(
        section(top, "outputs", findings), component, folder, taken, findings
    )
    parameters = read_parameters(
        section(top, "parameters", findings), component, findings
    )
    if findings.found:
        return Reading(path, None, outputs, findings.in_order())
    case = Case(component, inputs, outputs, parameters, path, _lines(top), lists)
    return Reading(path, case, outputs, [])


def _component(
    top: dict[str, Node], registry: Registry, findings: Findings
) -> Component | None:
    node = top.get("component")
    if node is None or not isinstance(node.value, str):
        line = 1 if node is None else node.line
        findings.add(line, "'component' is missing, such as component: seismic.forward")
        return None
    known = registry.components.get(node.value)
    if known is None:
        findings.add(node.line, unknown_component(node.value, registry))
    return known


def unknown_component(name: str, registry: Registry) -> str:
    """Say that a component is not installed, and which one may be meant."""
    near = registry.near(name)
    hint = (
        f"did you mean {' or '.join(near)}?"
        if near
        else "see them all: anticline components"
    )
    broken = "".join(f"; {plugin}" for plugin in registry.broken)
    return f"unknown component {quoted(name)}; {hint}{broken}"


def _lines(top: dict[str, Node]) -> dict[str, int]:
    lines = {}
    for key, node in top.items():
        lines[key] = node.line
        if isinstance(node.value, dict):
            for name, item in node.value.items():
                lines[f"{key}.{name}"] = item.line
    return lines
