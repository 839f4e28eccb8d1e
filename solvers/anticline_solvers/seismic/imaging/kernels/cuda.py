"""Imaging conditions at one imaging step on a GPU: the programs of `imaging.cu`.

The twin of `kernels.reference`: the same products and sums in the same order and no
contraction, so both give the same bits. Arrays live on the device of `backends.cuda`,
but for the terms of gathers, which ranks exchange: those come back to the host.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.backends import cuda
from anticline_solvers.backends.memory import Program
from anticline_solvers.seismic.imaging.kernels.reference import (
    Field,
    Integers,
    Weights,
    multiply_terms,
)

__all__ = [
    "accumulate",
    "brighten",
    "correlate",
    "correlate_terms",
    "multiply_terms",
    "scatter",
    "scatter_terms",
    "source",
]

THREADS = 256
PLACE = np.dtype([("first", np.int64), ("sx", np.int64), ("sy", np.int64)])
SIZE = np.dtype([("nx", np.int32), ("ny", np.int32), ("nz", np.int32)])


@cache
def source(ndim: int, margin: int) -> str:
    """Text of the programs for wavefields with `margin` cells around."""
    constants = f"constexpr int AXES = {ndim}, MARGIN = {margin};"
    text = Path(__file__).with_name("imaging.cu").read_text()
    return text.replace('#include "constants"', constants)


def correlate(image: Field, illumination: Field, s: Field, r: Field) -> None:
    """Add s r to the image and s s to the illumination; no halo."""
    program = cuda.device().program(source(s.ndim, 0))
    _launch(program, "correlate", image.size, image, illumination, s, r, _long(s.size))


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
    program = cuda.device().program(source(s.ndim, 0))
    fields = gradient, illumination, s, newest, middle, oldest
    place, size = np.zeros(1, PLACE), _size(s.shape)
    steps = [int(np.prod(newest.shape[axis + 1 :])) for axis in range(s.ndim)]
    place["first"] = sum(a * step for a, step in zip(first, steps, strict=True))
    place["sx"], place["sy"] = steps[0], steps[-2] if s.ndim == 3 else 0
    _launch(program, "accumulate", gradient.size, *fields, size, place)


def scatter(
    image: Field,
    illumination: Field,
    s: Field,
    r: Field,
    first: Weights,
    second: Weights,
) -> None:
    """Add -(r laplace s + grad s . grad r) to the image, s s to the illumination."""
    program = cuda.device().program(source(s.ndim, len(second[0]) - 1))
    numbers = _weights(first, second), _size(image.shape)
    _launch(program, "scatter", image.size, image, illumination, s, r, *numbers)


def brighten(illumination: Field, r: Field) -> None:
    """Add r r to an illumination; r with a halo as wide as it is larger."""
    margin = (r.shape[-1] - illumination.shape[-1]) // 2
    program = cuda.device().program(source(r.ndim, margin))
    size = _size(illumination.shape)
    _launch(program, "brighten", illumination.size, illumination, r, size)


def correlate_terms(
    s_terms: Field, r_terms: Field, s: Field, r: Field, cells: Integers
) -> None:
    """Take the one term of s r above every cell; no halo; s_terms, r_terms : host."""
    none = tuple((0.0,) for _ in range(s.ndim))
    _terms(s_terms, r_terms, s, r, cells, none, none)


def scatter_terms(
    s_terms: Field,
    r_terms: Field,
    s: Field,
    r: Field,
    cells: Integers,
    first: Weights,
    second: Weights,
) -> None:
    """Take the terms of -(grad s . grad r + r laplace s); s_terms, r_terms : host."""
    _terms(s_terms, r_terms, s, r, cells, first, second)


def _terms(
    s_terms: Field,
    r_terms: Field,
    s: Field,
    r: Field,
    cells: Integers,
    first: Weights,
    second: Weights,
) -> None:
    device, margin = cuda.device(), len(second[0]) - 1
    program = device.program(source(s.ndim, margin))
    made = [device.empty(terms.shape, np.float32) for terms in (s_terms, r_terms)]
    owned = tuple(n - 2 * margin for n in s.shape)
    numbers = _weights(first, second), _size(owned), _long(len(cells))
    columns = device.to_device(np.ascontiguousarray(cells))
    size = len(cells) * owned[-1]
    _launch(program, "terms", size, *made, s, r, columns, *numbers)
    for terms, values in zip((s_terms, r_terms), made, strict=True):
        terms[...] = device.to_host(values)


def _launch(program: Program, kernel: str, cells: int, *arguments: Any) -> None:
    if cells:
        program.launch(kernel, -(-cells // THREADS), (THREADS,), arguments)


def _weights(first: Weights, second: Weights) -> NDArray[np.void]:
    """Give the struct Weights as an array of one element."""
    both = np.array([first, second], np.float32)
    struct = np.zeros(1, [("weights", np.float32, both.shape)])
    struct["weights"] = both
    return struct


def _size(shape: tuple[int, ...]) -> NDArray[np.void]:
    """Give the struct Size as an array of one element."""
    return np.array([(shape[0], shape[1] if len(shape) == 3 else 1, shape[-1])], SIZE)


def _long(number: int) -> np.int64:
    return np.int64(number)
