"""The loop over time steps, forward and exactly transposed, for any physics.

Forward, step n = 0 ... nt - 1 makes the field at t_n = n dt:

    act with the source at t_{n-1};  step;  read the receivers at t_n

The transpose walks the same steps backwards with the transposed operations:

    act with the data at t_n;  transposed step;  read the sources at t_{n-1}

so <F f, d> = <f, F^T d> holds to rounding, layers and off-grid points included.
"""

from __future__ import annotations

from collections.abc import Callable
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
    traces : (nt, record.owned.size) where the samples go, in the propagator's
        memory; new and zero if None.

    Returns
    -------
    traces : (record.owned.size, nt), of the propagator's dtype; zero outside
        `steps`. Forward: samples at t_n. Transposed: the adjoint at the sources.
    """
    place = propagator.memory.to_device
    values = place(np.ascontiguousarray(np.asarray(series, propagator.dtype).T))
    nt = values.shape[0]
    state = propagator.start() if state is None else state
    if traces is None:
        traces = place(np.zeros((nt, record.owned.size), propagator.dtype))
    first, last = steps or (0, nt)
    for n in reversed(range(first, last)) if transpose else range(first, last):
        acting, reading = (n, n - 1) if transpose else (n - 1, n)
        act = values[acting] if acting >= 0 else None
        propagator.step(state, inject, act, transpose=transpose)
        if reading >= 0 and record.n:
            propagator.sample(state, record, traces[reading])
        if at_step is not None:
            at_step(n, state)
    return np.ascontiguousarray(propagator.memory.to_host(traces).T)
