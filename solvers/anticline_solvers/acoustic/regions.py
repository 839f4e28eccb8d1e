"""Which local cells of a rank a time step updates, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.domain.decomposition import Box, divide, grow, intersect, shift
from anticline_solvers.domain.placement import Placement


@dataclass(frozen=True)
class Regions:
    """The boxes of one rank.

    depth : halo cells.   reach : cells that one step reaches to each side.
    """

    placement: Placement
    depth: int
    reach: int

    def reachable(self, steps: int) -> Box:
        """Local cells that can be updated `steps` steps after an exchange."""
        place = self.placement
        cells = self.depth - steps * self.reach
        grown = grow(place.layout.box, (cells,) * (len(place.shape) - 1))
        return shift(intersect(grown, place.everything), place.layout.origin)

    def march(self, steps: int, since: int) -> NDArray[np.int64]:
        """Bounds xa, xb, ya, yb of the steps that follow `since` ones, (steps, 4).

        They shrink by the reach where a neighbour's cells begin, and nowhere else.
        """
        return np.array([self._bounds(since + t + 1) for t in range(steps)], np.int64)

    def _bounds(self, steps: int) -> tuple[int, ...]:
        place, more = self.placement, self.depth - steps * self.reach
        found: tuple[int, ...] = ()
        sides = zip(
            place.layout.box[:-1], place.shape, place.layout.origin, strict=False
        )
        for side, n, origin in sides:
            low = max(side.start - more, 0) if side.start > 0 else 0
            high = min(side.stop + more, n) if side.stop < n else n
            found += low - origin, high - origin
        return found if len(place.shape) == 3 else (*found, 0, 1)

    @cached_property
    def rims(self) -> tuple[list[Box], Box]:
        """Local boxes: rims that neighbours wait for, and the rest."""
        return self.divided(self.placement.layout.box)

    def divided(self, box: Box) -> tuple[list[Box], Box]:
        """Cut the rims from a box of global cells."""
        low = tuple(self.depth if side.start > 0 else 0 for side in box[:-1])
        high = tuple(
            self.depth if side.stop < n else 0
            for side, n in zip(box[:-1], self.placement.shape, strict=False)
        )
        return divide(shift(box, self.placement.layout.origin), low, high)
