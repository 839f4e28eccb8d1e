"""Who flows to whom on a rank: its cells, its connections, the blocks of its Jacobian.

Two-point flux: a connection joins two cells, and only they appear in its flow. The
Jacobian has a block of 3 x 3 for each cell, each connection and way, and each pair of
cells of a well. Rows of a rank are its own cells; blocks among them are the *diagonal
part*, blocks to halo cells the *coupling part*; both in compressed rows, columns
rising, exactly as PETSc keeps a BAIJ matrix of several ranks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from anticline_solvers.reservoir.description import Floats, Grid, Integers
from anticline_solvers.reservoir.equations import GRAVITY


@dataclass(frozen=True)
class Part:
    """The cells of one rank.

    owned : (n,) active cells, in the order of rows. halo : (h,) active cells around
    them, by row. first_row : of the rank. rows : (cells of all ranks,) row of each
    active cell. owner : (cells of all ranks,) rank of each active cell.
    """

    owned: Integers
    halo: Integers
    first_row: int
    rows: Integers
    owner: Integers

    @property
    def cells(self) -> Integers:
        """Local cells: owned, then halo."""
        return np.concatenate([self.owned, self.halo])

    def local(self) -> Integers:
        """Give the local number of each active cell, -1 where it is not here."""
        number = np.full(len(self.rows), -1, np.int64)
        number[self.cells] = np.arange(len(self.owned) + len(self.halo))
        return number


class Flows(NamedTuple):
    """Connections of a rank, m of them; the first cell of each is its own.

    inner : the second cell is its own too, in the first `inner` connections.
    a, b : (m,) local cells. transmissibility : (m,) [m3].
    weight : (m,) [m2/s2] g (z_a - z_b) / 2, of the sum of two densities.
    ab, ba : (m,) blocks; ab counts in the coupling part beyond `inner`, where ba is 0.
    """

    inner: int
    a: Integers
    b: Integers
    transmissibility: Floats
    weight: Floats
    ab: Integers
    ba: Integers


@dataclass(frozen=True)
class Rows:
    """Blocks of n rows in compressed form: start (n + 1,), column (blocks,)."""

    start: Integers
    column: Integers

    def block(self, row: Integers, column: Integers) -> Integers:
        """Give the number of each block; every one must be there."""
        width = int(self.column.max(initial=0)) + 1
        every = np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))
        return np.searchsorted(every * width + self.column, row * width + column)


@dataclass(frozen=True)
class Pattern:
    """Blocks of a rank: diagonal part, coupling part (columns count halo cells)."""

    diagonal: Rows
    coupling: Rows
    own: Integers

    @property
    def blocks(self) -> tuple[int, int]:
        """How many blocks the two parts have."""
        return len(self.diagonal.column), len(self.coupling.column)


def part_of(grid: Grid, owner: Integers, order: Integers, rank: int) -> Part:
    """Give the cells of a rank.

    owner : (cells,) rank of each active cell. order : (cells,) active cells in the
    order in which a rank numbers its own.
    """
    by_row = order[np.argsort(owner[order], kind="stable")]
    rows = np.empty(len(owner), np.int64)
    rows[by_row] = np.arange(len(owner))
    owned = by_row[owner[by_row] == rank]
    a, b = grid.connections.T
    beyond = np.concatenate([b[owner[a] == rank], a[owner[b] == rank]])
    halo = np.unique(beyond[owner[beyond] != rank])
    halo = halo[np.argsort(rows[halo])]
    first = int(rows[owned[0]]) if len(owned) else int(np.sum(owner < rank))
    return Part(owned, halo, first, rows, owner)


def pattern_of(grid: Grid, part: Part, groups: Sequence[Integers]) -> Pattern:
    """Give the blocks of a rank; groups : local cells of each well."""
    count = len(part.owned)
    a, b = _local_ends(grid, part)
    inner = (a < count) & (b < count)
    cells = np.arange(count)
    pairs = [np.stack([cells, cells]), np.stack([a[inner], b[inner]])]
    pairs.append(np.stack([b[inner], a[inner]]))
    pairs += [_every_pair(group) for group in groups]
    diagonal = _rows(np.concatenate(pairs, axis=1), count)
    coupling = _rows(np.stack([a[~inner], b[~inner] - count]), count)
    return Pattern(diagonal, coupling, diagonal.block(cells, cells))


def flows_of(grid: Grid, part: Part, pattern: Pattern) -> Flows:
    """Give the connections of a rank, its inner ones first, each by its first cell."""
    count = len(part.owned)
    a, b = _local_ends(grid, part)
    kept = _kept(grid, part)
    inner = (a < count) & (b < count)
    order = np.lexsort((b, a, ~inner))
    a, b, kept = a[order], b[order], kept[order]
    number = int(inner.sum())
    depth = grid.depth[part.cells]
    coupling = pattern.coupling.block(a[number:], b[number:] - count)
    there = pattern.diagonal.block(a[:number], b[:number])
    back = pattern.diagonal.block(b[:number], a[:number])
    return Flows(
        inner=number,
        a=a,
        b=b,
        transmissibility=np.ascontiguousarray(grid.transmissibility[kept]),
        weight=0.5 * GRAVITY * (depth[a] - depth[b]),
        ab=np.concatenate([there, coupling]),
        ba=np.concatenate([back, np.zeros(len(a) - number, np.int64)]),
    )


def _kept(grid: Grid, part: Part) -> Integers:
    count = len(part.owned)
    ends = part.local()[grid.connections]
    here = np.any((ends >= 0) & (ends < count), axis=1)
    return np.flatnonzero(here & (grid.transmissibility != 0.0))


def _local_ends(grid: Grid, part: Part) -> tuple[Integers, Integers]:
    """Give the local cells of each connection here, the smaller (owned) one first."""
    ends = np.sort(part.local()[grid.connections[_kept(grid, part)]], axis=1)
    return ends[:, 0], ends[:, 1]


def _every_pair(cells: Integers) -> Integers:
    return np.stack([np.repeat(cells, len(cells)), np.tile(cells, len(cells))])


def _rows(pairs: Integers, count: int) -> Rows:
    width = int(pairs[1].max(initial=0)) + 1
    keys = np.unique(pairs[0] * width + pairs[1])
    start = np.searchsorted(keys, np.arange(count + 1) * width)
    return Rows(start.astype(np.int64), keys % width)
