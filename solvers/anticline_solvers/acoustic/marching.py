"""Several time steps of a rank at once, in tiles that the caches hold.

Sources act and receivers are heard within the tiles. Ranks march through the time
steps between two exchanges of deep halos but the last, whose rims go first, so that
the exchange runs while the rest of it is computed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from anticline_solvers.acoustic.kernels import cpu
from anticline_solvers.acoustic.kernels.points import (
    Heard,
    Receivers,
    Sources,
    heard_cells,
    rows_of,
    sample,
)
from anticline_solvers.acoustic.kernels.setup import Medium, Setup
from anticline_solvers.acoustic.kernels.tiling import Tiling
from anticline_solvers.acoustic.regions import Regions
from anticline_solvers.acoustic.state import State
from anticline_solvers.domain.layout import Array
from anticline_solvers.domain.points import Points

T = TypeVar("T")


class Marching:
    """The marches of one rank: compiled when first asked for.

    setup, medium, regions : of the rank.   tiling : how its cells are cut.
    """

    def __init__(
        self, setup: Setup, medium: Medium, regions: Regions, tiling: Tiling
    ) -> None:
        self._setup, self._medium, self._regions = setup, medium, regions
        self._tiling = tiling
        self._marches: dict[bool, cpu.March] = {}
        self._rows: WeakKeyDictionary[Points, Array] = WeakKeyDictionary()
        self._heard: WeakKeyDictionary[Points, Heard] = WeakKeyDictionary()

    def go(
        self,
        state: State,
        points: Points,
        values: Array,
        record: Points,
        out: Array,
        *,
        transpose: bool,
    ) -> None:
        """Take as many time steps as `values` has rows; `propagator.advance` says more.

        The caller sees to it that halos last for them.
        """
        steps = values.shape[0]
        old, new = state.memories[state.turn], state.memories[1 - state.turn]
        heard = _of(self._heard, record, self._heard_of)
        read = Receivers(
            heard.rows, heard.cells, np.empty((steps, heard.cells.size), out.dtype)
        )
        self._march(transpose)(
            (state.previous, state.current),
            (old, new),
            self._medium,
            self._sources(points, values),
            read,
            self._regions.march(steps, state.since_exchange),
        )
        footprint = record.read
        for t in range(steps):
            sample(
                read.values[t],
                footprint.starts,
                heard.places,
                footprint.weights,
                out[t],
            )
        state.turn = (state.turn + steps) % 2

    def _march(self, transpose: bool) -> cpu.March:
        if transpose not in self._marches:
            setup = replace(self._setup, transpose=transpose)
            self._marches[transpose] = cpu.build_march(setup, self._tiling)
        return self._marches[transpose]

    def _sources(self, points: Points, values: Array) -> Sources:
        spread = points.spread
        return Sources(
            _of(self._rows, points, self._rows_of),
            spread.starts, spread.cells, spread.points, spread.weights, values,
        )  # fmt: skip

    def _rows_of(self, points: Points) -> Array:
        return rows_of(points.spread.cells, self._setup.layout)

    def _heard_of(self, points: Points) -> Heard:
        return heard_cells(points.read, self._setup.layout)


def _of(
    known: WeakKeyDictionary[Points, T], points: Points, make: Callable[[Points], T]
) -> T:
    """Look up what belongs to the points, or make it."""
    found = known.get(points)
    if found is None:
        found = known[points] = make(points)
    return found
