"""Tables of a deck: columns, what is left out filled in, and rising or falling."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from anticline.errors import Finding
from anticline_solvers.reservoir.deck.keywords import Deck, Keyword

Floats = NDArray[np.float64]
Course = Literal["rises", "falls", "does not fall", "does not rise"]


def columns(
    keyword: Keyword, values: Floats, count: int, found: list[Finding], table: int = 1
) -> tuple[Floats, ...] | None:
    """Split a table's values into columns; what is left out lies between neighbours."""
    if not values.size or values.size % count:
        text = f"table {table}: {values.size} values make no rows of {count}"
        found.append(keyword.finding(text))
        return None
    rows = values.reshape(-1, count)
    made = tuple(_filled(rows[:, 0], rows[:, at]) for at in range(count))
    if any(not np.isfinite(column).all() for column in made):
        text = f"table {table}: a value at an end of a column cannot be left out"
        found.append(keyword.finding(text))
        return None
    return made


def _filled(at: Floats, column: Floats) -> Floats:
    known = np.isfinite(column)
    if known.all() or not known[[0, -1]].all() or not np.isfinite(at).all():
        return np.ascontiguousarray(column)
    return np.interp(at, at[known], column[known])


def check_course(
    keyword: Keyword,
    name: str,
    values: Floats,
    course: Course,
    found: list[Finding],
    table: int = 1,
) -> None:
    """Find the first row at which a column does not go as it must."""
    steps = np.diff(values)
    bad = {
        "rises": steps <= 0,
        "falls": steps >= 0,
        "does not fall": steps < 0,
        "does not rise": steps > 0,
    }[course]
    if bad.any():
        row = int(np.argmax(bad)) + 2
        text = f"table {table}, row {row}: {name} must be a column that {course}"
        found.append(keyword.finding(text))


def check_range(
    keyword: Keyword,
    name: str,
    values: Floats,
    low: float,
    high: float,
    found: list[Finding],
    table: int = 1,
) -> None:
    """Find the first value outside its bounds (low itself excluded where it is 0+)."""
    bad = ~((values >= low) & (values <= high))
    if bad.any():
        row = int(np.argmax(bad)) + 1
        text = f"table {table}, row {row}: {name} must be {low:g} to {high:g}"
        found.append(keyword.finding(text))


def check_positive(
    keyword: Keyword, name: str, values: Floats, found: list[Finding], table: int = 1
) -> None:
    """Find the first value that is not above zero."""
    bad = ~((values > 0) & np.isfinite(values))
    if bad.any():
        row = int(np.argmax(bad)) + 1
        text = f"table {table}, row {row}: {name} must be above zero"
        found.append(keyword.finding(text))


def needed(deck: Deck, name: str, regions: int, found: list[Finding]) -> Keyword | None:
    """Find a keyword with a table for each region."""
    keyword = deck.last(name)
    if keyword is None:
        found.append(deck.finding(f"{name} is needed"))
        return None
    if len(keyword.records) < regions:
        text = f"{len(keyword.records)} tables for {regions} regions"
        found.append(keyword.finding(text))
        return None
    return keyword
