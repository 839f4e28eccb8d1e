"""A box of cells cut into the tiles of GPU blocks: those beside layers, and the rest.

A tile is [x0, x1) x [y0, y1) x [z0, z1), local cells. Tiles along z begin at z = 0,
so every row of a tile begins on 64 bytes. Along x a tile is as long as it can be
while every multiprocessor still has several: each tile reads 2 R planes twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.acoustic.kernels.cuda_source import Shape
from anticline_solvers.acoustic.memory import Slab
from anticline_solvers.domain.decomposition import Box

TILES_A_MULTIPROCESSOR = 32
SHORTEST = {2: 8, 3: 16}
"""Planes along x of a tile at least, by the number of axes."""

Spans = list[tuple[int, int]]


class Tiles(NamedTuple):
    """Tiles of a box, int32 (n, 6) each: x0, x1, y0, y1, z0, z1.

    plain : that touch no layer, `rows` rows of threads high.
    layered : that do, one row of threads high.
    """

    plain: NDArray[np.int32]
    layered: NDArray[np.int32]


def cut(box: Box, slabs: tuple[Slab, ...], shape: Shape, multiprocessors: int) -> Tiles:
    """Cut a box of local cells, (x, z) or (x, y, z), into tiles."""
    ndim, x, z = len(box), box[0], box[-1]
    y = box[1] if ndim == 3 else slice(0, 1)
    axis_y = 1 if ndim == 3 else None
    across = list(
        product(_spans(y, shape.threads_y * shape.rows), _spans(z, shape.threads_z))
    )
    length = _length(x, len(across), ndim, multiprocessors)
    plain, layered = [], []
    for along in _between_slabs(x, slabs):
        in_x = _touches(slabs, 0, along)
        for span_x in _spans(slice(*along), length):
            for span_y, span_z in across:
                beside = (
                    in_x
                    or (axis_y is not None and _touches(slabs, axis_y, span_y))
                    or _touches(slabs, ndim - 1, span_z)
                )
                if beside:
                    low = _spans(slice(*span_y), shape.threads_y)
                    layered += [(*span_x, *part, *span_z) for part in low]
                else:
                    plain.append((*span_x, *span_y, *span_z))
    return Tiles(_table(plain), _table(layered))


def _length(side: slice, across: int, ndim: int, multiprocessors: int) -> int:
    wanted = TILES_A_MULTIPROCESSOR * multiprocessors
    length: int = (side.stop - side.start) * across // wanted
    return max(SHORTEST[ndim], length)


def _spans(side: slice, length: int) -> Spans:
    starts = range(side.start, side.stop, length)
    return [(start, min(start + length, side.stop)) for start in starts]


def _between_slabs(side: slice, slabs: tuple[Slab, ...]) -> Iterator[tuple[int, int]]:
    """Cut a side along x where slabs of the layers along x begin and end."""
    ends = {end for slab in slabs if slab.axis == 0 for end in (slab.start, slab.stop)}
    inner = {end for end in ends if side.start < end < side.stop}
    yield from pairwise(sorted({side.start, side.stop} | inner))


def _touches(slabs: tuple[Slab, ...], axis: int, span: tuple[int, int]) -> bool:
    return any(
        slab.start < span[1] and span[0] < slab.stop
        for slab in slabs
        if slab.axis == axis
    )


def _table(tiles: Sequence[tuple[int, ...]]) -> NDArray[np.int32]:
    return np.array(tiles, np.int32).reshape(-1, 6)
