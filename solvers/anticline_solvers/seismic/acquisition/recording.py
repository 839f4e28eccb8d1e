"""A gather being modelled: the wavefield, and the traces recorded so far."""

from __future__ import annotations

from typing import Any

import numpy as np

from anticline_solvers.domain.layout import Array
from anticline_solvers.domain.part import Part, reading_under, under
from anticline_solvers.domain.points import Points
from anticline_solvers.formats.checkpoint import Reader
from anticline_solvers.seismic.physics import Propagator
from anticline_solvers.seismic.timeloop import AtStep, propagate


class Recording:
    """One shot's forward run with its receivers; a `restart.Resumable`.

    sources, receivers : points of the propagator.
    series : (sources.n, nt), source samples, the same on every rank.
    """

    def __init__(
        self, propagator: Propagator, sources: Points, series: Array, receivers: Points
    ) -> None:
        self._propagator = propagator
        self._sources, self._series, self._receivers = sources, series, receivers
        self._state = propagator.start()
        shape = series.shape[1], receivers.owned.size
        self._samples = propagator.memory.to_device(np.zeros(shape, propagator.dtype))
        self._done = 0

    def finish(self, at_step: AtStep) -> None:
        """Run the time steps that are left."""

        def counted(n: int, state: Any) -> None:
            self._done = n + 1
            at_step(n, state)

        propagate(
            self._propagator,
            self._sources,
            self._series,
            self._receivers,
            state=self._state,
            steps=(self._done, self._series.shape[1]),
            at_step=counted,
            traces=self._samples,
        )

    def traces(self) -> Array | None:
        """Give the traces (n_receivers, nt) on rank 0, None elsewhere; collective."""
        return self._collected(self._series.shape[1])

    def _collected(self, steps: int) -> Array | None:
        samples = self._propagator.memory.to_host(self._samples[:steps])
        rows = np.ascontiguousarray(samples.T)
        return self._propagator.placement.collect(self._receivers, rows)

    def parts(self) -> list[Part]:
        """Give the wavefield, and on rank 0 the traces so far; collective."""
        whole = self._collected(self._done)
        shape = (self._receivers.n, self._done)
        if whole is None:
            whole = np.empty((0, self._done), self._samples.dtype)
        box = (slice(0, whole.shape[0]), slice(0, self._done))
        field = under("source", self._propagator.parts(self._state))
        return [*field, Part("traces", shape, box, whole, "Pa")]

    def facts(self) -> dict[str, int]:
        """Give the time steps done."""
        return {"source_step": self._done}

    def place(self) -> str:
        """Say at which time step the run is."""
        return f"at time step {self._done} of {self._series.shape[1]}"

    def restore(self, reader: Reader) -> None:
        """Go on from a checkpoint."""
        self._done = int(reader.fact("source_step"))
        self._propagator.restore(self._state, reading_under("source", reader.box))
        owned = self._receivers.owned
        if owned.size and self._done:
            first, last = int(owned[0]), int(owned[-1]) + 1
            box = (slice(first, last), slice(0, self._done))
            rows = reader.box("traces", (self._receivers.n, self._done), box)
            place = self._propagator.memory.to_device
            mine = np.ascontiguousarray(rows[owned - first].T)
            self._samples[: self._done] = place(mine)
