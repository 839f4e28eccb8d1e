"""Sum shots by a binary tree whose shape depends only on the list of shots.

Floating-point addition is not associative: a sum in order of completion changes
with the number of ranks and from run to run. Here the sorted shot numbers are
halved again and again, a leaf is one shot, and a node adds its two halves:

    shots 0 1 2 3 4     ((0 + 1) + 2) + (3 + 4)

so the stack has the same bits whoever computed which shot, and when. A field of a
shot covers a window of the whole; that of a node covers the smallest window that
holds its children's, zero elsewhere. Depth first, the evaluation holds one partial
sum a level, log2(shots) + 1 of them. The top of the tree can be cut so that several
ranks evaluate branches of it; the result is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Branch = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Placed:
    """An array on a window of a larger one, zero outside; global to the window.

    first : cell of the larger array where the window starts, one entry an axis.
    values : on the window; without any element where the window is empty.
    """

    first: tuple[int, ...]
    values: Array

    @property
    def last(self) -> tuple[int, ...]:
        """Cell after the window's end for each axis."""
        return tuple(a + n for a, n in zip(self.first, self.values.shape, strict=True))

    @property
    def box(self) -> tuple[slice, ...]:
        """The window's place in the larger array."""
        return tuple(map(slice, self.first, self.last))


@dataclass(frozen=True, eq=False)
class Partial:
    """What shots add to a result: name -> array, each on a window of its own."""

    fields: Mapping[str, Placed]


def add(left: Partial, right: Partial) -> Partial:
    """Add two partial sums, left operand first, on the windows that hold both."""
    return Partial(
        {name: _joined(one, right.fields[name]) for name, one in left.fields.items()}
    )


def _joined(left: Placed, right: Placed) -> Placed:
    if not left.values.size or not right.values.size:
        return left if left.values.size else right
    first = tuple(map(min, left.first, right.first))
    last = tuple(map(max, left.last, right.last))
    total = np.zeros(tuple(map(int.__sub__, last, first)), left.values.dtype)
    total[_within(left, first)] = left.values
    total[_within(right, first)] += right.values
    return Placed(first, total)


def _within(part: Placed, origin: Sequence[int]) -> tuple[slice, ...]:
    return tuple(
        slice(a - o, b - o)
        for a, b, o in zip(part.first, part.last, origin, strict=True)
    )


def halves(branch: Branch) -> tuple[Branch, Branch]:
    """Split a branch of two or more shots; the left half is not the smaller."""
    middle = (len(branch) + 1) // 2
    return branch[:middle], branch[middle:]


def branches(shots: Iterable[int], at_least: int) -> list[Branch]:
    """Cut the tree at the first level with ``at_least`` nodes, or at its leaves."""
    level: list[Branch] = [tuple(sorted(shots))]
    while len(level) < at_least and any(len(branch) > 1 for branch in level):
        level = [
            part
            for branch in level
            for part in (halves(branch) if len(branch) > 1 else (branch,))
        ]
    return level


def total(
    shots: Iterable[int],
    load: Callable[[int], Partial],
    known: Callable[[Branch], Partial | None] = lambda _branch: None,
) -> Partial:
    """Sum shots by the tree.

    Parameters
    ----------
    shots : the distinct shot numbers, any order
    load : gives the fields of one shot; called once a shot that is not known
    known : gives a branch's sum where it is there already, None otherwise

    Raises ValueError where there is no shot, or one is listed twice.
    """
    branch = tuple(sorted(shots))
    if not branch or len(set(branch)) < len(branch):
        msg = f"a stack needs at least one shot and each once, found {list(branch)}"
        raise ValueError(msg)
    return _evaluate(branch, load, known)


def _evaluate(
    branch: Branch,
    load: Callable[[int], Partial],
    known: Callable[[Branch], Partial | None],
) -> Partial:
    there = known(branch)
    if there is not None:
        return there
    if len(branch) == 1:
        return load(branch[0])
    left, right = halves(branch)
    return add(_evaluate(left, load, known), _evaluate(right, load, known))
