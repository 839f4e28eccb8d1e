"""Threads: the cores this process may use, and a Numba loop that runs on them."""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

from anticline.component.probe import ProbeResult

CELLS = 1000


def threads() -> ProbeResult:
    """Run a threaded loop; compare thread counts with the cores bound to."""
    import numba

    compiled = numba.njit(parallel=True)(_squares)
    squares = compiled(CELLS)
    right = bool(np.array_equal(squares, np.arange(CELLS, dtype=np.float64) ** 2))
    cores = len(os.sched_getaffinity(0))
    wanted = os.environ.get("OMP_NUM_THREADS")
    count, layer = numba.get_num_threads(), numba.threading_layer()
    found = f"{count} threads on {cores} cores, Numba {numba.__version__} over {layer}"
    details = {
        "cores": cores,
        "threads": count,
        "threading_layer": layer,
        "numba": numba.__version__,
        "OMP_NUM_THREADS": wanted,
    }
    if not right:
        found, remedy = (
            f"a threaded loop gives wrong numbers ({found})",
            ("pip install --force-reinstall numba llvmlite"),
        )
    elif count > cores:
        remedy = f"export NUMBA_NUM_THREADS={cores} OMP_NUM_THREADS={cores}"
    else:
        remedy = ""
    return ProbeResult("threads", not remedy, found, remedy, details)


def _squares(n: int) -> NDArray[np.float64]:
    import numba

    out = np.empty(n)
    for i in numba.prange(n):
        out[i] = float(i) ** 2
    return out
