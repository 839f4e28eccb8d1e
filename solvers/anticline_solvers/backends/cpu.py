"""How kernels are compiled for CPUs: Numba, contracted and vectorised.

Arithmetic may be contracted (fused multiply-add) but not reassociated, and
NaN keeps its meaning: results do not depend on vector bodies and remainders.
Row kernels are compiled with `row_jit`, which promises LLVM that their array
arguments do not overlap. Without that promise a loop that writes three arrays
needs dozens of overlap checks, more than LLVM is ready to make.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba as nb
from numba.core.compiler import Compiler

_OPTIONS: dict[str, Any] = {
    "fastmath": {"contract"},
    "error_model": "numpy",
    "boundscheck": False,
    "nogil": True,
    "cache": True,
}

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class _Distinct(Compiler):
    """Numba's compiler with the promise that array arguments do not overlap."""

    def define_pipelines(self) -> Any:
        self.state.flags.noalias = True
        return Compiler.define_pipelines(self)


jit: Decorator = nb.njit(**_OPTIONS)
parallel_jit: Decorator = nb.njit(parallel=True, **_OPTIONS)
row_jit: Decorator = nb.njit(pipeline_class=_Distinct, **_OPTIONS)
