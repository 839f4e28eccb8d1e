"""Imaging conditions at one imaging step in NumPy: the specification.

s, r : float32 (nx [, ny], nz)  [Pa], source and receiver wavefield at one time,
    local, with a halo of `margin` cells on every side
image, illumination : float32 (nx, ny, nz) or (nx, nz), local, without halo;
    changed in place

Image gathers need s and r at different cells. Both conditions are a sum of
products of a term of s and a term of r: the terms are taken along z above chosen
cells (`correlate_terms`, `scatter_terms`), then multiplied pair by pair
(`multiply_terms`).

s_terms, r_terms : float32 (columns, terms, nz), C contiguous
cells : int64 (columns, 1 or 2), x [and y] of the columns, of cells without halo

Products and sums are taken in float32 in the order written here, so that an image
does not depend on how cells are divided among ranks and threads.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]
Integers = NDArray[np.int64]
Weights = tuple[tuple[float, ...], ...]


def correlate(image: Field, illumination: Field, s: Field, r: Field) -> None:
    """Add s r to the image and s s to the illumination; no halo."""
    image += s * r
    illumination += s * s


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
    inside = tuple(slice(margin, n - margin) for n in s.shape)
    laplacian = np.zeros_like(image)
    product = np.zeros_like(image)
    for axis in range(s.ndim):
        curve, slope_s, slope_r = _derivatives(
            s, r, inside, axis, first[axis], second[axis]
        )
        laplacian += curve
        product += slope_s * slope_r
    image -= r[inside] * laplacian + product
    illumination += s[inside] * s[inside]


def accumulate(
    gradient: Field,
    illumination: Field,
    s: Field,
    newest: Field,
    middle: Field,
    oldest: Field,
    first: tuple[int, ...],
) -> None:
    """Add s (newest - 2 middle + oldest) to the gradient, s s to the illumination.

    gradient, illumination, s, oldest : of one shape, C contiguous.
    newest, middle : larger, C contiguous; their cell `first` is the gradient's cell 0.

    The middle one is taken from each of its neighbours in time first: numbers so near
    each other are subtracted without rounding.
    """
    inside = tuple(slice(a, a + n) for a, n in zip(first, s.shape, strict=True))
    gradient += s * ((newest[inside] - middle[inside]) - (middle[inside] - oldest))
    illumination += s * s


def brighten(illumination: Field, r: Field) -> None:
    """Add r r to an illumination; r with a halo as wide as it is larger."""
    margin = (r.shape[-1] - illumination.shape[-1]) // 2
    inside = tuple(slice(margin, n - margin) for n in r.shape)
    illumination += r[inside] * r[inside]


def correlate_terms(
    s_terms: Field, r_terms: Field, s: Field, r: Field, cells: Integers
) -> None:
    """Take the one term of s r above every cell; no halo."""
    columns = tuple(cells.T)
    s_terms[:, 0] = s[columns]
    r_terms[:, 0] = r[columns]


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
    margin = len(second[0]) - 1
    inside = tuple(slice(margin, n - margin) for n in s.shape)
    columns = tuple(cells.T)
    laplacian = np.zeros(s[inside].shape, np.float32)
    for axis in range(s.ndim):
        curve, slope_s, slope_r = _derivatives(
            s, r, inside, axis, first[axis], second[axis]
        )
        laplacian += curve
        s_terms[:, axis] = -slope_s[columns]
        r_terms[:, axis] = slope_r[columns]
    s_terms[:, -1] = -laplacian[columns]
    r_terms[:, -1] = r[inside][columns]


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
    total = np.zeros((places.size, gathers.shape[-1]), np.float32)
    for m in range(s_terms.shape[1]):
        total += s_terms[at_s, m] * r_terms[at_r, m]
    gathers[places] += total


def _derivatives(
    s: Field,
    r: Field,
    inside: tuple[slice, ...],
    axis: int,
    first: tuple[float, ...],
    second: tuple[float, ...],
) -> tuple[Field, Field, Field]:
    """Second derivative of s, first derivatives of s and r, along one axis."""
    curve = np.float32(second[0]) * s[inside]
    slope_s = np.zeros_like(curve)
    slope_r = np.zeros_like(curve)
    for k in range(1, len(second)):
        ahead, behind = _shifted(inside, axis, k), _shifted(inside, axis, -k)
        curve += np.float32(second[k]) * (s[ahead] + s[behind])
        slope_s += np.float32(first[k]) * (s[ahead] - s[behind])
        slope_r += np.float32(first[k]) * (r[ahead] - r[behind])
    return curve, slope_s, slope_r


def _shifted(inside: tuple[slice, ...], axis: int, cells: int) -> tuple[slice, ...]:
    moved = list(inside)
    moved[axis] = slice(inside[axis].start + cells, inside[axis].stop + cells)
    return tuple(moved)
