"""An array that covers a window of a larger one, and is zero everywhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Window = tuple[tuple[int, ...], tuple[int, ...]]


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

    def add(self, part: Placed) -> None:
        """Add a part that lies within this window, in place."""
        cells = tuple(
            slice(a - o, b - o)
            for a, b, o in zip(part.first, part.last, self.first, strict=True)
        )
        self.values[cells] += part.values

    def filled(self, shape: tuple[int, ...]) -> Array:
        """Give the larger array; not a copy where the window is all of it."""
        if self.values.shape == shape:
            return self.values
        whole = np.zeros(shape, self.values.dtype)
        whole[self.box] = self.values
        return whole


def doubled(part: Placed) -> Placed:
    """Give a part in float64; itself where it is."""
    return Placed(part.first, np.asarray(part.values, np.float64))


def blank(windows: Iterable[Window]) -> Placed:
    """Make float64 zeros on the smallest window that holds all of them.

    windows : first cells and cells after the last, one at least; one without any cell
    is left out where there are others.
    """
    given = list(windows)
    some = [(a, b) for a, b in given if all(map(int.__lt__, a, b))] or given[:1]
    first = tuple(map(min, zip(*(first for first, _ in some), strict=True)))
    last = tuple(map(max, zip(*(last for _, last in some), strict=True)))
    shape = tuple(b - a for a, b in zip(first, last, strict=True))
    return Placed(first, np.zeros(shape, np.float64))


def total(parts: Iterable[Placed]) -> Placed:
    """Sum in float64, in the order given; one part at least."""
    given = list(parts)
    summed = blank((part.first, part.last) for part in given)
    for part in given:
        if part.values.size:
            summed.add(part)
    return summed
