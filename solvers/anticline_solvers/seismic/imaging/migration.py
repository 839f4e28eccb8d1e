"""The two wavefields of a migrated shot: source forward, receivers backward.

Imaging step k is time step n = k m. `imaging.correlation` brings them together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.numerics.storage import ForwardRun, KeepSnapshot
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
    series : what acts. every : time steps between imaging steps. halo : cells around
        a snapshot. at_step : called at every complete time step.
    to_host : hand snapshots out as NumPy arrays, wherever the wavefield lives.
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
        self.propagator, self.series = propagator, source
        self.every, self.halo, self.at_step = every, halo, at_step
        self._silent = propagator.points(np.empty((0, propagator.placement.grid.ndim)))
        self.state: Any = None
        self.step = 0
        self.to_host = False

    @property
    def steps(self) -> int:
        """Time steps of the run."""
        return int(self.series.values.shape[0])

    def start(self) -> Any:
        """Make a wavefield at rest."""
        return self.propagator.start()

    def advance(
        self, state: Any, first: int, last: int, keep: KeepSnapshot | None
    ) -> None:
        """Go from before imaging step first to before last."""
        every = self.every
        self.advance_steps(state, first * every, last * every, keep)

    def advance_steps(
        self,
        state: Any,
        first: int,
        last: int,
        keep: KeepSnapshot | None,
        each: AtStep | None = None,
    ) -> None:
        """Go from before time step first to before last, or to the end of the run.

        each : called as each(n, state) at every time step.
        """
        nt, every = self.steps, self.every

        def at_step(n: int, state: Any) -> None:
            if keep is not None and n % every == 0:
                keep(n // every, self._snapshot(state))
            if each is not None:
                each(n, state)
            self.state, self.step = state, n + 1
            self.at_step(n, state)

        propagate(
            self.propagator,
            self.series.points,
            self.series.values.T,
            self._silent,
            state=state,
            steps=(first, min(last, nt)),
            at_step=at_step,
        )

    def _snapshot(self, state: Any) -> NDArray[Any]:
        view = self.propagator.view(state, self.halo)
        return self.propagator.memory.to_host(view) if self.to_host else view

    def save(self, state: Any) -> dict[str, NDArray[Any]]:
        """Copy the wavefield."""
        return self.propagator.save(state)

    def load(self, state: Any, saved: dict[str, NDArray[Any]]) -> None:
        """Take a copied wavefield up again."""
        self.propagator.load(state, saved)


class SourceRun(ForwardRun[Any], Protocol):
    """A part of a source field, run as `numerics.storage` asks; steps can be seen."""

    source: SourceField

    def time_steps(self, n_imaging: int) -> tuple[int, int]:
        """Tell the time steps, first and last + 1, of so many imaging steps."""


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
        propagator = self.propagator
        field: NDArray[Any] = propagator.memory.contiguous(
            propagator.view(self.state, halo)
        )
        return field
