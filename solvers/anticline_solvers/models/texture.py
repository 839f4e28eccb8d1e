"""Random heterogeneity with a von Karman spectrum, the same on any grid.

The field is a sum of N plane waves of random direction and phase,

    T(r) = sqrt(2/N) sum_i cos(k_i . r + phi_i),

with k drawn from the spectrum P(k) ~ (1 + |a k|^2)^-(H + d/2) of correlation lengths
a and Hurst number H in d dimensions. That density is a multivariate Student t with
2 H degrees of freedom, so a draw is a normal vector over the root of a chi-square.
T has mean 0 and variance 1.

Sources: A. Frankel and R. W. Clayton (1986), doi:10.1029/JB091iB06p06465;
M. Shinozuka and C.-M. Jan (1972), doi:10.1016/0022-460X(72)90600-1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Field = NDArray[np.float32]

HURST = 0.3
SHORTEST = 8.0
"""Waves with |a k| above this are left out: nothing is shorter than 0.8 a."""


@dataclass(frozen=True, eq=False)
class Texture:
    """Plane waves of a random field.

    wavenumbers : (n, ndim) float64 [rad/m]; phases : (n,) float64 [rad].
    """

    wavenumbers: Floats
    phases: Floats

    def on_lattice(self, axes: Sequence[Floats]) -> Field:
        """Values at every combination of the axes' positions [m], float32.

        axes : one array for each dimension; the result has their lengths as shape.
        Cost: one matrix product of (columns, 2 n) by (2 n, length of the last axis).
        """
        *flat, deep = axes
        wave = np.exp(1j * self.phases)[None, :]
        for axis, positions in enumerate(flat):
            factor = np.exp(1j * np.outer(positions, self.wavenumbers[:, axis]))
            wave = (wave[:, None, :] * factor[None, :, :]).reshape(-1, wave.shape[1])
        down = np.exp(1j * np.outer(self.wavenumbers[:, -1], deep))
        scale = np.sqrt(2.0 / len(self.phases))
        left = np.concatenate([wave.real, -wave.imag], axis=1).astype(np.float32)
        right = (scale * np.concatenate([down.real, down.imag])).astype(np.float32)
        values: Field = left @ right
        return values.reshape([len(positions) for positions in axes])


def von_karman(
    rng: np.random.Generator,
    lengths_m: Sequence[float],
    count: int = 384,
    hurst: float = HURST,
) -> Texture:
    """Draw a field of correlation lengths `lengths_m`, one for each dimension [m]."""
    ndim = len(lengths_m)
    kept = np.empty((0, ndim))
    while len(kept) < count:
        normal = rng.standard_normal((count, ndim))
        drawn = normal / np.sqrt(rng.chisquare(2 * hurst, count))[:, None]
        short = np.linalg.norm(drawn, axis=1) < SHORTEST
        kept = np.concatenate([kept, drawn[short]])
    phases = rng.uniform(0, 2 * np.pi, count)
    return Texture(kept[:count] / np.asarray(lengths_m), phases)


def along_columns(lattice: Field, first: float, step: float, at: Floats) -> Floats:
    """Read a lattice between its points, column by column.

    lattice : (..., n), values at first + step * k along the last axis.
    at : (..., m) positions for each column; held at the ends beyond them.
    """
    cells = np.clip((at - first) / step, 0, lattice.shape[-1] - 1.001)
    below = cells.astype(np.int64)
    low = np.take_along_axis(lattice, below, axis=-1)
    high = np.take_along_axis(lattice, below + 1, axis=-1)
    return np.asarray(low + (cells - below) * (high - low), np.float64)
