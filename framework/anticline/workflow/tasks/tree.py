"""A reduction as a tree whose shape depends on the number of elements alone.

    20 elements, 8 at a time:    level 1, places 0, 1, 2:  0-7   8-15   16-19
                                 the root:                 the three of level 1

So an image stacked from 2,000 shots has the same bits in whichever order they come.
A lone element at the end of a level goes up as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def reduce_up(
    items: tuple[T, ...], fan_in: int, node: Callable[[int, int, tuple[T, ...]], T]
) -> tuple[T, ...]:
    """Reduce until at most ``fan_in`` items are left: those of the root.

    node : called with level (from 1), place in the level (from 0) and its items;
    gives what it makes of them.
    """
    level = 0
    while len(items) > max(2, fan_in):
        level += 1
        items = _level(items, max(2, fan_in), level, node)
    return items


def _level(
    items: tuple[T, ...],
    fan_in: int,
    level: int,
    node: Callable[[int, int, tuple[T, ...]], T],
) -> tuple[T, ...]:
    parts = [items[at : at + fan_in] for at in range(0, len(items), fan_in)]
    return tuple(
        node(level, place, part) if len(part) > 1 else part[0]
        for place, part in enumerate(parts)
    )
