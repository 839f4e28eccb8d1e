"""How a grid is split over ranks: index arithmetic only, no MPI.

The grid is split along every axis but the last (z, contiguous in memory): a
2-D grid into strips, a 3-D grid into columns. Boxes are tuples of slices in
global cell numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod

Box = tuple[slice, ...]


@dataclass(frozen=True)
class Decomposition:
    """A grid of `shape` cells over a `process_grid` of ranks, x slowest.

    shape : global cells, absorbing layers included.
    process_grid : ranks along each axis but the last.

    Raises ValueError where an axis has fewer cells than ranks.
    """

    shape: tuple[int, ...]
    process_grid: tuple[int, ...]

    def __post_init__(self) -> None:
        for n, ranks in zip(self.shape, self.process_grid, strict=False):
            if ranks > n:
                msg = f"{ranks} ranks along an axis of {n} cells; use fewer ranks"
                raise ValueError(msg)

    @property
    def size(self) -> int:
        """Number of ranks."""
        return prod(self.process_grid)

    def owned(self, rank: int) -> Box:
        """Return the box that a rank computes; boxes of all ranks tile the grid."""
        place = []
        for ranks in reversed(self.process_grid):
            place.append(rank % ranks)
            rank //= ranks
        split = (
            slice(n * i // ranks, n * (i + 1) // ranks)
            for n, ranks, i in zip(
                self.shape, self.process_grid, reversed(place), strict=False
            )
        )
        return (*split, slice(0, self.shape[-1]))


@dataclass(frozen=True)
class Transfer:
    """Boxes exchanged with one peer: what it needs of mine, what I need of it."""

    peer: int
    send: Box
    receive: Box


def is_empty(box: Box) -> bool:
    """Tell whether a box holds no cell."""
    return any(side.stop <= side.start for side in box)


def size_of(box: Box) -> int:
    """Count the cells of a box."""
    return prod(max(0, side.stop - side.start) for side in box)


def intersect(first: Box, second: Box) -> Box:
    """Return the cells in both boxes; may be empty."""
    return tuple(
        slice(max(a.start, b.start), max(a.start, b.start, min(a.stop, b.stop)))
        for a, b in zip(first, second, strict=True)
    )


def grow(box: Box, cells: tuple[int, ...]) -> Box:
    """Grow the box by `cells` on both sides of each axis but the last."""
    split = (
        slice(side.start - n, side.stop + n)
        for side, n in zip(box, cells, strict=False)
    )
    return (*split, box[-1])


def shift(box: Box, origin: tuple[int, ...]) -> Box:
    """Return the box counted from `origin`."""
    return tuple(
        slice(side.start - o, side.stop - o)
        for side, o in zip(box, origin, strict=True)
    )


def transfers(
    decomposition: Decomposition, rank: int, depth: tuple[int, ...], region: Box
) -> Iterator[Transfer]:
    """List what a rank exchanges so that `depth` cells around it are valid.

    depth : halo cells along each split axis; any depth, also beyond the
        nearest neighbour's cells. Diagonal neighbours are included.
    region : the cells where the field exists (the grid, or a layer's slab).
    """
    mine = decomposition.owned(rank)
    for peer in range(decomposition.size):
        if peer == rank:
            continue
        theirs = decomposition.owned(peer)
        receive = intersect(intersect(grow(mine, depth), theirs), region)
        send = intersect(intersect(grow(theirs, depth), mine), region)
        if not (is_empty(receive) and is_empty(send)):
            yield Transfer(peer, send, receive)


def divide(
    box: Box, low: tuple[int, ...], high: tuple[int, ...]
) -> tuple[list[Box], Box]:
    """Split a box into rims next to neighbours and the rest.

    low, high : rim cells along each split axis (0 where there is no
        neighbour). The rims and the rest are disjoint and tile the box.
    """
    rims, rest = [], list(box)
    for axis, (below, above) in enumerate(zip(low, high, strict=True)):
        start, stop = rest[axis].start, rest[axis].stop
        first = min(start + below, stop)
        last = max(stop - above, first)
        for side in (slice(start, first), slice(last, stop)):
            rim = (*rest[:axis], side, *rest[axis + 1 :])
            if not is_empty(rim):
                rims.append(rim)
        rest[axis] = slice(first, last)
    return rims, tuple(rest)


def choose_process_grid(shape: tuple[int, ...], ranks: int) -> tuple[int, ...]:
    """Find the process grid with the smallest halo area for this many ranks.

    Raises ValueError where no process grid fits the cells.
    """
    split = shape[:-1]
    divisors = [p for p in range(1, ranks + 1) if ranks % p == 0]
    grids = [
        grid
        for grid in product(divisors, repeat=len(split))
        if prod(grid) == ranks and all(p <= n for p, n in zip(grid, split, strict=True))
    ]
    if not grids:
        cells = " x ".join(map(str, split))
        msg = (
            f"{ranks} ranks cannot share {cells} cells, layers included, with at least "
            f"one each; at most {prod(split)} can, and not every number below"
        )
        raise ValueError(msg)

    def halo_area(grid: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
        cells = prod(shape)
        area = sum((p - 1) * cells // n for p, n in zip(grid, shape, strict=False))
        return area, tuple(-p for p in grid)

    return min(grids, key=halo_area)
