"""Imaging conditions at one imaging step in NumPy: the specification.

s, r : float32 (nx [, ny], nz)  [Pa], source and receiver wavefield at one time,
    local, with a halo of `margin` cells on every side
image, illumination : float32 (nx, ny, nz) or (nx, nz), local, without halo;
    changed in place

Products and sums are taken in float32 in the order written here, so that an image
does not depend on how cells are divided among ranks and threads.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]
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
