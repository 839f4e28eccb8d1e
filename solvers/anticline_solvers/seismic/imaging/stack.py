"""Sum shots by a binary tree whose shape depends only on the list of shots.

Floating-point addition is not associative: a sum in order of completion changes
with the number of ranks and from run to run. Here the shot numbers, in binary, are
the tree: a leaf is one shot, and a node adds those whose next bit is 0 to those whose
next bit is 1:

    shots 0 1 2 3 4     ((0 + 1) + (2 + 3)) + 4

so the stack has the same bits whoever computed which shot, and when, and a shot that
comes or goes changes the sums above it alone. A field of a shot covers a window of
the whole; that of a node covers the smallest window that holds its children's, zero
elsewhere. Shots are float32, their sums float64. Depth first, the evaluation holds one
partial sum a level, log2(shots) + 1 of them where the numbers are consecutive. Some
branches are evaluated by several ranks, and kept (`blocks`); the result is the same.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from anticline_solvers.domain import placed
from anticline_solvers.domain.placed import Placed

Branch = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Partial:
    """What shots add to a result: name -> array, each on a window of its own."""

    fields: Mapping[str, Placed]


def add(left: Partial, right: Partial) -> Partial:
    """Add two partial sums, left operand first, on the windows that hold both."""
    return Partial(
        {
            name: placed.total((one, right.fields[name]))
            for name, one in left.fields.items()
        }
    )


def halves(branch: Branch) -> tuple[Branch, Branch]:
    """Split a branch of two or more shots, sorted, where their numbers' bits part."""
    lowest, highest = branch[0], branch[-1]
    middle = 0
    if (lowest < 0) == (highest < 0):
        bit = (lowest ^ highest).bit_length() - 1
        middle = highest >> bit << bit
    at = bisect_left(branch, middle)
    return branch[:at], branch[at:]


def blocks(shots: Iterable[int]) -> list[list[Branch]]:
    """Give the branches whose sums are kept, level by level, the lowest first.

    On level i = 1, 2, ... they are the shots whose numbers agree but for the last
    3 i bits: branches of the tree, each of at most eight of the level below. Levels
    end where one branch would hold all shots.
    """
    levels: list[list[Branch]] = []
    ordered = sorted(shots)
    for bits in range(3, 66, 3):
        groups = groupby(ordered, partial(_without_last_bits, bits))
        level = [tuple(branch) for _, branch in groups]
        if len(level) <= 1:
            break
        levels.append([branch for branch in level if len(branch) > 1])
    return levels


def _without_last_bits(bits: int, number: int) -> int:
    return number >> bits


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
