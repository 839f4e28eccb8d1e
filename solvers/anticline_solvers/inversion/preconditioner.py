r"""The first guess of the inverse Hessian: illumination, smoothing, and what is free.

    M = F N^-1/2 L^-1/2 S L^-1/2 N^-1/2 F

F leaves cells that may not move; L is the illumination plus a share of its mean, over
its mean; S smooths (`smoothing`); N = S of the free cells makes up for what fixed
cells beside them do not lend. M is symmetric and positive, so -M g leads downhill.
Without any of them M = F.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anticline_solvers.inversion.arithmetic import Array, Mask
from anticline_solvers.inversion.smoothing import Smoothing


@dataclass(frozen=True, eq=False)
class Preconditioner:
    """M of one model.

    scaling : N^-1/2 L^-1/2, of the model's shape, or None for 1.
    """

    scaling: Array | None = None
    smoothing: Smoothing | None = None

    @classmethod
    def of(
        cls,
        movable: Mask,
        illumination: Array | None = None,
        epsilon: float = 0.01,
        smoothing: Smoothing | None = None,
    ) -> Preconditioner:
        """Make it; an illumination that is zero everywhere changes nothing."""
        scaling = None
        if illumination is not None:
            scaling = _by_illumination(illumination, movable, epsilon)
        if smoothing is not None and not movable.all():
            lent = smoothing.apply(np.where(movable, 1.0, 0.0))
            kept = np.where(movable, 1.0 / np.sqrt(np.maximum(lent, 1e-3)), 0.0)
            scaling = kept if scaling is None else scaling * kept
        return cls(scaling, smoothing)

    def apply(self, v: Array, free: Mask) -> Array:
        """Give M v; zero where a cell is not free."""
        made = np.where(free, v, 0.0)
        if self.scaling is not None:
            made = made * self.scaling
        if self.smoothing is not None:
            made = self.smoothing.apply(made)
        if self.scaling is not None:
            made = made * self.scaling
        return np.where(free, made, 0.0)


def _by_illumination(
    illumination: Array, movable: Mask, epsilon: float
) -> Array | None:
    """Give (L / mean L)^-1/2; cells that hear nothing are held by epsilon."""
    heard = np.maximum(illumination, 0.0)
    mean = float(np.mean(heard[movable])) if movable.any() else 0.0
    if mean <= 0.0:
        return None
    return np.asarray(1.0 / np.sqrt((heard / mean + epsilon) / (1.0 + epsilon)))
