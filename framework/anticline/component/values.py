"""From what a document says to the value a driver receives.

A parameter declared as a float in seconds:

    fit(parameter, "4 ms")  -> 0.004      (a float in the parameter's unit)
    fit(parameter, True)    -> ValueProblem where a number is needed
"""

from __future__ import annotations

import math
from typing import Any, Protocol

from anticline.component.units import UnitError, value_in

KINDS = (
    "bool",
    "int",
    "float",
    "str",
    "list[float]",
    "list[int]",
    "list[str]",
    "map[int]",
)

_NEEDED = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "str": "text",
}


class ValueProblem(ValueError):
    """A value that does not fit; the text says what was found and is needed."""


class Declared(Protocol):
    """The part of a parameter that decides which values fit."""

    @property
    def kind(self) -> str:
        """One of KINDS."""

    @property
    def unit(self) -> str:
        """Unit of the fitted value, or an empty text."""

    @property
    def minimum(self) -> float | None:
        """Least value, inclusive."""

    @property
    def maximum(self) -> float | None:
        """Largest value, inclusive."""

    @property
    def choices(self) -> tuple[Any, ...] | None:
        """The only values (of a map: the only names), or None."""


def fit(declared: Declared, given: Any) -> Any:
    """Convert ``given`` to the declared kind and unit, and hold it to the bounds.

    Returns bool, int, float or str, or a list of them; a single value given for a
    list is a list of one. A map is a dict whose names are among the choices.

    Raises
    ------
    ValueProblem
        With one line that says what was found and what is needed.
    """
    if declared.kind.startswith("map["):
        return _fit_map(declared, given)
    if not declared.kind.startswith("list["):
        return _fit_one(declared, declared.kind, given)
    if given is None or isinstance(given, dict):
        msg = f"{shown(given)} found, a list is needed: [ ... ]"
        raise ValueProblem(msg)
    kind = declared.kind[len("list[") : -1]
    if not isinstance(given, list | tuple):
        return [_fit_one(declared, kind, given)]
    fitted = []
    for position, item in enumerate(given, start=1):
        try:
            fitted.append(_fit_one(declared, kind, item))
        except ValueProblem as problem:
            msg = f"item {position}: {problem}"
            raise ValueProblem(msg) from None
    return fitted


def _fit_map(declared: Declared, given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        msg = f"{shown(given)} found, 'name: value' pairs are needed"
        raise ValueProblem(msg)
    kind = declared.kind[len("map[") : -1]
    fitted = {}
    for name, value in given.items():
        _insist_choice(declared, name)
        try:
            fitted[str(name)] = _in_bounds(declared, kind, value)
        except ValueProblem as problem:
            msg = f"{name}: {problem}"
            raise ValueProblem(msg) from None
    return fitted


def _insist_choice(declared: Declared, value: Any) -> None:
    if declared.choices is not None and value not in declared.choices:
        listed = ", ".join(str(choice) for choice in declared.choices)
        msg = f"{shown(value)} found, one of {listed} is needed"
        raise ValueProblem(msg)


def _fit_one(declared: Declared, kind: str, given: Any) -> Any:
    value = _of_kind(kind, declared.unit, given)
    _insist_choice(declared, value)
    return _in_bounds(declared, kind, given)


def _in_bounds(declared: Declared, kind: str, given: Any) -> Any:
    value = _of_kind(kind, declared.unit, given)
    if declared.minimum is not None and value < declared.minimum:
        _out_of_bounds(given, "at least", declared.minimum, declared.unit)
    if declared.maximum is not None and value > declared.maximum:
        _out_of_bounds(given, "at most", declared.maximum, declared.unit)
    return value


def _of_kind(kind: str, unit: str, given: Any) -> Any:
    if kind in ("int", "float"):
        number = _number(kind, unit, given)
        return int(number) if kind == "int" else float(number)
    if isinstance(given, bool if kind == "bool" else str):
        return given
    msg = f"{shown(given)} found, {_NEEDED[kind]} is needed"
    raise ValueProblem(msg)


def _number(kind: str, unit: str, given: Any) -> int | float:
    number: Any = given
    if isinstance(given, str):
        try:
            number = value_in(given, unit)
        except UnitError as error:
            raise ValueProblem(str(error)) from None
    if isinstance(number, bool) or not isinstance(number, int | float):
        msg = f"{shown(given)} found, {_NEEDED[kind]} is needed"
        raise ValueProblem(msg)
    if not _is_finite(number):
        msg = f"{shown(given)} found, a finite number is needed"
        raise ValueProblem(msg)
    if kind == "int" and number != int(number):
        msg = f"{shown(given)} found, a whole number is needed"
        raise ValueProblem(msg)
    return number


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:
        return False


def _out_of_bounds(given: Any, relation: str, bound: float, unit: str) -> None:
    needed = f"{bound:g} {unit}".rstrip()
    msg = f"{shown(given)} found, {relation} {needed} is needed"
    raise ValueProblem(msg)


def shown(given: Any) -> str:
    """Write a value as a message shows it: in one short line."""
    if given is None:
        return "nothing"
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, list | tuple):
        return "a list"
    if isinstance(given, dict):
        return "a mapping"
    try:
        text = repr(given)
    except ValueError:
        return "a whole number of thousands of digits"
    return text if len(text) <= 60 else text[:57] + "..."
