"""From the sums of a shot to the derivative of its misfit by a parameter of the model.

    by velocity v             g = 2 / (v^3 dt^2) S
    by slowness 1/v           - v^2 g
    by squared slowness 1/v^2 - v^3 / 2 g

S is the sum with the cells of the layers added to those whose velocity they carry.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.domain import fixed_point
from anticline_solvers.domain.layout import Array
from anticline_solvers.domain.placement import Placement
from anticline_solvers.formats.gradient import GRADIENT, ILLUMINATION
from anticline_solvers.seismic.gradient.sums import GradientSums

Field = NDArray[np.float64]

CHAIN_RULE: dict[str, Callable[[Field], Field | float]] = {
    "vp": lambda v: 1.0,
    "slowness": lambda v: -(v**2),
    "squared_slowness": lambda v: -0.5 * v**3,
    "perturbation": lambda v: 1.0,
}
"""d v / d parameter, by parameter, at a velocity [m/s]."""


def by_velocity(
    place: Placement, sums: GradientSums, velocity: Array, dt_s: float
) -> Field | None:
    """Give d misfit / d v of what was summed, on rank 0; None elsewhere; collective.

    velocity : on the physical grid, on rank 0.
    """
    whole = place.gather_folded(sums.fields()[GRADIENT])
    if whole is None:
        return None
    return np.asarray(whole * 2.0 / (velocity.astype(np.float64) ** 3 * dt_s**2))


def finished(
    place: Placement,
    sums: GradientSums,
    velocity: Array,
    dt_s: float,
    factor: float,
    every: int,
    parameter: str,
) -> dict[str, Array] | None:
    """Give a shot's fields on rank 0, None elsewhere; collective.

    velocity : on the physical grid, on rank 0. factor : what the adjoint source was
    divided by. every : time steps between imaging steps.

    Returns float32 fields, rounded so that their sums are exact.
    """
    gradient = by_velocity(place, sums, velocity, dt_s)
    light = place.assemble(_physical(place, sums.fields()[ILLUMINATION]))
    if gradient is None or light is None:
        return None
    by = CHAIN_RULE[parameter](velocity.astype(np.float64))
    return {
        GRADIENT: fixed_point.rounded(gradient * (factor * every) * by),
        ILLUMINATION: fixed_point.rounded(light.astype(np.float64) * every),
    }


def _physical(place: Placement, owned: Array) -> Array:
    """Cut what a rank owns to the physical grid."""
    starts = zip(place.low, place.layout.box, strict=True)
    ahead = [low - box.start for low, box in starts]
    cells = tuple(
        slice(side.start + n, max(side.start, side.stop) + n)
        for side, n in zip(place.physical_box, ahead, strict=True)
    )
    return owned[cells]
