"""A gather being modelled: the wavefield, and the traces recorded so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from anticline_solvers.domain.layout import Array
from anticline_solvers.domain.part import Part, ReadBox, reading_under, under
from anticline_solvers.domain.points import Points
from anticline_solvers.formats.checkpoint import Reader
from anticline_solvers.seismic.physics import Propagator
from anticline_solvers.seismic.timeloop import AtStep, propagate

STEPS_UNSEEN = 8
"""Time steps between two looks at a wavefield that nothing else needs to see."""


class Listening(Protocol):
    """What hears a source wavefield once, and gives traces of it."""

    @property
    def done(self) -> int:
        """Time steps heard."""

    def hear(self, n: int, state: Any) -> None:
        """Take in the field of time step n, unless it has been heard before."""

    def whole(self) -> Array | None:
        """Give traces (n_receivers, done) on rank 0, None elsewhere; collective."""

    def parts(self) -> list[Part]:
        """Give what has been heard so far; collective, the same names on all ranks."""

    def facts(self) -> dict[str, int]:
        """Give numbers, the same on all ranks."""

    def restore(self, read: ReadBox, fact: Callable[[str], Any]) -> None:
        """Go on from what `parts` and `facts` gave."""


class Traces:
    """Samples of a wavefield at receivers, time step after time step, each once.

    receivers : points of the propagator. steps : of the run. done : time steps heard.
    samples : (steps, owned) [Pa], in the propagator's memory; whoever propagates
        several time steps at once fills them and says how many are `done`.
    """

    def __init__(self, propagator: Propagator, receivers: Points, steps: int) -> None:
        self._propagator, self.receivers, self._steps = propagator, receivers, steps
        shape = steps, receivers.owned.size
        self.samples = propagator.memory.to_device(np.zeros(shape, propagator.dtype))
        self.done = 0

    def hear(self, n: int, state: Any) -> None:
        """Take the samples of time step n, where they are the next to take."""
        if n == self.done:
            self._propagator.sample(state, self.receivers, self.samples[n])
            self.done = n + 1

    def whole(self) -> Array | None:
        """Give (n_receivers, done) on rank 0, None elsewhere; collective."""
        return self._propagator.placement.collect(self.receivers, self.mine())

    def mine(self) -> Array:
        """Give this rank's receivers, (owned, done)."""
        samples = self._propagator.memory.to_host(self.samples[: self.done])
        return np.ascontiguousarray(samples.T)

    def parts(self) -> list[Part]:
        """Give the traces so far, on rank 0; collective."""
        whole = self.whole()
        if whole is None:
            whole = np.empty((0, self.done), self.samples.dtype)
        box = (slice(0, whole.shape[0]), slice(0, self.done))
        return [Part("traces", (self.receivers.n, self.done), box, whole, "Pa")]

    def facts(self) -> dict[str, int]:
        """Give the time steps heard."""
        return {"recorded_steps": self.done}

    def restore(self, read: ReadBox, fact: Callable[[str], Any]) -> None:
        """Go on from what `parts` and `facts` gave."""
        self.done = int(fact("recorded_steps"))
        owned = self.receivers.owned
        if owned.size and self.done:
            first, last = int(owned[0]), int(owned[-1]) + 1
            box = (slice(first, last), slice(0, self.done))
            rows = read("traces", (self.receivers.n, self.done), box)
            place = self._propagator.memory.to_device
            mine = np.ascontiguousarray(rows[owned - first].T)
            self.samples[: self.done] = place(mine)


class Recording:
    """One shot's forward run with its receivers; a `restart.Resumable`.

    sources : points of the propagator. traces : hear the field.
    series : (sources.n, nt), source samples, the same on every rank.
    """

    def __init__(
        self, propagator: Propagator, sources: Points, series: Array, traces: Listening
    ) -> None:
        self._propagator = propagator
        self._sources, self._series, self._traces = sources, series, traces
        self._silent = propagator.points(np.empty((0, propagator.placement.grid.ndim)))
        self._state = propagator.start()

    def finish(self, at_step: AtStep) -> None:
        """Run the time steps that are left.

        at_step : called as at_step(n, state) after each, or every STEPS_UNSEEN.
        """
        traces = self._traces

        def counted(n: int, state: Any) -> None:
            if isinstance(traces, Traces):
                traces.done = n + 1
            else:
                traces.hear(n, state)
            at_step(n, state)

        propagate(
            self._propagator,
            self._sources,
            self._series,
            traces.receivers if isinstance(traces, Traces) else self._silent,
            state=self._state,
            steps=(traces.done, self._series.shape[1]),
            at_step=counted,
            every=STEPS_UNSEEN if isinstance(traces, Traces) else 1,
            traces=traces.samples if isinstance(traces, Traces) else None,
        )

    def traces(self) -> Array | None:
        """Give the traces (n_receivers, nt) on rank 0, None elsewhere; collective."""
        return self._traces.whole()

    def parts(self) -> list[Part]:
        """Give the wavefield, and on rank 0 the traces so far; collective."""
        field = under("source", self._propagator.parts(self._state))
        return [*field, *self._traces.parts()]

    def facts(self) -> dict[str, int]:
        """Give the time steps done."""
        return self._traces.facts()

    def place(self) -> str:
        """Say at which time step the run is."""
        return f"at time step {self._traces.done} of {self._series.shape[1]}"

    def restore(self, reader: Reader) -> None:
        """Go on from a checkpoint."""
        self._traces.restore(reader.box, reader.fact)
        self._propagator.restore(self._state, reading_under("source", reader.box))
