"""Every backend's imaging kernels give the bits that `reference` gives."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from anticline_solvers.backends.base import memory
from anticline_solvers.numerics.stencils import first_derivative, second_derivative
from anticline_solvers.seismic.imaging.kernels import reference

ON_GPU = pytest.param("cuda", marks=pytest.mark.gpu)
BACKENDS = pytest.mark.parametrize(
    "backend", ["cpu", "cuda on cpu", ON_GPU], indirect=True
)
GRIDS = pytest.mark.parametrize(
    ("shape", "order"), [((13, 37), 2), ((7, 6, 12), 8), ((13, 17), 8)]
)


def twin(backend):
    return importlib.import_module(
        f"anticline_solvers.seismic.imaging.kernels.{backend}"
    )


def weights(order, ndim):
    scaled = [(3.0 + axis) for axis in range(ndim)]
    first, second = first_derivative(order), second_derivative(order)
    return (
        tuple(tuple((first / h).tolist()) for h in scaled),
        tuple(tuple((second / h**2).tolist()) for h in scaled),
    )


def fields(shape, margin):
    rng = np.random.default_rng(3)
    whole = tuple(n + 2 * margin for n in shape)
    waves = [rng.normal(size=whole).astype(np.float32) for _ in range(2)]
    sums = [rng.normal(size=shape).astype(np.float32) for _ in range(2)]
    return sums, waves


def compare(backend, kernel, sums, *arguments):
    """Run both twins on the same sums; every bit of the sums must agree."""
    place, take = memory(backend).to_device, memory(backend).to_host
    expected, there = [a.copy() for a in sums], [place(a.copy()) for a in sums]
    moved = [place(a) if isinstance(a, np.ndarray) else a for a in arguments]
    getattr(reference, kernel)(*expected, *arguments)
    getattr(twin(backend), kernel)(*there, *moved)
    for before, whole, part in zip(sums, expected, there, strict=True):
        assert (whole != before).mean() > 0.9
        assert whole.tobytes() == take(part).tobytes()


@BACKENDS
@GRIDS
def test_the_correlation_is_that_of_the_reference(shape, order, backend):
    sums, waves = fields(shape, 0)
    compare(backend, "correlate", sums, *waves)


@BACKENDS
@GRIDS
def test_the_scattering_condition_is_that_of_the_reference(shape, order, backend):
    sums, waves = fields(shape, order // 2)
    compare(backend, "scatter", sums, *waves, *weights(order, len(shape)))


@BACKENDS
@GRIDS
@pytest.mark.parametrize("with_halo", [False, True])
def test_the_illumination_is_that_of_the_reference(shape, order, with_halo, backend):
    sums, waves = fields(shape, order // 2 if with_halo else 0)
    compare(backend, "brighten", sums[:1], waves[1])


@BACKENDS
@GRIDS
@pytest.mark.parametrize("with_halo", [False, True])
def test_the_terms_of_gathers_are_those_of_the_reference(
    shape, order, with_halo, backend
):
    margin = order // 2 if with_halo else 0
    _, waves = fields(shape, margin)
    rng = np.random.default_rng(4)
    cells = np.stack([rng.integers(0, n, 9) for n in shape[:-1]], axis=1)
    terms = len(shape) + 1 if with_halo else 1
    numbers = weights(order, len(shape)) if with_halo else ()
    kernel = "scatter_terms" if with_halo else "correlate_terms"
    place = memory(backend).to_device
    made = []
    for module, moved in ((reference, waves), (twin(backend), map(place, waves))):
        made.append([np.full((9, terms, shape[-1]), np.nan, "f4") for _ in range(2)])
        getattr(module, kernel)(*made[-1], *moved, cells, *numbers)
    for one, other in zip(*made, strict=True):
        assert np.isfinite(one).all()
        assert one.tobytes() == other.tobytes()


@BACKENDS
@GRIDS
def test_the_second_difference_is_that_of_the_reference(shape, order, backend):
    sums, (s, oldest) = fields(shape, 0)
    margins = (*(4, 3, 16)[: len(shape) - 1], 16)
    larger = tuple(n + 2 * m for n, m in zip(shape, margins, strict=True))
    rng = np.random.default_rng(5)
    waves = [rng.normal(size=larger).astype(np.float32) for _ in range(2)]
    compare(backend, "accumulate", sums, s, *waves, oldest, margins)
