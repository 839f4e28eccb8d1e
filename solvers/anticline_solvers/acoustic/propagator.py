"""An acoustic model on the ranks of a communicator, stepped in time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from anticline_solvers.acoustic import points as point_sets
from anticline_solvers.acoustic.equations import MEMORIES
from anticline_solvers.acoustic.kernels.setup import Setup, Update
from anticline_solvers.acoustic.memory import Slab, flat_size, slabs
from anticline_solvers.acoustic.points import Points
from anticline_solvers.acoustic.state import State
from anticline_solvers.backends.base import kernels
from anticline_solvers.domain.assembly import assemble, collect
from anticline_solvers.domain.decomposition import (
    Box,
    Decomposition,
    choose_process_grid,
    divide,
    grow,
    intersect,
    is_empty,
    shift,
    transfers,
)
from anticline_solvers.domain.grid import Grid
from anticline_solvers.domain.halo import Field, Halo
from anticline_solvers.domain.layout import Array, Layout
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.numerics.interpolation import fold_at_surface, kaiser_sinc
from anticline_solvers.numerics.stencils import radius

if TYPE_CHECKING:
    from mpi4py import MPI

HALF_WIDTH = 4
"""Cells that an off-grid point reaches to each side."""

Reader = Callable[[Box], Array]
"""read(box) -> the values of a box of the physical grid."""


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
    backend : "cpu" (Numba) or "reference" (NumPy).
    comm : the ranks that share this model; None is one rank without MPI.
    process_grid : ranks along each axis but z; chosen by halo area if None.
    threads : threads a rank; what Numba is allowed to use if None.
    steps_per_exchange : time steps for one exchange of deeper halos.

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
    ) -> None:
        self.grid, self.dt_s, self.comm = grid, float(dt_s), comm
        self.space_order, self.boundary = space_order, boundary or Boundary()
        self.dtype = np.dtype(dtype)
        self.steps_per_exchange = steps_per_exchange
        self.backend = backend
        self._kernels = kernels("anticline_solvers.acoustic", backend)
        self._reach = radius(space_order)
        self._place(process_grid)
        self._set_model(velocity)
        self._threads = _threads(backend, threads)
        self._rank_updates: dict[bool, Update] = {}

    # ------------------------------------------------------------- geometry

    def _place(self, process_grid: tuple[int, ...] | None) -> None:
        margins = self.boundary.margins(self.grid.ndim)
        self._low = tuple(low for low, _ in margins)
        self.shape = tuple(
            n + low + high
            for n, (low, high) in zip(self.grid.shape, margins, strict=True)
        )
        if min(self.grid.shape) < 2 * self._reach:
            msg = (
                f"space order {self.space_order} needs {2 * self._reach} cells along "
                f"each axis, the grid has {self.grid.shape}"
            )
            raise ValueError(msg)
        self.rank = self.comm.rank if self.comm else 0
        size = self.comm.size if self.comm else 1
        chosen = process_grid or choose_process_grid(self.shape, size)
        self.decomposition = Decomposition(self.shape, chosen)
        if self.decomposition.size != size:
            msg = f"process grid {chosen} does not have {size} ranks"
            raise ValueError(msg)
        owned = self.decomposition.owned(self.rank)
        split = self.grid.ndim - 1
        self.layout = Layout.of(owned, (self._depth,) * split, self.dtype)
        self.slabs = slabs(self.shape, self.boundary, self._reach, self.layout)

    @property
    def _margin(self) -> int:
        """Cells beyond the owned ones that must stay valid between exchanges."""
        return max(0, HALF_WIDTH - self._reach)

    @property
    def _depth(self) -> int:
        """Halo cells: the reach of all time steps between two exchanges."""
        return self.steps_per_exchange * self._reach + self._margin

    @property
    def physical_box(self) -> Box:
        """The part of the physical grid that this rank owns (may be empty)."""
        return self._physical(self.layout.box)

    def _physical(self, box: Box) -> Box:
        whole = tuple(slice(0, n) for n in self.grid.shape)
        return intersect(shift(box, self._low), whole)

    def _padded(self, box: Box) -> Box:
        return shift(box, tuple(-low for low in self._low))

    # ---------------------------------------------------------------- model

    def _set_model(self, velocity: Reader | ArrayLike) -> None:
        self.velocity = self.extend(velocity)
        fastest = float(self.velocity.max())
        if self.comm:
            fastest = max(self.comm.allgather(fastest))
        self._fastest = fastest
        self.scale: Array = np.square(self.velocity * np.asarray(self.dt_s, self.dtype))
        if self.boundary.free_surface:
            self.layout.cells(self.scale)[..., 0] = 0

    def extend(self, values: Reader | ArrayLike) -> Array:
        """Values of the physical grid on this rank's local cells, flat.

        Layer cells take the value of the nearest physical cell.
        """
        if callable(values):
            read = values
        else:
            whole = np.asarray(values)
            if whole.shape != self.grid.shape:
                msg = f"array {whole.shape} does not fit the grid {self.grid.shape}"
                raise ValueError(msg)
            read = whole.__getitem__
        nearest = [
            np.clip(np.arange(side.start, side.stop) - low, 0, n - 1)
            for side, low, n in zip(
                self.layout.local_box, self._low, self.grid.shape, strict=True
            )
        ]
        part = read(tuple(slice(int(i[0]), int(i[-1]) + 1) for i in nearest))
        flat = self.layout.allocate()
        self.layout.cells(flat)[...] = np.asarray(part)[
            np.ix_(*(i - i[0] for i in nearest))
        ]
        return flat

    # ----------------------------------------------------------- time steps

    def start(self) -> State:
        """Make a wavefield at rest."""
        waves = (self.layout.allocate(), self.layout.allocate())
        size = flat_size(self.slabs)
        memories = (np.zeros(size, self.dtype), np.zeros(size, self.dtype))
        halos = (self._halo(0, waves, memories), self._halo(1, waves, memories))
        return State(waves, memories, halos)

    def _halo(
        self, turn: int, waves: tuple[Array, Array], memories: tuple[Array, Array]
    ) -> Halo:
        everything = tuple(slice(0, n) for n in self.shape)
        split = len(self.shape) - 1
        exchanged = [waves[turn]]
        if self.steps_per_exchange > 1:
            exchanged.append(waves[1 - turn])
        moves = self._transfers((self._depth,) * split, everything)
        origin = self.layout.origin[:-1]
        fields = [
            Field(wave.reshape(self.layout.shape), origin, moves, tag)
            for tag, wave in enumerate(exchanged)
        ]
        for slab in self.slabs:
            moves = self._transfers(self._memory_depth(slab), slab.region(everything))
            place = slab.array_origin(self.layout)
            fields += [
                Field(slab.array(memories[turn], name), place, moves, tag)
                for tag, name in enumerate(MEMORIES, start=2 + 2 * slab.side)
            ]
        return Halo(self.comm, fields)

    def _transfers(self, depth: tuple[int, ...], region: Box) -> tuple[Any, ...]:
        return tuple(transfers(self.decomposition, self.rank, depth, region))

    def _memory_depth(self, slab: Slab) -> tuple[int, ...]:
        later = self._depth - self._reach if self.steps_per_exchange > 1 else 0
        return tuple(
            later + (self._reach if axis == slab.axis else 0)
            for axis in range(len(self.shape) - 1)
        )

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
            propagator's dtype, the same on every rank.
        transpose : apply the exact transpose of the step instead.
        """
        current, previous = state.current, state.previous
        if points is not None and values is not None:
            spread = points.spread
            self._kernels.inject(
                previous, self.scale, spread.starts, spread.cells, spread.weights,
                values,
            )  # fmt: skip
        old, new = state.memories[state.turn], state.memories[1 - state.turn]
        update = self._update(transpose)
        state.turn = 1 - state.turn
        state.since_exchange += 1
        if state.since_exchange < self.steps_per_exchange:
            box = self._reachable(state.since_exchange)
            update(previous, current, self.scale, old, new, box)
            return
        state.since_exchange = 0
        rims, rest = self._rims
        for rim in rims:
            update(previous, current, self.scale, old, new, rim)
        halo = state.halos[state.turn]
        halo.start()
        if not is_empty(rest):
            update(previous, current, self.scale, old, new, rest)
        halo.finish()

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

    def _reachable(self, steps: int) -> Box:
        """Local cells that can be updated `steps` steps after an exchange."""
        cells = self._depth - steps * self._reach
        grown = grow(self.layout.box, (cells,) * (len(self.shape) - 1))
        everything = tuple(slice(0, n) for n in self.shape)
        return shift(intersect(grown, everything), self.layout.origin)

    @cached_property
    def _rims(self) -> tuple[list[Box], Box]:
        """Local boxes: rims that neighbours wait for, and the rest."""
        box = self.layout.box
        low = tuple(self._depth if side.start > 0 else 0 for side in box[:-1])
        high = tuple(
            self._depth if side.stop < n else 0
            for side, n in zip(box[:-1], self.shape, strict=False)
        )
        return divide(shift(box, self.layout.origin), low, high)

    # -------------------------------------------------- points and pictures

    def points(self, positions_m: ArrayLike, *, density: bool = False) -> Points:
        """Off-grid points at positions (n, ndim) [m].

        density : divide by the cell's volume, as a point source wants.
        """
        cells = self.grid.to_cells(positions_m) + self._low
        first, weights = kaiser_sinc(cells, HALF_WIDTH)
        if self.boundary.free_surface:
            weights = fold_at_surface(first, weights)
        if density:
            weights = weights.copy()
            weights[:, 0, :] /= self.grid.cell_volume
        nearest = np.rint(cells).astype(np.int64)
        return point_sets.locate(first, weights, nearest, self.layout, self.shape)

    def sample(self, state: State, points: Points, out: Array) -> None:
        """Read the owned points from the current pressure into out (owned,)."""
        read = points.read
        self._kernels.sample(state.current, read.starts, read.cells, read.weights, out)

    def collect(self, points: Points, traces: Array) -> Array | None:
        """Traces (owned, nt) of every rank as (n, nt) on rank 0; None elsewhere."""
        return collect(self.comm, points.n, points.owned, traces)

    def view(self, state: State, margin: int = 0) -> Array:
        """View of the current pressure [Pa] on the physical cells of this rank.

        margin : cells around them to include, at most space_order / 2; beyond
            the grid they hold the layer's field, or zeros at its outer end.
        """
        return self.view_of(state.current, margin)

    def view_of(self, flat: Array, margin: int = 0) -> Array:
        """View of any flat array of the layout, like `view`."""
        box = self._padded(self.physical_box)
        rows = flat.reshape(self.layout.shape)
        local = shift(box, self.layout.origin)
        lead = self.layout.lead
        return rows[
            tuple(
                slice(
                    side.start + extra - margin,
                    max(side.start, side.stop) + extra + margin,
                )
                for side, extra in zip(
                    local, (0,) * (len(local) - 1) + (lead,), strict=True
                )
            )
        ]

    def velocity_view(self) -> Array:
        """View of the velocity [m/s] on the physical cells of this rank."""
        return self.view_of(self.velocity)

    def assemble(self, local: Array) -> Array | None:
        """Physical parts of every rank as one array on rank 0; None elsewhere."""
        return assemble(self.comm, self.grid.shape, self.physical_box, local)

    # --------------------------------------------------------------- restart

    def save(self, state: State) -> dict[str, Array]:
        """Copy everything that the next steps depend on, for this rank."""
        return {
            "current": state.current.copy(),
            "previous": state.previous.copy(),
            "memory": state.memories[state.turn].copy(),
            "since_exchange": np.array(state.since_exchange),
        }

    def load(self, state: State, saved: dict[str, Array]) -> None:
        """Continue from what `save` returned."""
        state.current[:] = saved["current"]
        state.previous[:] = saved["previous"]
        state.memories[state.turn][:] = saved["memory"]
        state.since_exchange = int(saved["since_exchange"])


def _threads(backend: str, threads: int | None) -> int:
    if backend != "cpu":
        return 1
    if threads is not None:
        return threads
    import numba as nb

    return int(nb.get_num_threads())
