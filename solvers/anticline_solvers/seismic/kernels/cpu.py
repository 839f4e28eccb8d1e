"""Imaging conditions at one imaging step in Numba, threaded over rows.

The twin of `kernels.reference`: the same products and sums in the same order and
no contraction, so both give the same bits, but for products below the normal range
of float32, which count as zero here. Arrays are C contiguous; a 2-D array
is passed as 3-D with one row in y.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numba
import numpy as np

from anticline_solvers.backends.denormals import flush_denormals, restore_denormals
from anticline_solvers.seismic.kernels.reference import Field, Weights

CELLS_AT_ONCE = 4096


def correlate(image: Field, illumination: Field, s: Field, r: Field) -> None:
    """Add s r to the image and s s to the illumination; no halo."""
    _correlate(
        image.reshape(-1), illumination.reshape(-1), s.reshape(-1), r.reshape(-1)
    )


@numba.njit(parallel=True, cache=True, error_model="numpy")
def _correlate(image: Field, illumination: Field, s: Field, r: Field) -> None:
    for part in numba.prange(-(-image.size // CELLS_AT_ONCE)):
        setting = flush_denormals()
        first = part * CELLS_AT_ONCE
        for i in range(first, min(first + CELLS_AT_ONCE, image.size)):
            image[i] += s[i] * r[i]
            illumination[i] += s[i] * s[i]
        restore_denormals(setting)


def scatter(
    image: Field,
    illumination: Field,
    s: Field,
    r: Field,
    first: Weights,
    second: Weights,
) -> None:
    """Add -(r laplace s + grad s . grad r) to the image, s s to the illumination.

    first, second : for each axis the weights of the central first and second
        differences, entry 0 of the central cell, the spacing divided out.
    """
    margin = len(second[0]) - 1
    _scatter_kernel(margin, image.ndim)(
        _with_three_axes(image),
        _with_three_axes(illumination),
        _with_three_axes(s),
        _with_three_axes(r),
        np.array(first, np.float32),
        np.array(second, np.float32),
    )


def _with_three_axes(field: Field) -> Field:
    return field[:, None, :] if field.ndim == 2 else field


@cache
def _scatter_kernel(margin: int, ndim: int) -> Callable[..., None]:
    """Compile the loop for one reach and number of axes."""
    in_y = margin if ndim == 3 else 0
    last = ndim - 1
    zero = np.float32(0.0)

    @numba.njit(parallel=True, cache=True, error_model="numpy")
    def loop(image: Any, illumination: Any, s: Any, r: Any, d: Any, w: Any) -> None:
        nx, ny, nz = image.shape
        for row in numba.prange(nx * ny):
            setting = flush_denormals()
            i, j = row // ny, row % ny
            x, y = i + margin, j + in_y
            for k in range(nz):
                z = k + margin
                laplacian = product = zero
                curve, by_s, by_r = w[0, 0] * s[x, y, z], zero, zero
                for m in range(1, margin + 1):
                    curve += w[0, m] * (s[x + m, y, z] + s[x - m, y, z])
                    by_s += d[0, m] * (s[x + m, y, z] - s[x - m, y, z])
                    by_r += d[0, m] * (r[x + m, y, z] - r[x - m, y, z])
                laplacian += curve
                product += by_s * by_r
                if ndim == 3:
                    curve, by_s, by_r = w[1, 0] * s[x, y, z], zero, zero
                    for m in range(1, margin + 1):
                        curve += w[1, m] * (s[x, y + m, z] + s[x, y - m, z])
                        by_s += d[1, m] * (s[x, y + m, z] - s[x, y - m, z])
                        by_r += d[1, m] * (r[x, y + m, z] - r[x, y - m, z])
                    laplacian += curve
                    product += by_s * by_r
                curve, by_s, by_r = w[last, 0] * s[x, y, z], zero, zero
                for m in range(1, margin + 1):
                    curve += w[last, m] * (s[x, y, z + m] + s[x, y, z - m])
                    by_s += d[last, m] * (s[x, y, z + m] - s[x, y, z - m])
                    by_r += d[last, m] * (r[x, y, z + m] - r[x, y, z - m])
                laplacian += curve
                product += by_s * by_r
                image[i, j, k] -= r[x, y, z] * laplacian + product
                illumination[i, j, k] += s[x, y, z] * s[x, y, z]
            restore_denormals(setting)

    return loop
