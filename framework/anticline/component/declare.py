"""What a component declares about itself: frozen data, checked when made.

A declaration feeds the case reader, the command line, `anticline components`,
workflows and placement. It imports no solver: the driver is named as text,
"package.module:function", and resolved on the ranks only.

    FORWARD = Component(
        name="seismic.forward",
        summary="model shot gathers",
        inputs=(Input("model", VelocityModel, "the medium"),),
        outputs=(Output("gathers", ShotGathers, "one gather per shot"),),
        parameters=(Parameter("space_order", "int", "order in space", default=8,
                              choices=(2, 4, 8, 12, 16)),),
        run="anticline_solvers.seismic.forward:run",
        check="anticline_solvers.seismic.forward:check",
    )
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from anticline.component.executable import Words, misused
from anticline.component.resources import Resources
from anticline.component.types import PortType
from anticline.component.units import UNITS
from anticline.component.values import KINDS, ValueProblem, fit

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_COMPONENT_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_REFERENCE = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


class Required(Enum):
    """The default of a parameter that has none."""

    REQUIRED = "required"


REQUIRED = Required.REQUIRED


class DeclarationError(ValueError):
    """A declaration that contradicts itself; the text names the part."""


@dataclass(frozen=True)
class Input:
    """A file a component reads, or with ``many`` a list of at least one of them."""

    name: str
    type: PortType
    summary: str
    optional: bool = False
    many: bool = False

    def __post_init__(self) -> None:
        """Refuse a bad name or something that is no port type."""
        _check_port("input", self.name, self.type)


@dataclass(frozen=True)
class Output:
    """A file a component writes."""

    name: str
    type: PortType
    summary: str
    optional: bool = False

    def __post_init__(self) -> None:
        """Refuse a bad name or something that is no port type."""
        _check_port("output", self.name, self.type)


@dataclass(frozen=True)
class Parameter:
    """A number, text or list a component takes.

    ``kind`` is one of bool, int, float, str, list[float], list[int], list[str],
    map[int]. ``default`` REQUIRED means it must be given; None means it may be left
    out and the driver then sees None. ``unit`` is that of the value the driver
    receives; a case file may give another of the same dimension. ``minimum`` and
    ``maximum`` are inclusive and, like ``choices``, hold for every item of a list; of
    a map, ``choices`` are its names. ``identity`` false: the value changes how a
    result is made (memory, ranks) and not the result, so it is no part of a case's
    fingerprint.
    """

    name: str
    kind: str
    summary: str
    default: Any = REQUIRED
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Any, ...] | None = None
    identity: bool = True

    def __post_init__(self) -> None:
        """Refuse what contradicts itself (DeclarationError)."""
        where = f"parameter {self.name!r}"
        _check_name(where, self.name)
        if self.kind not in KINDS:
            msg = f"{where}: kind {self.kind!r} is not one of {', '.join(KINDS)}"
            raise DeclarationError(msg)
        self._check_limits(where)
        if self.default is not REQUIRED and self.default is not None:
            try:
                fit(self, self.default)
            except ValueProblem as problem:
                msg = f"{where}: default {problem}"
                raise DeclarationError(msg) from None

    def _check_limits(self, where: str) -> None:
        if self.unit and self.unit not in UNITS:
            msg = f"{where}: unit {self.unit!r} is not one of {', '.join(UNITS)}"
            raise DeclarationError(msg)
        numeric = "int" in self.kind or "float" in self.kind
        if not numeric and (self.unit, self.minimum, self.maximum) != ("", None, None):
            msg = f"{where}: a {self.kind} has no unit and no bounds"
            raise DeclarationError(msg)
        if None not in (self.minimum, self.maximum) and self.minimum > self.maximum:  # type: ignore[operator]
            msg = f"{where}: minimum {self.minimum} is above maximum {self.maximum}"
            raise DeclarationError(msg)
        if self.choices is not None and not _is_tuple(self.choices):
            msg = f"{where}: choices must be a tuple"
            raise DeclarationError(msg)

    @property
    def required(self) -> bool:
        """Whether a case must give it."""
        return self.default is REQUIRED


@dataclass(frozen=True)
class Component:
    """A program with typed files and parameters.

    ``run`` names the driver ``run(case, context) -> None``; in its place ``command``
    gives the words of an executable (`anticline.component.executable`). ``check``
    names an optional ``check(case, comm_size) -> list[Finding]`` that rank 0 calls
    before anything runs. ``version`` is part of a result's identity: raise it when
    the same inputs give another result.

    ``finished`` names an optional ``finished(case) -> bool``: whether every output is
    there as this very case's result, so that nothing need be started. ``digest``
    names an optional ``digest(path) -> str | None`` for inputs whose bytes also say
    when and how they were made: the sha256 of what they mean; None: of the bytes.

    ``reduces`` names a ``many`` input that takes what the component writes: the
    result of a list is then that of the results of its parts (a sum, a maximum), and
    a workflow may reduce it as a tree.
    """

    name: str
    summary: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    parameters: tuple[Parameter, ...]
    run: str = ""
    check: str | None = None
    finished: str | None = None
    digest: str | None = None
    resources: Resources = field(default_factory=Resources)
    architectures: tuple[str, ...] = ("x86_64", "aarch64")
    version: str = "1"
    reduces: str | None = None
    command: tuple[Words, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse what contradicts itself (DeclarationError)."""
        where = f"component {self.name!r}"
        if not _COMPONENT_NAME.fullmatch(self.name):
            msg = f"{where}: a name is lower-case words and dots"
            raise DeclarationError(msg)
        _check_parts(where, "inputs", self.inputs, Input)
        _check_parts(where, "outputs", self.outputs, Output)
        _check_parts(where, "parameters", self.parameters, Parameter)
        if not self.outputs:
            msg = f"{where}: at least one output is needed"
            raise DeclarationError(msg)
        for reference in (self.run or None, self.check, self.finished, self.digest):
            if reference is not None and not _REFERENCE.fullmatch(reference):
                msg = f"{where}: {reference!r} is not 'package.module:function'"
                raise DeclarationError(msg)
        self._check_program(where)
        self._check_reduction(where)

    @property
    def knows_finished(self) -> bool:
        """Whether it can be told that outputs are a case's result."""
        return self.finished is not None or self.command is not None

    def _check_program(self, where: str) -> None:
        if bool(self.run) == (self.command is not None):
            given = "both" if self.run else "neither"
            msg = f"{where}: either run or command is needed, {given} is given"
            raise DeclarationError(msg)
        if self.command is not None and (problem := misused(self.command, self)):
            msg = f"{where}: command {problem}"
            raise DeclarationError(msg)

    def _check_reduction(self, where: str) -> None:
        if self.reduces is None:
            return
        taken = [item for item in self.inputs if item.name == self.reduces]
        if not taken or not taken[0].many:
            msg = f"{where}: reduces {self.reduces!r}, which is no input of many files"
            raise DeclarationError(msg)
        if len(self.outputs) != 1 or self.outputs[0].type != taken[0].type:
            msg = (
                f"{where}: reduces {self.reduces!r}, so that its one output is of that "
                f"type: {taken[0].type.name}"
            )
            raise DeclarationError(msg)


def _check_name(where: str, name: str) -> None:
    if not _NAME.fullmatch(name):
        msg = f"{where}: a name is lower-case letters, digits and _"
        raise DeclarationError(msg)


def _is_tuple(given: Any) -> bool:
    return isinstance(given, tuple)


def _check_port(role: str, name: str, port_type: Any) -> None:
    _check_name(f"{role} {name!r}", name)
    if not isinstance(port_type, PortType):
        msg = f"{role} {name!r}: {port_type!r} is no PortType"
        raise DeclarationError(msg)


def _check_parts(where: str, role: str, parts: Iterable[Any], cls: type[Any]) -> None:
    if not _is_tuple(parts):
        msg = f"{where}: {role} must be a tuple"
        raise DeclarationError(msg)
    seen = set()
    for part in parts:
        if not isinstance(part, cls):
            msg = f"{where}: {part!r} in {role} is no {cls.__name__}"
            raise DeclarationError(msg)
        if part.name in seen:
            msg = f"{where}: {role} name {part.name!r} twice"
            raise DeclarationError(msg)
        seen.add(part.name)
