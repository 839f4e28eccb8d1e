"""The two wavefields of a migrated shot: source forward, receivers backward.

Imaging step k is time step n = k m. `imaging.correlation` brings them together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.domain.layout import Array
from anticline_solvers.numerics.storage import ForwardRun, KeepSnapshot
from anticline_solvers.seismic.acquisition.recording import Listening, Traces
from anticline_solvers.seismic.imaging.extent import Extent
from anticline_solvers.seismic.physics import Propagator
from anticline_solvers.seismic.timeloop import propagate, walk

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
    series : what acts. every : time steps between imaging steps. extent : of a
        snapshot. at_step : called at every complete time step.
    recorder : hears the field at every time step that it has not heard yet.
    to_host : hand snapshots out as NumPy arrays, wherever the wavefield lives.
    """

    def __init__(
        self,
        propagator: Propagator,
        source: Series,
        every: int,
        extent: Extent,
        at_step: AtStep,
        recorder: Listening | None = None,
    ) -> None:
        """Keep a snapshot every ``every`` time steps."""
        self.propagator, self.series = propagator, source
        self.every, self.extent, self.at_step = every, extent, at_step
        self.recorder = recorder
        self._silent = propagator.points(np.empty((0, propagator.placement.grid.ndim)))
        nothing = np.zeros((source.values.shape[0], 0), propagator.dtype)
        self._nothing = propagator.memory.to_device(nothing)
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
        every, last = self.every, min(last, self.steps)
        ears = self.recorder if isinstance(self.recorder, Traces) else None

        def at_step(n: int, state: Any) -> None:
            if ears is not None:
                ears.done = max(ears.done, n + 1)
            elif self.recorder is not None:
                self.recorder.hear(n, state)
            if keep is not None and n % every == 0:
                keep(n // every, self._snapshot(state))
            if each is not None:
                each(n, state)
            self.state, self.step = state, n + 1
            self.at_step(n, state)

        sees_all = each is not None or (self.recorder is not None and ears is None)
        for begin, end, heard in self._parts(first, last, ears):
            walk(
                self.propagator,
                self.series.points,
                self.series.values.T,
                self._silent if heard is None else heard.receivers,
                self._nothing if heard is None else heard.samples,
                state=state,
                steps=(begin, end),
                at_step=at_step,
                every=1 if sees_all else every,
            )

    @staticmethod
    def _parts(
        first: int, last: int, ears: Traces | None
    ) -> list[tuple[int, int, Traces | None]]:
        """Cut time steps where those begin that have not been heard yet."""
        new = last if ears is None else min(max(first, ears.done), last)
        parts = [(first, new, None), (new, last, ears)]
        return [part for part in parts if part[0] < part[1]]

    def _snapshot(self, state: Any) -> NDArray[Any]:
        view = self.extent.view(self.propagator.placement, state.current)
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

    def __init__(
        self,
        propagator: Propagator,
        data: Series | Callable[[], Series],
        at_step: AtStep,
        steps: int | None = None,
    ) -> None:
        """Start at rest after the last time step of ``data``.

        data : a function gives it once the first step back is taken; steps : its
            time steps then.
        """
        self.propagator, self._at_step = propagator, at_step
        self._data: Series | Callable[[], Series] = data
        self._silent = propagator.points(np.empty((0, propagator.placement.grid.ndim)))
        if steps is None:
            steps = self.data.values.shape[0]
        self.steps: int = steps
        self.step: int = steps
        self.state = propagator.start()
        self._unwatched = False
        self._before: Array | None = None

    @property
    def data(self) -> Series:
        """What acts; made when it is first asked for."""
        if not isinstance(self._data, Series):
            self._data = self._data()
        return self._data

    def at(self, n: int, extent: Extent) -> Array:
        """Go back to time t_n and give the field there, C contiguous.

        The transposed step n acts with the data at t_n and makes the field at
        t_{n-1}; so the field at t_n is there after step n + 1.
        """
        self._go_back(n + 1, self._at_step)
        propagator = self.propagator
        view = extent.view(propagator.placement, self.state.current)
        return cast("Array", propagator.memory.contiguous(view))

    def through(self, n: int, extent: Extent) -> Array:
        """Take the transposed step n; give what `state.previous` held before it.

        With w^n the field after step n, `state` holds w^n and w^{n+1} afterwards and
        the array w^{n+2}, C contiguous, valid until the next call. Such a moment is no
        place to stop: `at_step` is called for step n when the next one begins.
        """
        self._go_back(n + 1, self._at_step)
        propagator = self.propagator
        view = extent.view(propagator.placement, self.state.previous)
        if self._before is None:
            self._before = propagator.memory.copied(view)
        else:
            self._before[...] = view
        self._go_back(n, self._watch_later)
        return self._before

    def _watch_later(self, n: int, state: Any) -> None:
        self._unwatched = True

    def _go_back(self, first: int, at_step: AtStep) -> None:
        """Take the steps from the one before `step` back to `first`."""
        if self._unwatched:
            self._unwatched = False
            self._at_step(self.step, self.state)
        if first >= self.step:
            return

        def each(n: int, state: Any) -> None:
            self.step = first + n
            at_step(self.step, state)

        propagate(
            self.propagator,
            self.data.points,
            self.data.values[first : self.step].T,
            self._silent,
            transpose=True,
            state=self.state,
            at_step=each,
            every=self.steps,
        )
