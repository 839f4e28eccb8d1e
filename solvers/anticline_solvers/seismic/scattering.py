r"""Waves that a perturbation of the velocity scatters once, heard at receivers.

A velocity v + dv changes the field p by dp, to first order (`seismic.born`):

    dp^{n+1} = 2 dp^n - dp^{n-1} + c lap dp^n + (2 dv / v) q^{n+1}
    q^{n+1}  = p^{n+1} - 2 p^n + p^{n-1}

While p is on its way, dp follows it step by step, so neither is stored.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from anticline_solvers.domain.layout import Array
from anticline_solvers.domain.part import Part, ReadBox, reading_under, under
from anticline_solvers.domain.placement import Reader
from anticline_solvers.domain.points import Points
from anticline_solvers.seismic.acquisition.recording import Traces
from anticline_solvers.seismic.physics import Propagator

SCATTERED, BEFORE = "scattered", "before"


class ScatteredTraces:
    """Traces of the scattered field of a source field; a `recording.Listening`.

    perturbation : dv [m/s] on the physical grid, as `Placement.extend` takes values.
    background : add the source field's own traces.
    """

    def __init__(
        self,
        propagator: Propagator,
        receivers: Points,
        steps: int,
        perturbation: Reader | ArrayLike,
        *,
        background: bool = False,
    ) -> None:
        self._propagator, self._steps = propagator, steps
        self._relative = propagator.memory.to_device(
            relative_change(propagator, perturbation)
        )
        self._state = propagator.start()
        self._before = propagator.memory.copied(self._state.current)
        self._traces = Traces(propagator, receivers, steps)
        self._background = Traces(propagator, receivers, steps) if background else None

    @property
    def done(self) -> int:
        """Time steps heard."""
        return self._traces.done

    def hear(self, n: int, state: Any) -> None:
        """Take the scattered field to time step n, where it is the next one."""
        if n != self.done:
            return
        here = self._state
        here.previous[:] -= self._relative * (
            state.current - 2 * state.previous + self._before
        )
        self._before[:] = state.previous
        self._propagator.step(here)
        self._traces.hear(n, here)
        if self._background is not None:
            self._background.hear(n, state)

    def whole(self) -> Array | None:
        """Give (n_receivers, done) on rank 0, None elsewhere; collective."""
        scattered = self._traces.whole()
        if self._background is None:
            return scattered
        direct = self._background.whole()
        if scattered is None or direct is None:
            return None
        return np.asarray(direct + scattered)

    def owned(self) -> Array:
        """Give this rank's receivers, (owned, done), the background left out."""
        return self._traces.mine()

    def parts(self) -> list[Part]:
        """Give the traces, and the scattered field while it is on its way."""
        parts = self._traces.parts()
        if self._background is not None:
            parts += under("background", self._background.parts())
        if 0 < self.done < self._steps:
            place = self._propagator.placement
            before = place.layout.view(self._before, place.layout.box)
            host = self._propagator.memory.to_host(before)
            parts += under(SCATTERED, self._propagator.parts(self._state))
            parts.append(Part(BEFORE, place.shape, place.layout.box, host, "Pa"))
        return parts

    def facts(self) -> dict[str, int]:
        """Give the time steps heard."""
        return self._traces.facts()

    def restore(self, read: ReadBox, fact: Callable[[str], Any]) -> None:
        """Go on from what `parts` and `facts` gave."""
        self._traces.restore(read, fact)
        if self._background is not None:
            self._background.restore(reading_under("background", read), fact)
        if 0 < self.done < self._steps:
            place = self._propagator.placement
            self._propagator.restore(self._state, reading_under(SCATTERED, read))
            values = read(BEFORE, place.shape, place.layout.box)
            there = place.layout.view(self._before, place.layout.box)
            there[...] = self._propagator.memory.to_device(np.asarray(values))


def relative_change(propagator: Propagator, perturbation: Reader | ArrayLike) -> Array:
    """Give 2 dv / v, flat, 0 in the row margins."""
    velocity = propagator.velocity
    change: Array = 2 * propagator.placement.extend(perturbation)
    return np.asarray(change / np.where(velocity > 0, velocity, 1), propagator.dtype)
