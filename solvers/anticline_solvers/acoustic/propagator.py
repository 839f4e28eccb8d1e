"""An acoustic model on the ranks of a communicator, stepped in time."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from anticline_solvers.acoustic import global_state
from anticline_solvers.acoustic.exchange import Exchange
from anticline_solvers.acoustic.kernels.setup import Medium, Setup, Update
from anticline_solvers.acoustic.kernels.tiling import Tiling, thinned, tiling
from anticline_solvers.acoustic.memory import Slab, allocate, slabs, state_bytes
from anticline_solvers.acoustic.regions import Regions
from anticline_solvers.acoustic.state import State
from anticline_solvers.backends.base import kernels, memory, threads_for
from anticline_solvers.domain.decomposition import (
    intersect,
    is_empty,
)
from anticline_solvers.domain.device_halo import halo_in
from anticline_solvers.domain.grid import Grid
from anticline_solvers.domain.layout import Array, Layout
from anticline_solvers.domain.part import Part, ReadBox
from anticline_solvers.domain.placement import Placement, Reader
from anticline_solvers.domain.points import Points
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.numerics.off_grid import HALF_WIDTH, off_grid_points
from anticline_solvers.numerics.stencils import radius

if TYPE_CHECKING:
    from mpi4py import MPI

    from anticline_solvers.acoustic.marching import Marching


class AcousticPropagator:
    """The discrete wave equation of `acoustic.equations` on one model.

    Parameters
    ----------
    grid : the physical grid; absorbing layers are added around it.
    velocity : velocity [m/s] on the physical grid, an array of `grid.shape` or
        a function of a box that returns that box; each rank asks for its own.
    dt_s : time step [s]; its stability is the caller's (`numerics.stability`).
    space_order : 2, 4, ... 16.
    boundary : absorbing layers and free surface.
    dtype : float32, or float64 for proofs.
    backend : "cpu" (Numba), "cuda" (CuPy) or "reference" (NumPy).
    comm : the ranks that share this model; None is one rank without MPI.
    process_grid : ranks along each axis but z; chosen by halo area if None.
    threads : threads a rank; what Numba is allowed to use if None.
    steps_per_exchange : time steps for one exchange of deeper halos.
    steps_at_once : most time steps that `advance` takes in tiles; chosen if None, 1
        takes them one by one, as "cuda" and "reference" do. The waves do not differ.

    Raises ValueError where the grid is too small for the ranks or the order.
    """

    def __init__(
        self,
        grid: Grid,
        velocity: Reader | ArrayLike,
        dt_s: float,
        *,
        space_order: int = 8,
        boundary: Boundary | None = None,
        dtype: DTypeLike = np.float32,
        backend: str = "cpu",
        comm: MPI.Comm | None = None,
        process_grid: tuple[int, ...] | None = None,
        threads: int | None = None,
        steps_per_exchange: int = 1,
        steps_at_once: int | None = None,
    ) -> None:
        self.grid, self.dt_s, self.comm = grid, float(dt_s), comm
        self.space_order, self.boundary = space_order, boundary or Boundary()
        self.dtype = np.dtype(dtype)
        self.steps_per_exchange = steps_per_exchange
        self.backend = backend
        self._kernels = kernels("anticline_solvers.acoustic", backend)
        self.memory = memory(backend)
        self._reach = radius(space_order)
        self.placement = self._place(process_grid)
        self.slabs = slabs(
            self.placement.shape, self.boundary, self._reach, self.layout
        )
        self._set_model(velocity)
        self._threads = threads_for(backend, threads)
        self._tiling = self._cut(steps_at_once)
        self._rank_updates: dict[bool, Update] = {}

    def _place(self, process_grid: tuple[int, ...] | None) -> Placement:
        least = 2 * self._reach
        if min(self.grid.shape) < least:
            msg = (
                f"space order {self.space_order} needs {least} cells along "
                f"each axis, the grid has {self.grid.shape}"
            )
            raise ValueError(msg)
        return Placement.of(
            self.grid,
            self.boundary.margins(self.grid.ndim),
            self.comm,
            halo=self._depth,
            dtype=self.dtype,
            process_grid=process_grid,
        )

    @classmethod
    def foreseen(
        cls,
        grid: Grid,
        seat: tuple[int, int],
        *,
        space_order: int,
        boundary: Boundary,
        dtype: DTypeLike = np.float32,
    ) -> tuple[Placement, int]:
        """Tell where rank seat[0] of seat[1] has its cells, and its `state_bytes`.

        Nothing is allocated, and those ranks need not exist.
        """
        reach = radius(space_order)
        placement = Placement.foreseen(
            grid,
            boundary.margins(grid.ndim),
            seat,
            halo=reach + _margin(reach),
            dtype=dtype,
        )
        found = slabs(placement.shape, boundary, reach, placement.layout)
        return placement, state_bytes(placement.layout, found)

    @property
    def state_bytes(self) -> int:
        """Bytes of what `save` copies on this rank."""
        return state_bytes(self.layout, self.slabs)

    @property
    def layout(self) -> Layout:
        """Where this rank's cells lie in its flat arrays."""
        return self.placement.layout

    @property
    def reach(self) -> int:
        """Cells that a step reaches to each side."""
        return self._reach

    @property
    def _depth(self) -> int:
        """Halo cells: the reach of all time steps between two exchanges."""
        return self.steps_per_exchange * self._reach + _margin(self._reach)

    def _set_model(self, velocity: Reader | ArrayLike) -> None:
        self.velocity = self.placement.extend(velocity)
        fastest = float(self.velocity.max())
        if self.comm:
            fastest = max(self.comm.allgather(fastest))
        self._fastest = fastest
        scale = np.square(self.velocity * np.asarray(self.dt_s, self.dtype))
        if self.boundary.free_surface:
            self.layout.cells(scale)[..., 0] = 0
        self.medium = Medium(self.memory.to_device(scale))

    def _cut(self, most: int | None) -> Tiling:
        """Choose the tiles of a march."""
        chosen = tiling(self.layout, self._reach, self._threads, most)
        return chosen if self.backend == "cpu" else replace(chosen, steps=1)

    # ----------------------------------------------------------- time steps

    def start(self) -> State:
        """Make a wavefield at rest."""
        place = self.memory.to_device
        waves = (place(self.layout.allocate()), place(self.layout.allocate()))
        memories = (
            place(allocate(self.slabs, self.layout)),
            place(allocate(self.slabs, self.layout)),
        )
        exchange = Exchange(
            self.placement, self.slabs, self.regions, self.steps_per_exchange
        )
        halos = tuple(
            halo_in(self.memory, self.comm, exchange.fields(turn, waves, memories))
            for turn in (0, 1)
        )
        return State(waves, memories, (halos[0], halos[1]))

    def step(
        self,
        state: State,
        points: Points | None = None,
        values: Array | None = None,
        *,
        transpose: bool = False,
    ) -> None:
        """Advance the wavefield by one time step, in place; halos valid after.

        points, values : sources acting in this step, values (points.n,) of the
            propagator's dtype, in its memory, the same on every rank.
        transpose : apply the exact transpose of the step instead.
        """
        current, previous = state.current, state.previous
        if points is not None and values is not None:
            spread = points.spread
            self._kernels.inject(
                previous, self.medium.scale, spread.starts, spread.cells,
                spread.points, spread.weights, values,
            )  # fmt: skip
        old, new = state.memories[state.turn], state.memories[1 - state.turn]
        update = self._update(transpose)
        state.turn = 1 - state.turn
        state.since_exchange += 1
        if state.since_exchange < self.steps_per_exchange:
            box = self.regions.reachable(state.since_exchange)
            update(previous, current, self.medium, old, new, box)
            return
        state.since_exchange = 0
        rims, rest = self.regions.rims
        for rim in rims:
            update(previous, current, self.medium, old, new, rim)
        halo = state.halos[state.turn]
        halo.start()
        if not is_empty(rest):
            update(previous, current, self.medium, old, new, rest)
        halo.finish()

    @property
    def steps_at_once(self) -> int:
        """Most time steps that `advance` takes in one go."""
        return self._tiling.steps

    def advance(
        self,
        state: State,
        points: Points,
        values: Array,
        record: Points,
        out: Array,
        *,
        transpose: bool = False,
    ) -> None:
        """Take as many time steps as `values` has rows; halos valid after.

        values : (steps, points.n), of each step as `step` takes them.
        record, out : points to read after each step, into out (steps, owned).
        transpose : as of `step`.
        """
        done, steps = 0, values.shape[0]
        while done < steps:
            n = self._stride(state, steps - done)
            part = slice(done, done + n)
            if n > 1:
                self._marching.go(
                    state, points, values[part], record, out[part], transpose=transpose
                )
                state.since_exchange = (
                    state.since_exchange + n
                ) % self.steps_per_exchange
            else:
                self.step(state, points, values[done], transpose=transpose)
                self.sample(state, record, out[done])
            done += n

    def _stride(self, state: State, steps: int) -> int:
        """Choose how many of the next steps go at once."""
        if self.comm is None or self.comm.size == 1:
            return thinned(steps, self._tiling.steps)
        before_exchange = self.steps_per_exchange - state.since_exchange - 1
        return max(1, min(steps, before_exchange, self._tiling.steps))

    @cached_property
    def _marching(self) -> Marching:
        from anticline_solvers.acoustic.marching import Marching

        return Marching(self.setup, self.medium, self.regions, self._tiling)

    def _update(self, transpose: bool) -> Update:
        if transpose not in self._rank_updates:
            self._rank_updates[transpose] = self._kernels.build(
                replace(self.setup, transpose=transpose)
            )
        return self._rank_updates[transpose]

    @cached_property
    def setup(self) -> Setup:
        """What the kernels of this rank are built from."""
        return Setup(
            layout=self.layout,
            slabs=self.slabs,
            order=self.space_order,
            spacing_m=self.grid.spacing_m,
            boundary=self.boundary,
            velocity_m_s=self._fastest,
            dt_s=self.dt_s,
            threads=self._threads,
        )

    @cached_property
    def regions(self) -> Regions:
        """The boxes of cells that a step of this rank updates."""
        return Regions(self.placement, self._depth, self._reach)

    def bare(self) -> AcousticPropagator:
        """Give the same waves without layers, on the physical cells alone.

        Steps of theirs run both ways in time (`State.swap`). Cells within the
        stencil's reach of a layer are the caller's to put right after each step.
        """
        bare = copy(self)
        bare.slabs, bare._rank_updates = (), {}
        bare._tiling = replace(self._tiling, steps=1)
        for kept in ("setup", "regions", "_marching"):
            bare.__dict__.pop(kept, None)
        physical = tuple(
            slice(low, low + n)
            for low, n in zip(self.placement.low, self.grid.shape, strict=True)
        )
        rows = (*intersect(self.layout.box, physical)[:-1], self.layout.box[-1])
        bare.regions.__dict__["rims"] = self.regions.divided(rows)
        return bare

    # -------------------------------------------------- points and pictures

    def points(self, positions_m: ArrayLike, *, density: bool = False) -> Points:
        """Off-grid points at positions (n, ndim) [m].

        density : divide by the cell's volume, as a point source wants.
        """
        found = off_grid_points(
            self.placement,
            positions_m,
            free_surface=self.boundary.free_surface,
            density=density,
        )
        return found.moved(self.memory.to_device)

    def sample(self, state: State, points: Points, out: Array) -> None:
        """Read the owned points from the current pressure into out (owned,)."""
        read = points.read
        self._kernels.sample(state.current, read.starts, read.cells, read.weights, out)

    def view(self, state: State, margin: int = 0) -> Array:
        """View of the current pressure [Pa] on the physical cells of this rank.

        margin : cells around them to include, at most space_order / 2; beyond
            the grid they hold the layer's field, or zeros at its outer end.
        """
        return self.placement.view(state.current, margin)

    # --------------------------------------------------------------- restart

    def save(self, state: State) -> dict[str, Array]:
        """Copy everything that the next steps depend on, for this rank."""
        return {
            "current": self.memory.saved(state.current),
            "previous": self.memory.saved(state.previous),
            "memory": self.memory.saved(state.memories[state.turn]),
            "since_exchange": np.array(state.since_exchange),
        }

    def load(self, state: State, saved: dict[str, Array]) -> None:
        """Continue from what `save` returned."""
        place = self.memory.to_device
        state.current[:] = place(saved["current"])
        state.previous[:] = place(saved["previous"])
        state.memories[state.turn][:] = place(saved["memory"])
        state.since_exchange = int(saved["since_exchange"])

    def parts(self, state: State) -> list[Part]:
        """Give this rank's parts of the state as global arrays: views on a CPU."""
        host = self.memory.to_host
        here = {
            "current": host(state.current),
            "previous": host(state.previous),
            "memory": host(state.memories[state.turn]),
        }
        return global_state.split(here, *self._whereabouts)

    def restore(self, state: State, read: ReadBox) -> None:
        """Continue from what `parts` gave, on the same or on other ranks."""
        self.load(state, global_state.join(read, *self._whereabouts))

    @property
    def _whereabouts(self) -> tuple[Placement, Boundary, tuple[Slab, ...], int]:
        return self.placement, self.boundary, self.slabs, self._reach


PROPAGATOR = AcousticPropagator
"""What `seismic.physics` loads."""


def _margin(reach: int) -> int:
    """Cells beyond the owned ones that must stay valid between exchanges."""
    return max(0, HALF_WIDTH - reach)
