"""The loop over time steps, forward and exactly transposed, for any physics.

Forward, step n = 0 ... nt - 1 makes the field at t_n = n dt:

    act with the source at t_{n-1};  step;  read the receivers at t_n

The transpose walks the same steps backwards with the transposed operations:

    act with the data at t_n;  transposed step;  read the sources at t_{n-1}

so <F f, d> = <f, F^T d> holds to rounding, layers and off-grid points included.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from anticline_solvers.domain.layout import Array
from anticline_solvers.seismic.physics import Propagator

AtStep = Callable[[int, Any], None]


def propagate(
    propagator: Propagator,
    inject: Any,
    series: ArrayLike,
    record: Any,
    *,
    transpose: bool = False,
    state: Any = None,
    steps: tuple[int, int] | None = None,
    at_step: AtStep | None = None,
    every: int = 1,
    traces: Array | None = None,
) -> Array:
    """Propagate `series` from the points `inject` to the points `record`.

    inject, record : points of the propagator. Forward: sources, receivers.
        Transposed: receivers, sources.
    series : (inject.n, nt), the same on every rank. Forward: source samples at
        t_n = n dt. Transposed: data samples at t_n.
    state : wavefield to go on with; a new one at rest if None.
    steps : (first, last), the part first <= n < last of the nt steps; the
        transpose walks it from last - 1 down to first.
    at_step : called as at_step(n, state) when the field of step n is complete.
    every : where the physics takes several steps at once, call it after multiples of
        so many, and after the last one of the walk; else after each.
    traces : (nt, record.owned.size) where the samples go, in the propagator's
        memory; new and zero if None.

    Returns
    -------
    traces : (record.owned.size, nt), of the propagator's dtype; zero outside
        `steps`. Forward: samples at t_n. Transposed: the adjoint at the sources.
    """
    if traces is None:
        shape = (np.shape(series)[1], record.owned.size)
        zeros = np.zeros(shape, propagator.dtype)
        traces = propagator.memory.to_device(zeros)
    given = propagator, inject, series, record, traces
    told = {"transpose": transpose, "state": state, "steps": steps}
    walk(*given, **told, at_step=at_step, every=every)
    return np.ascontiguousarray(propagator.memory.to_host(traces).T)


def walk(
    propagator: Propagator,
    inject: Any,
    series: ArrayLike,
    record: Any,
    traces: Array,
    *,
    transpose: bool = False,
    state: Any = None,
    steps: tuple[int, int] | None = None,
    at_step: AtStep | None = None,
    every: int = 1,
) -> None:
    """Do as `propagate`, and leave the samples in `traces`."""
    place = propagator.memory.to_device
    values = place(np.ascontiguousarray(np.asarray(series, propagator.dtype).T))
    state = propagator.start() if state is None else state
    way = _Walk(propagator, inject, values, record, traces, transpose)
    interval = every if propagator.steps_at_once > 1 else 1
    if at_step is None:
        interval = values.shape[0]
    begin, end = steps or (0, values.shape[0])
    for first, last in stretches(begin, end, interval, transpose=transpose):
        way.go(state, first, last)
        if at_step is not None:
            at_step(first if transpose else last - 1, state)


def stretches(
    first: int, last: int, every: int, *, transpose: bool = False
) -> list[tuple[int, int]]:
    """Cut the steps first <= n < last after each multiple of `every`, in their order.

    Every stretch (a, b) of a <= n < b but the last of the walk ends with a multiple:
    b - 1 forward, a of the transpose.
    """
    if transpose:
        inner = list(range(-(-first // every) * every, last, every))
        edges = sorted({first, *inner, last})
        return list(pairwise(edges))[::-1]
    inner = [n + 1 for n in range(-(-first // every) * every, last, every)]
    return list(pairwise(sorted({first, *inner, last})))


@dataclass(frozen=True, eq=False)
class _Walk:
    """Time steps with what acts and what is read in each of them."""

    propagator: Propagator
    inject: Any
    values: Array
    record: Any
    traces: Array
    transpose: bool

    def go(self, state: Any, first: int, last: int) -> None:
        """Take the steps first <= n < last, in tiles where the physics has them."""
        if last - first > 1 and self.propagator.steps_at_once > 1:
            self._at_once(state, first, last)
            return
        order = range(first, last)
        for n in reversed(order) if self.transpose else order:
            acting, reading = (n, n - 1) if self.transpose else (n - 1, n)
            act = self.values[acting] if acting >= 0 else None
            self.propagator.step(state, self.inject, act, transpose=self.transpose)
            if reading >= 0 and self.record.n:
                self.propagator.sample(state, self.record, self.traces[reading])

    def _at_once(self, state: Any, first: int, last: int) -> None:
        """Hand values and traces over in the order of the walk."""
        advance = self.propagator.advance
        if not self.transpose:
            values = self.values[max(first - 1, 0) : last - 1]
            if first == 0:
                values = np.concatenate([np.zeros_like(self.values[:1]), values])
            heard = self.traces[first:last]
            advance(state, self.inject, values, self.record, heard)
            return
        values = np.ascontiguousarray(self.values[first:last][::-1])
        heard = np.zeros((last - first, self.traces.shape[1]), self.traces.dtype)
        advance(state, self.inject, values, self.record, heard, transpose=True)
        low = max(first - 1, 0)
        self.traces[low : last - 1] = heard[: last - 1 - low][::-1]
