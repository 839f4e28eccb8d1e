"""A wavefield as global arrays: what a checkpoint keeps, whatever the ranks are.

The two time levels lie on the padded grid; psi and zeta of each side on the cells of
its slab (`acoustic.memory`). A rank gives the cells it owns and takes its local
cells, halo included, so the state goes on with the same bits on any other ranks.
What lies outside the grid is zero, or the odd image above a free surface.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from anticline_solvers.acoustic.equations import MEMORIES
from anticline_solvers.acoustic.memory import Slab, flat_size
from anticline_solvers.domain.decomposition import Box, intersect, is_empty, shift
from anticline_solvers.domain.layout import Array, Layout
from anticline_solvers.domain.part import Part, ReadBox
from anticline_solvers.domain.placement import Placement
from anticline_solvers.numerics.absorbing import Boundary

WAVES = ("current", "previous")


def split(
    saved: Mapping[str, Array],
    placement: Placement,
    boundary: Boundary,
    slabs: tuple[Slab, ...],
    reach: int,
) -> list[Part]:
    """Give this rank's parts of the flat arrays `current`, `previous`, `memory`."""
    layout, shape = placement.layout, placement.shape
    parts = [
        Part(name, shape, layout.box, layout.view(saved[name], layout.box), "Pa")
        for name in WAVES
    ]
    here = {(slab.axis, slab.high): slab for slab in slabs}
    for side, region in _regions(shape, boundary, reach):
        owned = intersect(layout.box, region)
        slab = here.get(side)
        box = shift(owned, tuple(s.start for s in region))
        extent = tuple(s.stop - s.start for s in region)
        for memory in MEMORIES:
            if slab is None or is_empty(owned):
                empty = np.empty(tuple(s.stop - s.start for s in box), layout.dtype)
                parts.append(Part(_name(memory, side), extent, box, empty))
            else:
                values = slab.array(saved["memory"], memory)
                inside = values[_within(slab, layout, owned)]
                parts.append(Part(_name(memory, side), extent, box, inside))
    return parts


def join(
    read: ReadBox,
    placement: Placement,
    boundary: Boundary,
    slabs: tuple[Slab, ...],
    reach: int,
) -> dict[str, Array]:
    """Make what `AcousticPropagator.load` takes, halos filled."""
    layout, shape = placement.layout, placement.shape
    there = intersect(layout.local_box, placement.everything)
    saved: dict[str, Array] = {"since_exchange": np.array(0)}
    for name in WAVES:
        flat = layout.allocate()
        layout.view(flat, there)[...] = read(name, shape, there)
        if boundary.free_surface:
            _mirror(flat, layout, reach)
        saved[name] = flat
    here = {(slab.axis, slab.high): slab for slab in slabs}
    saved["memory"] = np.zeros(flat_size(slabs), layout.dtype)
    for side, region in _regions(shape, boundary, reach):
        if side not in here:
            continue
        slab, local = here[side], intersect(there, region)
        extent = tuple(s.stop - s.start for s in region)
        box = shift(local, tuple(s.start for s in region))
        for memory in MEMORIES:
            values = slab.array(saved["memory"], memory)
            place = _within(slab, layout, local)
            values[place] = read(_name(memory, side), extent, box)
    return saved


def _regions(
    shape: tuple[int, ...], boundary: Boundary, reach: int
) -> Iterator[tuple[tuple[int, bool], Box]]:
    """Yield each side that has a layer, as (axis, high), and its slab's cells."""
    for axis, margins in enumerate(boundary.margins(len(shape))):
        for high, width in enumerate(margins):
            if width:
                n, cells = shape[axis], width + reach
                region = [slice(0, m) for m in shape]
                region[axis] = slice(n - cells, n) if high else slice(0, cells)
                yield (axis, bool(high)), tuple(region)


def _name(memory: str, side: tuple[int, bool]) -> str:
    axis, high = side
    return f"{memory}_axis{axis}_{'high' if high else 'low'}"


def _within(slab: Slab, layout: Layout, cells: Box) -> Box:
    """Place of global cells in a slab's array."""
    local, last = shift(cells, layout.origin), len(cells) - 1
    moves = [0] * last + [layout.lead]
    moves[slab.axis] = slab.reach - slab.start
    return tuple(
        slice(side.start + by, side.stop + by)
        for side, by in zip(local, moves, strict=True)
    )


def _mirror(flat: Array, layout: Layout, reach: int) -> None:
    """Continue all rows above the free surface by their odd image."""
    rows, lead = flat.reshape(layout.shape), layout.lead
    for r in range(1, reach + 1):
        rows[..., lead - r] = -rows[..., lead + r]
