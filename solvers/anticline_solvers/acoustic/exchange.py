"""What the ranks of a model exchange: waves and memories, as deep as steps need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from anticline_solvers.acoustic.equations import MEMORIES
from anticline_solvers.acoustic.memory import Slab
from anticline_solvers.acoustic.regions import Regions
from anticline_solvers.domain.decomposition import Box, transfers
from anticline_solvers.domain.halo import Field
from anticline_solvers.domain.layout import Array
from anticline_solvers.domain.placement import Placement


@dataclass(frozen=True)
class Exchange:
    """The fields of one rank's halos.

    regions : their depth and the reach of a step.   steps : between two exchanges.
    """

    placement: Placement
    slabs: tuple[Slab, ...]
    regions: Regions
    steps: int

    def fields(
        self, turn: int, waves: tuple[Array, Array], memories: tuple[Array, Array]
    ) -> list[Field]:
        """List what is sent when waves[turn] and memories[turn] are current.

        Halos of several steps hold the wave before it too.
        """
        place, layout = self.placement, self.placement.layout
        exchanged = [waves[turn]]
        if self.steps > 1:
            exchanged.append(waves[1 - turn])
        split = len(place.shape) - 1
        moves = self._transfers((self.regions.depth,) * split, place.everything)
        origin = layout.origin[:-1]
        fields = [
            Field(wave.reshape(layout.shape), origin, moves, tag)
            for tag, wave in enumerate(exchanged)
        ]
        for slab in self.slabs:
            moves = self._transfers(
                self._memory_depth(slab), slab.region(place.everything)
            )
            start = slab.array_origin(layout)
            fields += [
                Field(slab.array(memories[turn], name), start, moves, tag)
                for tag, name in enumerate(MEMORIES, start=2 + 2 * slab.side)
            ]
        return fields

    def _transfers(self, depth: tuple[int, ...], region: Box) -> tuple[Any, ...]:
        place = self.placement
        return tuple(transfers(place.decomposition, place.rank, depth, region))

    def _memory_depth(self, slab: Slab) -> tuple[int, ...]:
        """Halo cells of a slab's memories: only along its axis are others read."""
        regions = self.regions
        later = regions.depth - regions.reach if self.steps > 1 else 0
        return tuple(
            later + (regions.reach if axis == slab.axis else 0)
            for axis in range(len(self.placement.shape) - 1)
        )
