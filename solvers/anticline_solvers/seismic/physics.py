"""What the drivers ask of a physics, and how one is loaded by its name.

A physics is a package beside this one whose module `propagator` has PROPAGATOR,
the class that builds its waves on one model; `acoustic` is one. The drivers know
a physics only by what is written here.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import ArrayLike

from anticline_solvers.backends.memory import Memory
from anticline_solvers.domain.grid import Grid
from anticline_solvers.domain.layout import Array
from anticline_solvers.domain.part import Part, ReadBox
from anticline_solvers.domain.placement import Placement, Reader
from anticline_solvers.domain.points import Points
from anticline_solvers.numerics.absorbing import Boundary

PHYSICS = ("acoustic",)


class Wavefield(Protocol):
    """Two time levels of a field, flat arrays of the placement's layout."""

    @property
    def current(self) -> Array:
        """The field at the newest time level."""

    @property
    def previous(self) -> Array:
        """The field one time step before."""

    def swap(self) -> None:
        """Exchange the two, so that time runs the other way."""


class Propagator(Protocol):
    """Waves of one physics on one model, on the ranks of a communicator.

    placement : the grid, its margins and this rank's part.
    boundary : what surrounds the grid.
    velocity : flat, of the fastest wave [m/s]. dt_s : time step [s].
    backend : one of `backends.base.BACKENDS`.
    memory : where wavefields, points and traces live (`backends.memory`).
    """

    dtype: np.dtype[Any]
    dt_s: float
    placement: Placement
    boundary: Boundary
    velocity: Array
    memory: Memory
    backend: str

    def start(self) -> Any:
        """Make a wavefield at rest."""

    def step(
        self,
        state: Any,
        points: Points | None = None,
        values: Array | None = None,
        *,
        transpose: bool = False,
    ) -> None:
        """Advance by one time step, in place.

        values : (points.n,), in the propagator's memory; they act at the points.
        """

    @property
    def steps_at_once(self) -> int:
        """Most time steps that `advance` takes in tiles of space and time; 1: none."""

    def advance(
        self,
        state: Any,
        points: Points,
        values: Array,
        record: Points,
        out: Array,
        *,
        transpose: bool = False,
    ) -> None:
        """Take as many time steps as `values` has rows, in place.

        values : (steps, points.n), of each step as `step` takes them.
        record, out : points to read after each step, into out (steps, owned).
        """

    def bare(self) -> Propagator:
        """Give the same waves without layers; their steps run both ways in time.

        Cells within `reach` of a layer are the caller's to put right.
        """

    @property
    def reach(self) -> int:
        """Cells that a step reaches to each side."""

    def points(self, positions_m: ArrayLike, *, density: bool = False) -> Points:
        """Off-grid points at positions (n, ndim) [m]."""

    def sample(self, state: Any, points: Points, out: Array) -> None:
        """Read the owned points into out (owned,), in the propagator's memory."""

    def view(self, state: Any, margin: int = 0) -> Array:
        """View of the pressure [Pa] on this rank's physical cells and a margin."""

    def save(self, state: Any) -> dict[str, Array]:
        """Copy everything that the next steps depend on, for this rank."""

    @property
    def state_bytes(self) -> int:
        """Bytes of what `save` copies on this rank."""

    def load(self, state: Any, saved: dict[str, Array]) -> None:
        """Continue from what `save` returned."""

    def parts(self, state: Any) -> list[Part]:
        """Give this rank's parts of the state as global arrays."""

    def restore(self, state: Any, read: ReadBox) -> None:
        """Continue from what `parts` gave, on the same or on other ranks."""


def propagator(
    physics: str,
    grid: Grid,
    velocity: Reader | ArrayLike,
    dt_s: float,
    **options: Any,
) -> Propagator:
    """Build the waves of a physics; collective over the option `comm`.

    options : as the physics' propagator takes them, e.g. space_order, boundary,
        comm, backend.

    Raises ValueError for a physics that is not in PHYSICS.
    """
    made = _class_of(physics)(grid, velocity, dt_s, **options)
    return cast("Propagator", made)


def foreseen(
    physics: str, grid: Grid, seat: tuple[int, int], **options: Any
) -> tuple[Placement, int]:
    """Tell where rank seat[0] of seat[1] will have its cells, and its `state_bytes`.

    options : space_order and boundary. Nothing is allocated, and those ranks need
        not exist. Raises ValueError for a physics that is not in PHYSICS.
    """
    made = _class_of(physics).foreseen(grid, seat, **options)
    return cast("tuple[Placement, int]", made)


def _class_of(physics: str) -> Any:
    if physics not in PHYSICS:
        msg = f"physics '{physics}' is not one of {', '.join(PHYSICS)}"
        raise ValueError(msg)
    module = import_module(f"anticline_solvers.{physics}.propagator")
    return module.PROPAGATOR
