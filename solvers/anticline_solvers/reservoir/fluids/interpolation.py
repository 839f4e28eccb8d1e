"""Piecewise linear functions: points (k, columns), a table in first .. last - 1.

One column rises and is looked up, the others are its functions. Kernels are handed
arrays, not the tuples that hold them: within a loop over cells, taking an array out of
a tuple costs more than the look-up.
"""

from __future__ import annotations

import numba as nb

from anticline_solvers.reservoir.description import Floats


@nb.njit(cache=True, error_model="numpy", inline="always")
def interval(points: Floats, column: int, first: int, last: int, at: float) -> int:
    """Give i with x[i] <= at < x[i + 1], or the first or last interval beyond them."""
    low = first
    high = last - 1
    while high - low > 1:
        middle = (low + high) >> 1
        if at < points[middle, column]:
            high = middle
        else:
            low = middle
    return low


@nb.njit(cache=True, error_model="numpy", inline="always")
def slope(points: Floats, x: int, y: int, i: int) -> float:
    """Give the slope of column y against column x in interval i."""
    return (points[i + 1, y] - points[i, y]) / (points[i + 1, x] - points[i, x])  # type: ignore[no-any-return]


@nb.njit(cache=True, error_model="numpy", inline="always")
def line(points: Floats, x: int, y: int, i: int, at: float):  # type: ignore[no-untyped-def]
    """Give value and slope of interval i, extended beyond its ends."""
    rise = slope(points, x, y, i)
    return points[i, y] + rise * (at - points[i, x]), rise


@nb.njit(cache=True, error_model="numpy", inline="always")
def place(points: Floats, first: int, last: int, at: float):  # type: ignore[no-untyped-def]
    """Give the interval of the first column, `at` within the table, and 1, or 0 beyond.

    For functions that are constant beyond their table.
    """
    inside = 1.0
    if at < points[first, 0]:
        at = points[first, 0]
        inside = 0.0
    if at > points[last - 1, 0]:
        at = points[last - 1, 0]
        inside = 0.0
    return interval(points, 0, first, last, at), at, inside


@nb.njit(cache=True, error_model="numpy", inline="always")
def bounded(points: Floats, y: int, i: int, at: float, inside: float):  # type: ignore[no-untyped-def]
    """Give value and slope of column y where `place` has found it."""
    value, rise = line(points, 0, y, i, at)
    return value, rise * inside
