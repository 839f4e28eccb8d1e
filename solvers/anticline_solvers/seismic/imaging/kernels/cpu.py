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
from anticline_solvers.seismic.imaging.kernels.reference import Field, Integers, Weights

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


def accumulate(
    gradient: Field,
    illumination: Field,
    s: Field,
    newest: Field,
    middle: Field,
    oldest: Field,
    first: tuple[int, ...],
) -> None:
    """Add s (newest - 2 middle + oldest) to the gradient, s s to the illumination."""
    if not gradient.size:
        return
    _accumulate(
        _rows(gradient),
        _rows(illumination),
        _rows(s),
        _rows(oldest),
        _rows(newest),
        _rows(middle),
        (first[0], first[1] if len(first) == 3 else 0, first[-1]),
    )


def _rows(field: Field) -> Field:
    """Give a field three axes, C contiguous."""
    shape = field.shape if field.ndim == 3 else (field.shape[0], 1, field.shape[1])
    return field.reshape(shape)


@numba.njit(parallel=True, cache=True, error_model="numpy")
def _accumulate(
    gradient: Any,
    illumination: Any,
    s: Any,
    oldest: Any,
    newest: Any,
    middle: Any,
    first: tuple[int, int, int],
) -> None:
    nx, ny, nz = gradient.shape
    x, y, z = first
    for row in numba.prange(nx * ny):
        setting = flush_denormals()
        i, j = row // ny, row % ny
        image, light = gradient[i, j], illumination[i, j]
        field, old = s[i, j], oldest[i, j]
        new = newest[i + x, j + y, z : z + nz]
        mid = middle[i + x, j + y, z : z + nz]
        for k in range(nz):
            image[k] += field[k] * ((new[k] - mid[k]) - (mid[k] - old[k]))
            light[k] += field[k] * field[k]
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


def brighten(illumination: Field, r: Field) -> None:
    """Add r r to an illumination; r with a halo as wide as it is larger."""
    margin = (r.shape[-1] - illumination.shape[-1]) // 2
    in_y = margin if r.ndim == 3 else 0
    _brighten(_with_three_axes(illumination), _with_three_axes(r), margin, in_y)


@numba.njit(parallel=True, cache=True, error_model="numpy")
def _brighten(illumination: Any, r: Any, margin: int, in_y: int) -> None:
    nx, ny, nz = illumination.shape
    for row in numba.prange(nx * ny):
        setting = flush_denormals()
        i, j = row // ny, row % ny
        for k in range(nz):
            value = r[i + margin, j + in_y, k + margin]
            illumination[i, j, k] += value * value
        restore_denormals(setting)


def correlate_terms(
    s_terms: Field, r_terms: Field, s: Field, r: Field, cells: Integers
) -> None:
    """Take the one term of s r above every cell; no halo."""
    x, y = _x_and_y(cells)
    _correlate_terms(s_terms, r_terms, _with_three_axes(s), _with_three_axes(r), x, y)


def _x_and_y(cells: Integers) -> tuple[Integers, Integers]:
    x = np.ascontiguousarray(cells[:, 0])
    y = np.ascontiguousarray(cells[:, 1]) if cells.shape[1] == 2 else np.zeros_like(x)
    return x, y


@numba.njit(parallel=True, cache=True, error_model="numpy")
def _correlate_terms(
    s_terms: Any, r_terms: Any, s: Any, r: Any, x: Any, y: Any
) -> None:
    for n in numba.prange(x.size):
        for k in range(s.shape[2]):
            s_terms[n, 0, k] = s[x[n], y[n], k]
            r_terms[n, 0, k] = r[x[n], y[n], k]


def scatter_terms(
    s_terms: Field,
    r_terms: Field,
    s: Field,
    r: Field,
    cells: Integers,
    first: Weights,
    second: Weights,
) -> None:
    """Take the terms of -(grad s . grad r + r laplace s), in this order.

    Of s: -ds/dx [, -ds/dy], -ds/dz, -laplace s; of r: its slopes and r.
    """
    _terms_kernel(len(second[0]) - 1, s.ndim)(
        s_terms,
        r_terms,
        _with_three_axes(s),
        _with_three_axes(r),
        *_x_and_y(cells),
        np.array(first, np.float32),
        np.array(second, np.float32),
    )


