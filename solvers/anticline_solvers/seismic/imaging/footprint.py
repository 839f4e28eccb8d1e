"""Bytes that a rank's part of a source wavefield takes, by counting cells alone."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

import numpy as np

from anticline_solvers.domain.decomposition import intersect, size_of
from anticline_solvers.domain.layout import Array
from anticline_solvers.domain.placement import Placement
from anticline_solvers.seismic.imaging.extent import Extent

FLOAT32 = 4


class Footprint(NamedTuple):
    """Bytes on one rank.

    snapshot : of the field at one imaging step. state : of a saved state. strip : of
    what the reconstruction from boundaries needs of a time step.
    """

    snapshot: int
    state: int
    strip: int


def footprint(
    placement: Placement, reach: int, state_bytes: int, extent: Extent, every: int
) -> Footprint:
    """Count what a rank keeps; nothing is allocated.

    reach : of a step. extent : of snapshots. every : time steps between imaging steps.
    """
    cells = _viewed(placement, extent)
    strip = inside_layers(placement, reach) + around_grid(placement, extent) // every
    return Footprint(FLOAT32 * cells, state_bytes, FLOAT32 * strip)


def inside_layers(placement: Placement, reach: int) -> int:
    """Count the local cells less than `reach` inside a layer, once for each face."""
    here = placement.layout.local_box
    physical = tuple(
        slice(low, low + n)
        for low, n in zip(placement.low, placement.grid.shape, strict=True)
    )
    count = 0
    for axis, (low, high) in enumerate(placement.margins):
        side = physical[axis]
        for width, part in (
            (low, slice(side.start, side.start + reach)),
            (high, slice(side.stop - reach, side.stop)),
        ):
            face = (*physical[:axis], part, *physical[axis + 1 :])
            count += size_of(intersect(face, here)) if width else 0
    return count


def around_grid(placement: Placement, extent: Extent) -> int:
    """Count the cells of a snapshot that lie outside the grid."""
    cells = _view(placement, extent).shape
    within = prod(
        max(0, min(first + count, n) - max(first, 0))
        for first, count, n in zip(
            extent.first(placement), cells, placement.grid.shape, strict=True
        )
    )
    return int(prod(cells) - within)


def _viewed(placement: Placement, extent: Extent) -> int:
    """Count the cells of a snapshot."""
    return int(_view(placement, extent).size)


def _view(placement: Placement, extent: Extent) -> Array:
    nothing = np.broadcast_to(np.float32(0), (prod(placement.layout.shape),))
    return extent.view(placement, nothing)
