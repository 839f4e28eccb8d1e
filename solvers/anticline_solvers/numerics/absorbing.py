r"""Convolutional perfectly matched layers (CPML): profiles along one axis.

Within a layer each derivative d/dx becomes d/dx + (memory of d/dx), the memory
decaying by b and fed by a at every time step:

    b = exp(-(d + alpha) dt)          a = d / (d + alpha) (b - 1)
    d(s) = d_0 s^2,  d_0 = -3 v ln(R_0) / (2 L)      alpha(s) = pi f (1 - s)

s runs from 0 at the last physical cell to 1 at the outer end of the layer of
thickness L [m]; R_0 is the theoretical reflection at normal incidence, v the
fastest velocity [m/s], f a frequency of the wavefield [Hz].

Sources: Komatitsch and Martin (2007), doi:10.1190/1.2757586; for the
second-order equation Pasalic and McGarry (2010), doi:10.1190/1.3513453.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PROFILES = ("one", "b", "a", "g", "e", "f", "h", "k", "m")

REST = {"one": 1.0, "g": 1.0}
"""Profiles that do not vanish beside the layer, and their value there."""


@dataclass(frozen=True)
class Boundary:
    """What surrounds the physical grid: CPML on every side.

    width : cells of each absorbing layer.
    free_surface : the top (z = first cell) is pressure-free instead.
    reflection : theoretical reflection at normal incidence, R_0.
    velocity_m_s : v in d_0 [m/s]; None takes the model's fastest.
    frequency_hz : f in alpha [Hz]; None takes v / (20 spacing), the frequency
        with 20 cells a wavelength.
    """

    width: int = 20
    free_surface: bool = False
    reflection: float = 1e-5
    velocity_m_s: float | None = None
    frequency_hz: float | None = None

    def margins(self, ndim: int) -> tuple[tuple[int, int], ...]:
        """Layer cells (low, high) for each axis."""
        top = 0 if self.free_surface else self.width
        return ((self.width, self.width),) * (ndim - 1) + ((top, self.width),)


def layer_profiles(
    boundary: Boundary, spacing_m: float, dt_s: float, velocity_m_s: float
) -> dict[str, NDArray[np.float64]]:
    """Profiles of one layer, each float64 (width,), from the inside outwards.

    a, b as above; their products as the discrete equations use them, with
    a' = da/ds per metre, positive outwards:
    g = 1 + a, e = g^2 - 1, f = g a' [1/m], h = a g, k = a a' [1/m], m = a b.
    """
    width = boundary.width
    speed = boundary.velocity_m_s or velocity_m_s
    frequency = boundary.frequency_hz or speed / (20.0 * spacing_m)
    thickness = max(width, 1) * spacing_m
    s = np.arange(1, width + 1) / max(width, 1)
    strength = -1.5 * speed * np.log(boundary.reflection) / thickness
    d, slope_d = strength * s**2, 2.0 * strength * s / thickness
    alpha = np.pi * frequency * (1.0 - s)
    slope_alpha = -np.pi * frequency / thickness
    b = np.exp(-(d + alpha) * dt_s)
    total = d + alpha
    a = d / total * (b - 1.0)
    slope_a = (slope_d * alpha - d * slope_alpha) / total**2 * (b - 1.0) - d / total * (
        slope_d + slope_alpha
    ) * dt_s * b
    g = 1.0 + a
    return {
        "one": np.ones(width),
        "b": b,
        "a": a,
        "g": g,
        "e": a * (2.0 + a),
        "f": g * slope_a,
        "h": a * g,
        "k": a * slope_a,
        "m": a * b,
    }


def slab_profiles(
    layer: dict[str, NDArray[np.float64]], reach: int, high: bool
) -> NDArray[np.float64]:
    """Profiles over one side's slab in axis order, (len(PROFILES), width + 3 reach).

    The slab is the layer and `reach` cells of the physical grid, padded by
    `reach` cells at both ends; outside the layer a = b = 0 and g = 1. The
    slopes f and k turn sign on the low side, where outwards is downwards.
    """
    width = layer["a"].size
    out = np.zeros((len(PROFILES), width + 3 * reach))
    for row, name in enumerate(PROFILES):
        values = np.full(width + 3 * reach, REST.get(name, 0.0))
        values[2 * reach : 2 * reach + width] = layer[name]
        sign = -1.0 if not high and name in ("f", "k") else 1.0
        out[row] = sign * (values if high else values[::-1])
    return out
