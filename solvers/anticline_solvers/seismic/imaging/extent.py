"""Which of a rank's cells a snapshot of a wavefield holds."""

from __future__ import annotations

from dataclasses import dataclass

from anticline_solvers.domain.layout import Array
from anticline_solvers.domain.placement import Placement


@dataclass(frozen=True)
class Extent:
    """The rank's cells of the physical grid and some around, or all that it owns.

    halo : cells around those of the physical grid.
    layers : all owned cells instead, those of the absorbing layers included; no halo.
    """

    halo: int = 0
    layers: bool = False

    def view(self, placement: Placement, flat: Array) -> Array:
        """View of a flat array of the placement's layout."""
        if self.layers:
            return placement.layout.view(flat, placement.layout.box)
        return placement.view(flat, self.halo)

    def first(self, placement: Placement) -> tuple[int, ...]:
        """Cell of the physical grid at the view's start; below 0 in a layer."""
        if self.layers:
            starts = (side.start for side in placement.layout.box)
            return tuple(a - b for a, b in zip(starts, placement.low, strict=True))
        return tuple(side.start - self.halo for side in placement.physical_box)


OWNED = Extent(layers=True)
"""What a gradient needs: every cell once, on one rank or another."""
