"""A deck after parsing: keywords with their records, values in SI units.

A value that the deck leaves out and for which its format states no default is None
(NaN in an array).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from anticline.errors import Finding

Value: TypeAlias = float | int | str | None
Cell: TypeAlias = "Value | NDArray[np.float64] | NDArray[np.int64] | list[str]"

SECTIONS = (
    "RUNSPEC",
    "GRID",
    "EDIT",
    "PROPS",
    "REGIONS",
    "SOLUTION",
    "SUMMARY",
    "SCHEDULE",
)


@dataclass(frozen=True)
class Record:
    """One record: values by the names of its items.

    given : names of the items that the deck itself states.
    """

    values: dict[str, Cell]
    given: frozenset[str]

    def text(self, name: str) -> str:
        """Give a text, upper case, "" where none is stated."""
        value = self.values.get(name)
        return value.upper() if isinstance(value, str) else ""

    def whole(self, name: str, otherwise: int = 0) -> int:
        """Give a whole number; `otherwise` where none is stated."""
        value = self.values.get(name)
        return value if isinstance(value, int) else otherwise

    def number(self, name: str) -> float | None:
        """Give a number in SI units; None where none is stated."""
        value = self.values.get(name)
        return float(value) if isinstance(value, float | int) else None

    def numbers(self, name: str | None = None) -> NDArray[np.float64]:
        """Give an item's list, or that of the only item."""
        key = next(iter(self.values)) if name is None else name
        return np.atleast_1d(np.asarray(self.values[key], np.float64))

    def texts(self, name: str) -> list[str]:
        """Give an item's list of texts."""
        value = self.values.get(name)
        if isinstance(value, list):
            return [str(one) for one in value]
        return [value] if isinstance(value, str) else []


@dataclass(frozen=True)
class Keyword:
    """A keyword where it stands.

    section : of the deck. file, line : of its name, from 1; None where unknown.
    """

    name: str
    section: str
    records: tuple[Record, ...]
    file: str | None = None
    line: int | None = None

    def finding(self, text: str) -> Finding:
        """Tell what is wrong with it."""
        return Finding(self.file, self.line, f"{self.name}: {text}")


@dataclass(frozen=True)
class Deck:
    """A whole deck.

    path : of its main file. files : all those that it is made of.
    unit_system : FIELD, METRIC, LAB or PVT-M.
    """

    path: str
    files: tuple[str, ...]
    unit_system: str
    keywords: tuple[Keyword, ...]
    _by_name: dict[str, list[Keyword]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Index the keywords by name."""
        for keyword in self.keywords:
            self._by_name.setdefault(keyword.name, []).append(keyword)

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def all(self, name: str) -> list[Keyword]:
        """Give every keyword of a name, in the order of the deck."""
        return list(self._by_name.get(name, ()))

    def last(self, name: str) -> Keyword | None:
        """Give the last keyword of a name."""
        found = self._by_name.get(name)
        return found[-1] if found else None

    def section(self, *names: str) -> Iterator[Keyword]:
        """Go through the keywords of some sections."""
        return (keyword for keyword in self.keywords if keyword.section in names)

    def finding(self, text: str) -> Finding:
        """Tell what is wrong with the deck as a whole."""
        return Finding(self.path, None, text)
