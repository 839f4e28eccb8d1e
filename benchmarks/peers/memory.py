"""What the machine's memory carries, in the byte mix of the isotropic kernel.

    python memory.py update|copy ELEMENTS THREADS

    update   p[i] = 2 q[i] - p[i] + c[i] q[i]    3 reads and 1 write, 16 bytes
    copy     q[i] = p[i]                         1 read and 1 write,  8 bytes

A "point" is one element and a "step" one sweep over the arrays. A write that first
reads its line into the cache counts once, as it does for the contestants.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import numba as nb
import numpy as np
from serve import Line, serve

jit = nb.njit(
    parallel=True, fastmath={"contract"}, error_model="numpy", boundscheck=False
)


@jit
def update(p: np.ndarray, q: np.ndarray, c: np.ndarray, parts: int) -> None:
    """Sweep p, q, c, float32 (n,): the wave update without neighbours, in p."""
    two = np.float32(2)
    for part in nb.prange(parts):
        for i in range(p.size * part // parts, p.size * (part + 1) // parts):
            j = nb.uintp(i)
            p[j] = two * q[j] - p[j] + c[j] * q[j]


@jit
def copy(p: np.ndarray, q: np.ndarray, c: np.ndarray, parts: int) -> None:
    """Sweep p, q, float32 (n,): copy p into q."""
    for part in nb.prange(parts):
        for i in range(p.size * part // parts, p.size * (part + 1) // parts):
            j = nb.uintp(i)
            q[j] = p[j]


MIXES = {"update": (update, 16.0), "copy": (copy, 8.0)}


class Memory:
    """The contestant of `serve`."""

    version = f"numba {nb.__version__}"

    def __init__(self, mix: str, elements: int, threads: int) -> None:
        self.points = elements
        sweep, self.bytes_per_point = MIXES[mix]
        self.sweep: Any = sweep
        self.parts = threads
        self.arrays = [np.ones(elements, np.float32) for _ in range(2)]
        self.arrays.append(np.full(elements, -1e-3, np.float32))
        self.run(1)

    def run(self, steps: int) -> float:
        """Seconds of `steps` sweeps."""
        start = time.perf_counter()
        for _ in range(steps):
            self.sweep(*self.arrays, self.parts)
        return time.perf_counter() - start

    def gather(self, steps: int) -> np.ndarray:
        """Memory has no traces."""
        raise NotImplementedError


if __name__ == "__main__":
    line = Line()
    serve(line, Memory(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
