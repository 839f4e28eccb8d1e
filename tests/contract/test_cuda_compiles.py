"""Every CUDA text compiles for real devices, and what runs most spills no register."""

from __future__ import annotations

import numpy as np
import pytest

from anticline_solvers.acoustic.equations import FORWARD, TRANSPOSE
from anticline_solvers.acoustic.kernels import cuda_source
from anticline_solvers.domain import device_halo
from anticline_solvers.numerics.stencils import ORDERS
from anticline_solvers.seismic.imaging.kernels import cuda as imaging
from gpu_on_cpu import compilers

ARCHITECTURES = ("sm_80", "sm_90")
TABLES = {"forward": FORWARD, "transpose": TRANSPOSE}


@pytest.fixture(autouse=True)
def _compiler():
    if compilers.compiler() is None:
        pytest.skip("neither the package nvidia-cuda-nvrtc nor nvcc is here")


def update(ndim, order, dtype, direction):
    return cuda_source.update_source(ndim, order, dtype, TABLES[direction])


@pytest.mark.parametrize(
    ("direction", "architecture"),
    [
        ("forward", "sm_90"),
        ("transpose", "sm_80"),
        pytest.param("forward", "sm_80", marks=pytest.mark.slow),
        pytest.param("transpose", "sm_90", marks=pytest.mark.slow),
    ],
)
def test_the_update_of_order_8_spills_nothing(direction, architecture):
    kernels = compilers.kernels_of(update(3, 8, "float32", direction), architecture)
    assert [kernel.name for kernel in sorted(kernels)] == [
        "update_layers",
        "update_plain",
    ]
    for kernel in kernels:
        assert kernel.spilled_bytes == 0, kernel
        most = 64 if kernel.name == "update_plain" else 255
        assert kernel.registers <= most, kernel


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("direction", TABLES)
@pytest.mark.parametrize("order", ORDERS)
def test_every_update_compiles_and_float32_spills_nothing(
    order, direction, architecture
):
    for ndim in (2, 3):
        for dtype in ("float32", "float64"):
            text = update(ndim, order, dtype, direction)
            kernels = compilers.kernels_of(text, architecture)
            assert len(kernels) == 2
            if dtype == "float32":
                assert not any(kernel.spilled_bytes for kernel in kernels), kernels


OTHERS = {
    "points": (cuda_source.points_source("float32"), {"inject", "sample"}),
    "halo": (device_halo.source(np.dtype("float32").itemsize), {"pack", "unpack"}),
    "correlation": (
        imaging.source(2, 0),
        {"correlate", "scatter", "brighten", "terms", "accumulate"},
    ),
    "scattering": (
        imaging.source(3, 4),
        {"correlate", "scatter", "brighten", "terms", "accumulate"},
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_the_other_texts_compile(name):
    text, names = OTHERS[name]
    kernels = compilers.kernels_of(text, "sm_90")
    assert {kernel.name for kernel in kernels} == names
    assert not any(kernel.spilled_bytes for kernel in kernels)


def test_a_text_with_an_error_is_told():
    with pytest.raises(AssertionError, match="error"):
        compilers.kernels_of("__global__ void broken() { unknown(); }", "sm_90")
