"""Wavefields in few bits: blocks, a cosine transform, rounding, packed integers.

A field s is cut into blocks of 16 x 16 (2-D) or 8 x 8 x 8 cells (3-D); the last ones
are filled up with the edge's values. Each block becomes

    c = C s            the orthonormal cosine transform (DCT-II) along every axis
    i = round(c / q)   with one step q for the whole field

so that the root mean square error of a block is at most q / 2, and about q / sqrt(12)
times the square root of the share of coefficients that matter. A wavefield sampled at
five and more cells a wavelength leaves most coefficients at zero.

The integers are ordered by degree (sum of the coefficient's numbers) in groups; for
a block the number of groups up to the last that is not zero is written, and of each
the Rice code of its integers: so many low bits as they are, about log2 of their mean,
and what is above them as a run of zeros.

Blocks along the first axis (slabs) are independent streams of 32-bit words, so threads
share them. The result depends on the field alone, not on threads.

Sources: Ahmed, Natarajan and Rao (1974), doi:10.1109/T-C.1974.223784; Rice and Plaunt
(1971), doi:10.1109/TCOM.1971.1090789.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.numerics.storage.protocol import Array

EDGE = {2: 16, 3: 8}
"""Cells along each side of a block, by the number of axes."""

LEAST_TOLERANCE = 1e-7
"""Integers stay below 2^31 for steps of this part of the field's maximum."""

TINY = float(np.finfo(np.float32).tiny)

Words = NDArray[np.uint32]


@dataclass(frozen=True, eq=False)
class Tables:
    """What the kernels read about blocks of one number of axes.

    transform : float32 (edge, edge), row k the k-th cosine.
    order : int64 (cells of a block,), coefficients by degree.
    starts : int64 (groups + 1,), where each group of `order` begins.
    """

    transform: NDArray[np.float32]
    order: NDArray[np.int64]
    starts: NDArray[np.int64]


@cache
def tables(ndim: int) -> Tables:
    """Make the tables of 2 or 3 axes."""
    edge = EDGE[ndim]
    degree = np.array([sum(place) for place in product(range(edge), repeat=ndim)])
    order = np.argsort(degree, kind="stable")
    steps = np.flatnonzero(np.diff(_group(degree[order]))) + 1
    starts = np.array([0, *steps, degree.size], np.int64)
    return Tables(_cosines(edge), order.astype(np.int64), starts)


def _group(degree: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give each degree a group: low ones their own, high ones shared."""
    last = np.array([0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 13, 16, 20, 25, 31])
    return np.searchsorted(last, degree)


def _cosines(edge: int) -> NDArray[np.float32]:
    k, x = np.arange(edge)[:, None], np.arange(edge)[None, :]
    rows = np.cos(np.pi * k * (x + 0.5) / edge) * np.sqrt(2.0 / edge)
    rows[0] /= np.sqrt(2.0)
    return np.asarray(rows, np.float32)


@dataclass(frozen=True, eq=False)
class Shape:
    """A field's shape, and what its encoding needs at most.

    cells : of the field, 2 or 3 axes.
    """

    cells: tuple[int, ...]

    @property
    def blocks(self) -> tuple[int, ...]:
        """Blocks along each axis."""
        edge = EDGE[len(self.cells)]
        return tuple(-(-n // edge) for n in self.cells)

    @property
    def slabs(self) -> int:
        """Streams of a field."""
        return self.blocks[0]

    @property
    def most_words(self) -> int:
        """Words that a slab takes at most: all integers in 52 bits."""
        block: int = EDGE[len(self.cells)] ** len(self.cells)
        return int(prod(self.blocks[1:])) * (2 * block + 4) + 2


def step_of(field: Array, tolerance: float) -> float:
    """Give the rounding step of a field, 0.0 where it is silent.

    tolerance : the step over the field's maximum.
    """
    from anticline_solvers.numerics.storage import kernels

    peak = float(kernels.peak(_with_three_axes(field)))
    step = peak * max(tolerance, LEAST_TOLERANCE)
    return step if 0.0 < step < np.inf and np.float32(step) > TINY else 0.0


def encode(field: Array, step: float, first: int, scratch: Words) -> list[Words]:
    """Encode slabs of a field from `first` on, as many as `scratch` has rows.

    field : float32, any strides, finite.
    scratch : uint32 (some slabs, most_words), changed in place.

    Returns views into it, one a slab.
    """
    from anticline_solvers.numerics.storage import kernels

    found = tables(field.ndim)
    count = min(scratch.shape[0], Shape(field.shape).slabs - first)
    sizes = np.zeros(count, np.int64)
    kernels.encode[field.ndim](
        field, first, np.float32(1.0 / step), found.transform, found.order,
        found.starts, scratch, sizes,
    )  # fmt: skip
    return [row[:n] for row, n in zip(scratch, sizes, strict=False)]


def decode(words: Words, sizes: Array, step: float, out: Array) -> None:
    """Write the field of slabs that lie one after the other in `words` to `out`.

    out : float32, C contiguous, of the field's shape, changed in place.
    """
    from anticline_solvers.numerics.storage import kernels

    if step == 0.0:
        out[...] = 0.0
        return
    found = tables(out.ndim)
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.int64)
    kernels.decode[out.ndim](
        words, starts, np.float32(step), found.transform, found.order, found.starts, out
    )


def _with_three_axes(field: Array) -> Array:
    return field[:, None, :] if field.ndim == 2 else field
