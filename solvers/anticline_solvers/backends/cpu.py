"""How kernels are compiled for CPUs: Numba, contracted and vectorised.

Arithmetic may be contracted (fused multiply-add) but not reassociated, and
NaN keeps its meaning: results do not depend on vector bodies and remainders.
Row kernels are compiled with `row_jit`, which promises LLVM that their array
arguments do not overlap. Without that promise a loop that writes three arrays
needs dozens of overlap checks, more than LLVM is ready to make.

Where the processor has 512-bit vectors they are used: LLVM's tuning prefers
256 bits, at which these kernels are slower. `NUMBA_CPU_FEATURES` overrides.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm
import numba as nb
from numba.core import config
from numba.core.compiler import Compiler

_OPTIONS: dict[str, Any] = {
    "fastmath": {"contract"},
    "error_model": "numpy",
    "boundscheck": False,
    "nogil": True,
    "cache": True,
}


def prefer_wide_vectors() -> None:
    """Let Numba use 512-bit vectors in this process, where the processor has them."""
    host = llvm.get_host_cpu_features()
    chosen = getattr(config, "CPU_FEATURES", None) or getattr(config, "CPU_NAME", None)
    if host.get("avx512f") and chosen is None:
        vars(config)["CPU_FEATURES"] = f"{host.flatten()},-prefer-256-bit"


prefer_wide_vectors()

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class _Distinct(Compiler):
    """Numba's compiler with the promise that array arguments do not overlap."""

    def define_pipelines(self) -> Any:
        self.state.flags.noalias = True
        return Compiler.define_pipelines(self)


jit: Decorator = nb.njit(**_OPTIONS)
parallel_jit: Decorator = nb.njit(parallel=True, **_OPTIONS)
row_jit: Decorator = nb.njit(pipeline_class=_Distinct, **_OPTIONS)
