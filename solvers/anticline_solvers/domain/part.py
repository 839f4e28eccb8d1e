"""A rank's piece of a global array: how a state is told without its ranks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from anticline_solvers.domain.decomposition import Box
from anticline_solvers.domain.layout import Array


class Part(NamedTuple):
    """What one rank gives of a global array.

    shape : of the global array. box : this rank's piece, maybe empty; the boxes of
    all ranks tile the array. values : of the box's shape, the same dtype everywhere.
    unit : of the values.
    """

    name: str
    shape: tuple[int, ...]
    box: Box
    values: Array
    unit: str = "1"


ReadBox = Callable[[str, Sequence[int], Box], Array]
"""read(name, shape, box) -> a box of the global array of that name and shape."""


def under(name: str, parts: Iterable[Part]) -> list[Part]:
    """Put parts under a name, with a slash between."""
    return [part._replace(name=f"{name}/{part.name}") for part in parts]


def reading_under(name: str, read: ReadBox) -> ReadBox:
    """Read what `under` has put under a name."""
    return lambda part, shape, box: read(f"{name}/{part}", shape, box)
