"""One shot migrated: source field forward, receiver field backward, their image.

Imaging step k is time step n = k m. The source wavefield comes in reverse order
from `numerics.storage`, in memory or recomputed; whenever a snapshot is there, the
receiver wavefield is taken back to its time step and both are correlated.
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
    reverse_sweep,
)
from anticline_solvers.seismic.imaging import Imaging
from anticline_solvers.seismic.physics import Propagator
from anticline_solvers.seismic.timeloop import propagate

AtStep = Callable[[int, Any], None]


@dataclass(frozen=True, eq=False)
class Series:
    """What acts on a wavefield.

    points : of a propagator. values : float32 (time steps, points.n), C contiguous,
        the same on every rank of the group.
    """

    points: Any
    values: NDArray[np.float32]


class SourceField:
    """The source wavefield of a shot, as `numerics.storage` runs it."""

    def __init__(
        self,
        propagator: Propagator,
        source: Series,
        every: int,
        halo: int,
        at_step: AtStep,
    ) -> None:
        """Keep a snapshot every ``every`` time steps, with ``halo`` cells around."""
        self._propagator, self._source = propagator, source
        self._every, self._halo, self._at_step = every, halo, at_step
        self._silent = propagator.points(np.empty((0, propagator.placement.grid.ndim)))

    def start(self) -> Any:
        """Make a wavefield at rest."""
        return self._propagator.start()

    def advance(
        self, state: Any, first: int, last: int, keep: KeepSnapshot | None
    ) -> None:
        """Go from before imaging step first to before last."""
        nt, every = self._source.values.shape[0], self._every

        def at_step(n: int, state: Any) -> None:
            if keep is not None and n % every == 0:
                keep(n // every, self._propagator.view(state, self._halo))
            self._at_step(n, state)

        propagate(
            self._propagator,
            self._source.points,
            self._source.values.T,
            self._silent,
            state=state,
            steps=(first * every, min(last * every, nt)),
            at_step=at_step,
        )

    def save(self, state: Any) -> dict[str, NDArray[Any]]:
        """Copy the wavefield."""
        return self._propagator.save(state)

    def load(self, state: Any, saved: dict[str, NDArray[Any]]) -> None:
        """Take a copied wavefield up again."""
        self._propagator.load(state, saved)


class ReceiverField:
    """The receiver wavefield of a shot, walked backwards by the exact transpose."""

    def __init__(self, propagator: Propagator, data: Series, at_step: AtStep) -> None:
        """Start at rest after the last time step of ``data``."""
        self._propagator, self._data, self._at_step = propagator, data, at_step
        self._silent = propagator.points(np.empty((0, propagator.placement.grid.ndim)))
        self._last = data.values.shape[0]
        self._state = propagator.start()

    def at(self, n: int, halo: int) -> NDArray[Any]:
        """Go back to time t_n and give the field there, C contiguous.

        The transposed step n acts with the data at t_n and makes the field at
        t_{n-1}; so the field at t_n is there after step n + 1.
        """
        after = n + 1
        propagate(
            self._propagator,
            self._data.points,
            self._data.values[after : self._last].T,
            self._silent,
            transpose=True,
            state=self._state,
            at_step=lambda step, state: self._at_step(after + step, state),
        )
        self._last = min(after, self._last)
        return np.ascontiguousarray(self._propagator.view(self._state, halo))


def correlate_fields(
    imaging: Imaging,
    source: SourceField,
    receiver: ReceiverField,
    every: int,
    plan: StoragePlan,
) -> None:
    """Add every imaging step of a shot to the image, the last step first."""

    def use(k: int, snapshot: NDArray[Any]) -> None:
        imaging.add(snapshot, receiver.at(k * every, imaging.halo))

    reverse_sweep(plan, source, use)


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
