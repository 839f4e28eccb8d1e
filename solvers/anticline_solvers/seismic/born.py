r"""Born modelling and its exact discrete adjoint, at constant density.

A velocity v + dv perturbs the field p by dp, to first order (c = (v dt)^2):

    dp^{n+1} = 2 dp^n - dp^{n-1} + c lap dp^n + (2 dv / v) q^{n+1}
    q^{n+1}  = p^{n+1} - 2 p^n + p^{n-1}

where lap includes the absorbing layers; their velocity follows the nearest
physical cell. The adjoint correlates the adjoint field w (`seismic.timeloop`)
with the same second difference:  dv-image = sum_n (2 / v) w^n q^n / c, layers
folded back onto those cells. It is the gradient of least squares when the
data are residuals.

Source: Dai, Fowler and Schuster (2012), doi:10.1111/j.1365-2478.2012.01092.x.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from anticline_solvers.domain.layout import Array
from anticline_solvers.domain.placement import Reader
from anticline_solvers.seismic.physics import Propagator
from anticline_solvers.seismic.scattering import ScatteredTraces
from anticline_solvers.seismic.timeloop import propagate


def born(
    propagator: Propagator,
    perturbation: Reader | ArrayLike,
    sources: Any,
    series: ArrayLike,
    receivers: Any,
) -> Array:
    """Scattered traces of a velocity perturbation.

    perturbation : dv [m/s] on the physical grid, as `Placement.extend` takes
        values.
    sources, series, receivers : as in `timeloop.propagate`.

    Returns
    -------
    (receivers.owned.size, nt) [Pa], this rank's receivers.
    """
    values = np.asarray(series, propagator.dtype)
    heard = ScatteredTraces(propagator, receivers, values.shape[1], perturbation)
    silent = propagator.points(np.empty((0, propagator.placement.grid.ndim)))
    propagate(propagator, sources, values, silent, at_step=heard.hear)
    return heard.owned()


def born_adjoint(
    propagator: Propagator,
    sources: Any,
    series: ArrayLike,
    receivers: Any,
    data: ArrayLike,
) -> Array | None:
    """Apply the exact transpose of `born`: data (receivers.n, nt) onto the grid.

    data : the same on every rank. Every time step of the source field is held
        in memory: for proofs and small models.

    Returns
    -------
    The image [data^2 s / m], float64, shape of the physical grid, on rank 0 of the
    propagator's communicator; None elsewhere.
    """
    values = np.asarray(series, propagator.dtype)
    second = list(_second_differences(propagator, sources, values))
    image = np.zeros(propagator.velocity.shape)

    def correlate(n: int, state: Any) -> None:
        image[:] += np.multiply(state.current, second[n], dtype=np.float64)

    propagate(propagator, receivers, data, sources, transpose=True, at_step=correlate)
    velocity = propagator.velocity.astype(np.float64)
    image *= 2.0 / (_nonzero(velocity) ** 3 * propagator.dt_s**2)
    place = propagator.placement
    return place.gather_folded(place.layout.view(image, place.layout.box))


def _second_differences(
    propagator: Propagator, sources: Any, values: Array
) -> Iterator[Array]:
    """q^n of the source field, flat, for n = 0 ... nt - 1."""
    state = propagator.start()
    for n in range(values.shape[1]):
        before = state.previous.copy()
        act = np.ascontiguousarray(values[:, n - 1]) if n else None
        propagator.step(state, sources, act)
        yield state.current - 2 * state.previous + before


def _nonzero(velocity: Array) -> Array:
    """Return the velocity with its row margins, which hold zeros, set to one."""
    return np.where(velocity > 0, velocity, 1)
