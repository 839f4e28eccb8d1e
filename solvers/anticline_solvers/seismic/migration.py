"""The two wavefields of a migrated shot: source forward, receivers backward.

Imaging step k is time step n = k m. `seismic.correlation` brings them together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mpi4py import MPI

from anticline_solvers.numerics.storage import (
    KeepSnapshot,
    StoragePlan,
    plan_storage,
)
from anticline_solvers.seismic.physics import Propagator
from anticline_solvers.seismic.timeloop import propagate

AtStep = Callable[[int, Any], None]


@dataclass(frozen=True, eq=False)
class Series:
    """What acts on a wavefield.

    points : of a propagator. values : float32 (time steps, points.n), C contiguous.
        A rank may leave out points that do not reach its cells.
    """

    points: Any
    values: NDArray[np.float32]


class SourceField:
    """The source wavefield of a shot, as `numerics.storage` runs it.

    state, step : the wavefield last advanced, and its time steps.
    """

    def __init__(
        self,
        propagator: Propagator,
        source: Series,
        every: int,
        halo: int,
        at_step: AtStep,
    ) -> None:
        """Keep a snapshot every ``every`` time steps, with ``halo`` cells around."""
        self.propagator, self._source = propagator, source
        self._every, self._halo, self._at_step = every, halo, at_step
        self._silent = propagator.points(np.empty((0, propagator.placement.grid.ndim)))
        self.state: Any = None
        self.step = 0

    def start(self) -> Any:
        """Make a wavefield at rest."""
        return self.propagator.start()

    def advance(
        self, state: Any, first: int, last: int, keep: KeepSnapshot | None
    ) -> None:
        """Go from before imaging step first to before last."""
        every = self._every
        self.advance_steps(state, first * every, last * every, keep)

    def advance_steps(
        self, state: Any, first: int, last: int, keep: KeepSnapshot | None
    ) -> None:
        """Go from before time step first to before last, or to the end of the run."""
        nt, every = self._source.values.shape[0], self._every

        def at_step(n: int, state: Any) -> None:
            if keep is not None and n % every == 0:
                keep(n // every, self.propagator.view(state, self._halo))
            self.state, self.step = state, n + 1
            self._at_step(n, state)

        propagate(
            self.propagator,
            self._source.points,
            self._source.values.T,
            self._silent,
            state=state,
            steps=(first, min(last, nt)),
            at_step=at_step,
        )

    def save(self, state: Any) -> dict[str, NDArray[Any]]:
        """Copy the wavefield."""
        return self.propagator.save(state)

    def load(self, state: Any, saved: dict[str, NDArray[Any]]) -> None:
        """Take a copied wavefield up again."""
        self.propagator.load(state, saved)


class ReceiverField:
    """The receiver wavefield of a shot, walked backwards by the exact transpose.

    state : the wavefield. step : the next time step back is the one before this.
    """

    def __init__(self, propagator: Propagator, data: Series, at_step: AtStep) -> None:
        """Start at rest after the last time step of ``data``."""
        self.propagator, self._data, self._at_step = propagator, data, at_step
        self._silent = propagator.points(np.empty((0, propagator.placement.grid.ndim)))
        self.steps: int = data.values.shape[0]
        self.step: int = self.steps
        self.state = propagator.start()

    def at(self, n: int, halo: int) -> NDArray[Any]:
        """Go back to time t_n and give the field there, C contiguous.

        The transposed step n acts with the data at t_n and makes the field at
        t_{n-1}; so the field at t_n is there after step n + 1.
        """
        after = n + 1

        def at_step(step: int, state: Any) -> None:
            self.step = after + step
            self._at_step(self.step, state)

        propagate(
            self.propagator,
            self._data.points,
            self._data.values[after : self.step].T,
            self._silent,
            transpose=True,
            state=self.state,
            at_step=at_step,
        )
        return np.ascontiguousarray(self.propagator.view(self.state, halo))


def plan_of(
    propagator: Propagator,
    halo: int,
    n_imaging: int,
    budget_bytes: float,
    comm: MPI.Comm,
) -> StoragePlan:
    """Plan what a group holds of a source wavefield; the same on all its ranks.

    budget_bytes : of this rank. Raises ValueError where the budget is too small.
    """
    state = propagator.start()
    snapshot = propagator.view(state, halo).nbytes
    saved = sum(array.nbytes for array in propagator.save(state).values())
    return plan_storage(
        n_imaging,
        comm.allreduce(snapshot, MPI.MAX),
        comm.allreduce(saved, MPI.MAX),
        int(comm.allreduce(budget_bytes, MPI.MIN)),
    )