@cache
def _terms_kernel(margin: int, ndim: int) -> Callable[..., None]:
    """Compile the loop for one reach and number of axes."""
    in_y = margin if ndim == 3 else 0
    last = ndim - 1
    zero = np.float32(0.0)

    @numba.njit(parallel=True, cache=True, error_model="numpy")
    def loop(
        s_terms: Any, r_terms: Any, s: Any, r: Any, at_x: Any, at_y: Any, d: Any, w: Any
    ) -> None:
        for n in numba.prange(at_x.size):
            setting = flush_denormals()
            x, y = at_x[n] + margin, at_y[n] + in_y
            for k in range(s_terms.shape[2]):
                z = k + margin
                laplacian = zero
                curve, by_s, by_r = w[0, 0] * s[x, y, z], zero, zero
                for m in range(1, margin + 1):
                    curve += w[0, m] * (s[x + m, y, z] + s[x - m, y, z])
                    by_s += d[0, m] * (s[x + m, y, z] - s[x - m, y, z])
                    by_r += d[0, m] * (r[x + m, y, z] - r[x - m, y, z])
                laplacian += curve
                s_terms[n, 0, k], r_terms[n, 0, k] = -by_s, by_r
                if ndim == 3:
                    curve, by_s, by_r = w[1, 0] * s[x, y, z], zero, zero
                    for m in range(1, margin + 1):
                        curve += w[1, m] * (s[x, y + m, z] + s[x, y - m, z])
                        by_s += d[1, m] * (s[x, y + m, z] - s[x, y - m, z])
                        by_r += d[1, m] * (r[x, y + m, z] - r[x, y - m, z])
                    laplacian += curve
                    s_terms[n, 1, k], r_terms[n, 1, k] = -by_s, by_r
                curve, by_s, by_r = w[last, 0] * s[x, y, z], zero, zero
                for m in range(1, margin + 1):
                    curve += w[last, m] * (s[x, y, z + m] + s[x, y, z - m])
                    by_s += d[last, m] * (s[x, y, z + m] - s[x, y, z - m])
                    by_r += d[last, m] * (r[x, y, z + m] - r[x, y, z - m])
                laplacian += curve
                s_terms[n, last, k], r_terms[n, last, k] = -by_s, by_r
                s_terms[n, ndim, k], r_terms[n, ndim, k] = -laplacian, r[x, y, z]
            restore_denormals(setting)

    return loop


def multiply_terms(
    gathers: Field,
    places: Integers,
    s_terms: Field,
    r_terms: Field,
    at_s: Integers,
    at_r: Integers,
) -> None:
    """Add sum_m s_terms[at_s, m] r_terms[at_r, m] to the traces of a gather.

    gathers : (traces, nz), changed in place. places, at_s, at_r : int64 (pairs,),
        the trace of each pair, every trace at most once, and its two columns.
    """
    _multiply_kernel(s_terms.shape[1])(gathers, places, s_terms, r_terms, at_s, at_r)


@cache
def _multiply_kernel(terms: int) -> Callable[..., None]:
    """Compile the loop for a number of terms."""
    zero = np.float32(0.0)

    @numba.njit(parallel=True, cache=True, error_model="numpy")
    def loop(
        gathers: Any, places: Any, s_terms: Any, r_terms: Any, at_s: Any, at_r: Any
    ) -> None:
        for n in numba.prange(places.size):
            setting = flush_denormals()
            trace = gathers[places[n]]
            s, r = s_terms[at_s[n]], r_terms[at_r[n]]
            for k in range(trace.size):
                total = zero
                for m in range(terms):
                    total += s[m, k] * r[m, k]
                trace[k] += total
            restore_denormals(setting)

    return loop
