"""What a kernel is built from, and the signature that all kernels share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from anticline_solvers.acoustic.equations import Term, difference_reach, layer_terms
from anticline_solvers.acoustic.memory import Slab
from anticline_solvers.domain.decomposition import Box
from anticline_solvers.domain.layout import Array, Layout
from anticline_solvers.numerics.absorbing import (
    PROFILES,
    Boundary,
    layer_profiles,
    slab_profiles,
)
from anticline_solvers.numerics.stencils import (
    first_derivative,
    radius,
    second_derivative,
)


class Medium(NamedTuple):
    """Fields of the medium on a rank's local cells, flat arrays of the layout.

    scale : (v dt)^2 [m^2]; zero on a free surface.
    buoyancy : 1 / density [m^3/kg]; None where the density is constant, the only
        medium that the kernels compute.
    """

    scale: Array
    buoyancy: Array | None = None


Update = Callable[[Array, Array, Medium, Array, Array, Box], None]
"""update(previous, current, medium, old, new, box): one time step, in place.

previous : flat pressure p^{n-1} [Pa] of the layout; becomes p^{n+1} in the box.
current : flat pressure p^n [Pa], halo and free-surface image valid.
medium : what the waves run through.
old, new : flat memories before and after the step (`acoustic.memory.allocate`).
box : local cells to update (tuple of slices, z whole).

All arrays are local, C-contiguous and of the layout's dtype.
"""


@dataclass(frozen=True)
class Setup:
    """Everything that one rank's update depends on, except the wavefield.

    layout : where the rank's cells lie.
    slabs : where its memories lie.
    order : space order, 2 to 16.
    spacing_m : of each axis [m].
    boundary, velocity_m_s, dt_s : of the layers' profiles.
    transpose : build the exact transpose instead of the forward update.
    threads : threads of a rank.
    """

    layout: Layout
    slabs: tuple[Slab, ...]
    order: int
    spacing_m: tuple[float, ...]
    boundary: Boundary
    velocity_m_s: float
    dt_s: float
    transpose: bool = False
    threads: int = 1
    terms: tuple[Term, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "terms", layer_terms(self.transpose))

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.spacing_m)

    @property
    def reach(self) -> int:
        """Cells that the stencil reaches to each side."""
        return radius(self.order)

    def second(self) -> Array:
        """Weights of L for each axis, (ndim, reach + 1) [1/m^2]."""
        h = np.array(self.spacing_m)[:, None]
        weights = second_derivative(self.order) / h**2
        return np.asarray(weights, self.layout.dtype)

    def first(self) -> Array:
        """Weights of D for each axis, (ndim, reach + 1) [1/m]; 0 beyond its reach."""
        h = np.array(self.spacing_m)[:, None]
        weights = np.zeros(self.reach + 1)
        near = difference_reach(self.reach)
        weights[: near + 1] = first_derivative(2 * near)
        return np.asarray(weights / h, self.layout.dtype)

    def profiles(self) -> Array:
        """Profiles of all sides, (2 ndim, len(PROFILES), width + 3 reach)."""
        width = self.boundary.width + 3 * self.reach
        out = np.zeros((2 * self.ndim, len(PROFILES), width), self.layout.dtype)
        for slab in self.slabs:
            layer = layer_profiles(
                self.boundary, self.spacing_m[slab.axis], self.dt_s, self.velocity_m_s
            )
            out[slab.side] = slab_profiles(layer, self.reach, slab.high)
        return out
