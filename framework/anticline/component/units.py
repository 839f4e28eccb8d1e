"""Quantities with units: "8 Hz", "1.5 km/s", "4 GiB".

    value_in("10 m", "m")   -> 10.0
    value_in("4 ms", "s")   -> 0.004
    value_in("8 Hz", "m")   -> UnitError: '8 Hz' is a frequency, a length is needed
    value_in("8 yd", "m")   -> UnitError: unit 'yd' is not one of m, km, cm, mm, ft

A fixed table, because a case file needs few units and a command that only
prints its help should not load a library of thousands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation


class UnitError(ValueError):
    """A text that is no quantity, or a quantity of another dimension."""


@dataclass(frozen=True)
class Unit:
    """A unit: its dimension and its size in the SI unit of that dimension."""

    dimension: str
    size: Decimal


def _units(dimension: str, **sizes: str) -> dict[str, Unit]:
    return {name: Unit(dimension, Decimal(size)) for name, size in sizes.items()}


UNITS: dict[str, Unit] = {
    **_units("length", m="1", km="1000", cm="0.01", mm="0.001", ft="0.3048"),
    **_units("time", s="1", ms="0.001", us="0.000001", min="60", h="3600", d="86400"),
    **_units("frequency", Hz="1", kHz="1000"),
    "m/s": Unit("velocity", Decimal(1)),
    "km/s": Unit("velocity", Decimal(1000)),
    "ft/s": Unit("velocity", Decimal("0.3048")),
    **_units("pressure", Pa="1", kPa="1000", MPa="1000000", bar="100000"),
    "kg/m3": Unit("density", Decimal(1)),
    "g/cm3": Unit("density", Decimal(1000)),
    **_units("memory", bytes="1", KiB="1024", MiB=str(2**20), GiB=str(2**30)),
    **_units("memory", kB="1000", MB=str(10**6), GB=str(10**9), TiB=str(2**40)),
    **_units("angle", deg="1"),
}

MOST_CHARACTERS = 60


def size_text(n_bytes: float) -> str:
    """Write a number of bytes for a person: 784 bytes, 78.4 kB, 1.94 TB."""
    size, unit = float(n_bytes), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 999.5:
            break
        size, unit = size / 1000.0, larger
    return f"{size:.3g} {unit}"


_QUANTITY = re.compile(r"\s*([-+]?[0-9.][0-9._]*(?:[eE][-+]?[0-9]{1,3})?)\s*(\S*)\s*")


def value_in(text: str, unit: str) -> float:
    """Convert a quantity to a number of ``unit``.

    The product is taken in decimal, so "4 ms" is exactly the float 0.004.

    Raises
    ------
    UnitError
        No quantity, an unknown unit, another dimension; the text says which,
        and what to write.
    """
    if len(text) > MOST_CHARACTERS:
        msg = f"{text[:MOST_CHARACTERS]!r}... is no number"
        raise UnitError(msg)
    number, given = _split(text, unit)
    if not given:
        msg = f"{text!r} is text; write the number without quotes"
        raise UnitError(msg)
    if not unit:
        msg = f"{text!r} has the unit {given!r} and this is a plain number"
        raise UnitError(msg)
    target = UNITS[unit]
    source = _unit(given, text, target.dimension)
    if source.dimension != target.dimension:
        msg = (
            f"{text!r} is a {source.dimension}, a {target.dimension} is needed "
            f"(such as '1 {unit}')"
        )
        raise UnitError(msg)
    return float(number * source.size / target.size)


def _split(text: str, unit: str) -> tuple[Decimal, str]:
    match = _QUANTITY.fullmatch(text)
    try:
        if match is not None:
            return Decimal(match[1]), match[2]
    except InvalidOperation:
        pass
    example = f"1 {unit}" if unit else "1"
    msg = f"{text!r} is no number (such as {example})"
    raise UnitError(msg)


def _unit(name: str, text: str, dimension: str) -> Unit:
    try:
        return UNITS[name]
    except KeyError:
        fitting = (key for key, unit in UNITS.items() if unit.dimension == dimension)
        msg = f"{text!r}: unit {name!r} is not one of {', '.join(fitting)}"
        raise UnitError(msg) from None
