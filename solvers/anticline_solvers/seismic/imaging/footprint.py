"""Bytes that a rank's part of a source wavefield takes, by counting cells alone."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

import numpy as np

from anticline_solvers.domain.decomposition import intersect, size_of
from anticline_solvers.domain.placement import Placement

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
    placement: Placement, reach: int, state_bytes: int, halo: int, every: int
) -> Footprint:
    """Count what a rank keeps; nothing is allocated.

    reach : of a step. halo : cells that snapshots carry. every : time steps between
    imaging steps.
    """
    cells = _viewed(placement, halo)
    strip = inside_layers(placement, reach) + around_grid(placement, halo) // every
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


def around_grid(placement: Placement, halo: int) -> int:
    """Count the cells of a snapshot with `halo` that lie outside the grid."""
    box = placement.physical_box
    within = prod(
        max(0, min(side.stop + halo, n) - max(side.start - halo, 0))
        for side, n in zip(box, placement.grid.shape, strict=True)
    )
    return int(_viewed(placement, halo) - within)


def _viewed(placement: Placement, halo: int) -> int:
    """Count the cells of `Placement.view`."""
    nothing = np.broadcast_to(np.float32(0), (prod(placement.layout.shape),))
    return int(placement.view(nothing, halo).size)
