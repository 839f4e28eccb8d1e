"""The wavefield of one rank between two time steps."""

from __future__ import annotations

from dataclasses import dataclass

from anticline_solvers.domain.halo import Halo
from anticline_solvers.domain.layout import Array


@dataclass(eq=False)
class State:
    """Two time levels of the pressure and of the layers' memories.

    waves : flat arrays of the layout; waves[turn] is the current pressure [Pa],
        the other one the previous.
    memories : flat arrays of `acoustic.memory`; memories[turn] is the current.
    halos : halos[i] exchanges waves[i] and memories[i].
    since_exchange : time steps since the halos were last exchanged.
    """

    waves: tuple[Array, Array]
    memories: tuple[Array, Array]
    halos: tuple[Halo, Halo]
    turn: int = 0
    since_exchange: int = 0

    @property
    def current(self) -> Array:
        """The flat pressure p^n [Pa]."""
        return self.waves[self.turn]

    @property
    def previous(self) -> Array:
        """The flat pressure p^(n-1) [Pa]; the next step overwrites it."""
        return self.waves[1 - self.turn]

    def swap(self) -> None:
        """Exchange the two time levels, so that time runs the other way."""
        self.turn = 1 - self.turn

    def clear(self) -> None:
        """Return to rest: zero pressure and memories."""
        for array in (*self.waves, *self.memories):
            array[:] = 0
        self.turn = self.since_exchange = 0
