r"""Smoothing of gradients by Gaussians, as a symmetric positive operator.

    S = W W^T        W v (i) = sum_k h_k(i) (G_k v)(i)

G_k is a Gaussian of fixed width with mirrored edges, which makes it symmetric. A width
that varies from cell to cell (a share of the local wavelength) takes W from several
fixed widths, h_k the hat functions of the logarithm of the local width: W^T is then
exact, and S positive, whatever the widths. Two Gaussians in a row are one of sqrt(2)
times the width, so G_k has the width asked for over sqrt(2).

W comes from `scipy.ndimage.gaussian_filter`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

from anticline_solvers.inversion.arithmetic import Array

RATIO, MOST_WIDTHS, TRUNCATE = 1.25, 12, 4.0


@dataclass(frozen=True, eq=False)
class Smoothing:
    """S, of Gaussians of one width or of several.

    widths : for each Gaussian the standard deviation along each axis [cells].
    shares : h_k of each, of the model's shape; None where there is one Gaussian.
    """

    widths: tuple[tuple[float, ...], ...]
    shares: tuple[Array, ...] | None = None

    @classmethod
    def uniform(cls, sigma_m: Sequence[float], spacing_m: Sequence[float]) -> Smoothing:
        """Smooth over a standard deviation for each axis [m]; 0 leaves an axis."""
        pairs = zip(sigma_m, spacing_m, strict=True)
        return cls((tuple(s / h / math.sqrt(2.0) for s, h in pairs),))

    @classmethod
    def local(cls, sigma_m: Array, spacing_m: Sequence[float]) -> Smoothing:
        """Smooth over a standard deviation of its own for each cell [m], positive."""
        low, high = float(sigma_m.min()), float(sigma_m.max())
        if high <= low * (1.0 + 1e-9):
            return cls.uniform([high] * len(spacing_m), spacing_m)
        count = min(MOST_WIDTHS, 2 + int(math.log(high / low) / math.log(RATIO)))
        knots = np.linspace(math.log(low), math.log(high), count)
        place = np.clip(
            (np.log(sigma_m) - knots[0]) / (knots[1] - knots[0]), 0, count - 1
        )
        shares = [np.maximum(0.0, 1.0 - np.abs(place - k)) for k in range(count)]
        made = [cls.uniform([s] * len(spacing_m), spacing_m) for s in np.exp(knots)]
        return cls(tuple(one.widths[0] for one in made), tuple(shares))

    def apply(self, v: Array) -> Array:
        """Give S v."""
        return self._forward(self._transposed(v))

    def _forward(self, v: Array) -> Array:
        if self.shares is None:
            return _gaussian(v, self.widths[0])
        made = np.zeros_like(v)
        for width, share in zip(self.widths, self.shares, strict=True):
            made += share * _gaussian(v, width)
        return made

    def _transposed(self, v: Array) -> Array:
        if self.shares is None:
            return _gaussian(v, self.widths[0])
        made = np.zeros_like(v)
        for width, share in zip(self.widths, self.shares, strict=True):
            made += _gaussian(share * v, width)
        return made


def _gaussian(v: Array, sigma_cells: tuple[float, ...]) -> Array:
    """Filter with mirrored edges: the matrix is symmetric, and keeps constants."""
    made = gaussian_filter(v, sigma_cells, mode="reflect", truncate=TRUNCATE)
    return np.asarray(made, np.float64)
