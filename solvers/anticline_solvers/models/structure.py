"""Geometry of the project's model: where each point lay before it was deformed.

Lengths are fractions: u, v of the model's extent along x, y, and z of the
sediments' thickness below the mean sea floor, so the geology is the same for any
size and spacing. History, oldest first:

    beds        flat, restored depth s
    fold        s = z + h(u, v) g(z) + dip: a doubly plunging, asymmetric anticline
    faults      three normal faults; the hanging wall slides along the fault surface by
                vertical shear, which rolls over beds above a curved (listric) one
    erosion     an unconformity cuts the crest
    cover       young beds onlap it, with a channel cut into them

Vertical shear above a fault: J. Verrall (1981), Structural interpretation with
application to North Sea problems; A. D. Gibbs (1983), doi:10.1016/0191-8141(83)90040-5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CREST = 0.47
AMPLITUDE = 0.23
DIP = 0.05
CONTACT = 0.475
"""Depth of the gas-water contact."""


@dataclass(frozen=True)
class Fault:
    """A normal fault; its hanging wall is on the side it dips to.

    outcrop : u at z = 0 and v = 0.5.
    towards : +1 dips to larger u, -1 to smaller.
    lean, curve : u - outcrop = towards (lean z + curve z^2); curve 0 is a plane.
    heave : horizontal slip.
    strike : change of the outcrop's u over the model's extent along v.
    middle, reach : v where slip is largest, and distance to where it is none.
    """

    outcrop: float
    towards: int
    lean: float
    curve: float
    heave: float
    strike: float
    middle: float
    reach: float

    def depth(self, away: Floats) -> Floats:
        """Depth z of the fault surface at horizontal distance `away` >= 0."""
        positive = np.maximum(away, 0.0)
        if self.curve == 0:
            return positive / self.lean
        root = np.sqrt(self.lean**2 + 4 * self.curve * positive)
        return (root - self.lean) / (2 * self.curve)

    def restored(self, u: Floats, v: Floats, z: Floats) -> tuple[Floats, Floats]:
        """Find u and z of each point before the fault slipped."""
        away = self.towards * (u - self.outcrop - self.strike * (v - 0.5))
        surface = self.depth(away)
        hanging = (away > 0) & (z < surface)
        slip = self.heave * np.cos(
            0.5 * np.pi * np.clip((v - self.middle) / self.reach, -1, 1)
        )
        dropped = surface - self.depth(away - slip)
        return (
            np.where(hanging, u - self.towards * slip, u),
            np.where(hanging, z - dropped, z),
        )


FAULTS = (  # youngest first: the order of restoration
    Fault(0.68, +1, 0.07, 0.22, 0.020, 0.10, 0.45, 0.75),
    Fault(0.615, -1, 0.13, 0.0, 0.0024, -0.07, 0.50, 0.60),
    Fault(0.345, +1, 0.10, 0.06, 0.0042, 0.05, 0.55, 0.65),
)


def fold_height(u: Floats, v: Floats) -> Floats:
    """Uplift of the anticline: steeper towards larger u, plunging in v."""
    along = u - CREST - 0.10 * (v - 0.5)
    width = np.where(along < 0, 0.20, 0.14)
    plunge = 1.0 / np.cosh((v - 0.5) / 0.45) ** 2
    minor = 0.012 * np.sin(2 * np.pi * (2.7 * u + 0.6 * v + 0.1))
    height: Floats = AMPLITUDE * plunge / np.cosh(along / width) ** 2 + minor
    return height


def restored_depth(u: Floats, v: Floats, z: Floats) -> Floats:
    """Find s of each point, where the folded beds are flat; arrays broadcast."""
    for fault in FAULTS:
        u, z = fault.restored(u, v, z)
    rise = np.clip((z - 0.15) / 0.6, 0.0, 1.0)
    growth = 0.70 + 0.30 * rise * rise * (3 - 2 * rise)
    s: Floats = z + growth * fold_height(u, v) + DIP * (0.5 - u) + 0.03 * (v - 0.5)
    return s


def unconformity(u: Floats, v: Floats) -> Floats:
    """Depth z of the erosion surface; valleys on both sides of the crest."""
    wave = 0.5 * np.sin(2 * np.pi * (0.8 * u + 0.25 * v + 0.05))
    rough = 0.22 * np.sin(2 * np.pi * (4.3 * u - 1.1 * v)) + 0.14 * np.sin(
        2 * np.pi * (9.1 * u + 2.3 * v + 0.3)
    )
    crest = -np.exp(-(((u - CREST) / 0.16) ** 2))
    depth: Floats = 0.215 + 0.022 * (wave + rough + 1.3 * crest)
    return depth


def cover_depth(u: Floats, v: Floats, z: Floats) -> Floats:
    """Depth below the datum the young beds follow; it sags into the valleys."""
    sag = 0.35 * (unconformity(u, v) - 0.215)
    depth: Floats = z - sag - 0.030 * (u - 0.5) + 0.010 * (v - 0.5)
    return depth


def channel(u: Floats, v: Floats, z: Floats) -> NDArray[np.bool_]:
    """Tell which points lie in the sinuous channel cut into the young beds."""
    centre = 0.22 + 0.05 * np.sin(2 * np.pi * (1.4 * v + 0.1))
    across = (u - centre) / 0.055
    depth = cover_depth(u, v, z)
    return (depth > 0.075) & (depth < 0.075 + 0.040 * np.maximum(1 - across**2, 0.0))


def sea_floor(u: Floats, v: Floats) -> Floats:
    """Relief of the sea floor about its mean, as a fraction of the water's depth."""
    relief: Floats = 0.05 * np.sin(2 * np.pi * (0.7 * u + 0.4 * v + 0.2))
    return relief
