"""A process of its own that parses one deck and writes it to its standard output.

    python -m anticline_solvers.reservoir.deck.parsing DECK > parsed

OPM's parser ends its process at some faults and takes any amount of memory for a
repeat count out of a damaged file; neither may happen to a rank. What is written is
one pickle: {"units": name, "keywords": [(name, [(values, given), ...]), ...]}, values
by item and in SI units, given the names of the items that the deck states. A fault
goes to the standard error, and the exit status is 1.
"""

from __future__ import annotations

import os
import pickle
import re
import resource
import sys
from typing import Any

import numpy as np

MOST_MEMORY = 8 * 2**30
_TOKEN = re.compile(r"'[^']*'|[^\s']+")
_REPEAT = re.compile(r"(\d+)\*(.*)")


def stated(text: str, items: int) -> list[bool]:
    """Tell of each single-valued item of a record whether its text states it."""
    found: list[bool] = []
    for token in _TOKEN.findall(text):
        if token == "/":
            break
        repeat = _REPEAT.fullmatch(token)
        count = int(repeat.group(1)) if repeat else 1
        found += [repeat is None or bool(repeat.group(2))] * count
    return (found + [False] * items)[:items]


def single(item: Any) -> Any:
    """Value of an item that has one: SI where it has a dimension."""
    if item.is_uda():
        value = item.get_uda(0)
        if value.is_string():
            return value.get_string()
        dimension = value.dimension()
        return value.get_double() * dimension.scaling + dimension.offset
    if item.is_double():
        return many(item)[0]
    return item.get_data_list()[0]


def many(item: Any) -> list[Any]:
    """Values of an item: SI where it has a dimension."""
    if not item.is_double():
        return list(item.get_data_list())
    try:
        return list(item.get_SI_data_list())
    except ValueError:
        return list(item.get_raw_data_list())


def listed(item: Any, text: str) -> Any:
    """Values of an item of many; NaN (or "") where the text leaves a number out."""
    values = many(item)
    if item.is_string():
        return [str(value) for value in values]
    array = np.array(values, np.float64 if item.is_double() else np.int64)
    if not array.size or array.all():  # what is left out reads as 0
        return array
    left_out = ~np.array(stated(text, array.size))
    return np.where(left_out, np.nan, array) if left_out.any() else array


def record_values(record: Any) -> tuple[dict[str, Any], frozenset[str]]:
    """Give a record's values, and the names of the items that it states."""
    items = list(record)
    if len(items) == 1:
        item = items[0]
        return {item.name(): listed(item, str(record))}, frozenset({item.name()})
    singles = next((i for i, item in enumerate(items) if len(item) > 1), len(items))
    marks = stated(str(record), len(items))
    values, given = {}, set()
    for position, item in enumerate(items):
        if position >= singles:
            values[item.name()] = listed(item, "")
            given.add(item.name())
            continue
        if marks[position]:
            given.add(item.name())
        values[item.name()] = value_of(item, marks[position])
    return values, frozenset(given)


def value_of(item: Any, is_stated: bool) -> Any:
    """Give an item's value or its default; None where it has neither."""
    if not len(item):
        return None
    try:
        value = single(item)
    except (RuntimeError, ValueError, TypeError):
        if is_stated:
            raise
        return None
    if not is_stated and value in (0, 0.0, ""):
        return None
    return value


def parsed(path: str) -> dict[str, Any]:
    """Parse a deck."""
    from opm.io.parser import Parser

    deck = Parser().parse(path)
    keywords = [(one.name, [record_values(record) for record in one]) for one in deck]
    return {"units": deck.active_unit_system().name, "keywords": keywords}


def main() -> int:
    """Parse the deck named on the command line."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # the parser's own words are no part of the result
    try:
        result = parsed(sys.argv[1])
    except ModuleNotFoundError:
        raise
    except Exception as error:
        print(f"{error}", file=sys.stderr)
        return 1
    with out:
        pickle.dump(result, out, protocol=5)
    return 0


if __name__ == "__main__":
    sys.exit(main())
