"""Threads: the cores this process may use, and a Numba loop that runs on them."""

from __future__ import annotations

import os

import numba
import numpy as np
from numpy.typing import NDArray

from anticline.component.probe import ProbeResult

CELLS = 1000


def threads() -> ProbeResult:
    """Run a threaded loop; compare thread counts with the cores bound to."""
    squares = numba.njit(parallel=True)(_squares)(CELLS)
    right = bool(np.array_equal(squares, np.arange(CELLS, dtype=np.float64) ** 2))
    cores = len(os.sched_getaffinity(0))
    count = numba.get_num_threads()
    layer = numba.threading_layer()  # type: ignore[attr-defined]  # not in its stubs
    found = f"{count} threads on {cores} cores, Numba {numba.__version__} over {layer}"
    details = {
        "cores": cores,
        "threads": count,
        "threading_layer": layer,
        "numba": numba.__version__,
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS"),
    }
    remedy = ""
    if not right:
        found = f"a threaded loop gives wrong numbers: {found}"
        remedy = "pip install --force-reinstall numba llvmlite"
    elif count > cores:
        remedy = f"export NUMBA_NUM_THREADS={cores} OMP_NUM_THREADS={cores}"
    return ProbeResult("threads", not remedy, found, remedy, details)


def _squares(n: int) -> NDArray[np.float64]:
    out = np.empty(n)
    for i in numba.prange(n):
        out[i] = float(i) ** 2
    return out
