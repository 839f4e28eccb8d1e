"""One rank of the scaling benchmark: a shot in a layered model, halos timed.

    mpirun -n RANKS python scaling_rank.py STEPS FOLDER NX NY NZ

Rank 0 writes FOLDER/RANKS.npy (the gather) and FOLDER/RANKS.json. The exchange is
timed from outside: `start` and `finish` of `Halo` are wrapped in a clock.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mpi4py import MPI

from anticline_solvers.acoustic.propagator import AcousticPropagator
from anticline_solvers.domain.grid import Grid
from anticline_solvers.domain.halo import Halo
from anticline_solvers.seismic.acquisition.wavelets import ricker
from anticline_solvers.seismic.timeloop import propagate

SPACING_M, DT_S, PEAK_HZ = 10.0, 1.0e-3, 12.0
WARM_UP = 3


@dataclass
class Clock:
    """Seconds and number of the calls that it watches."""

    seconds: float = 0.0
    calls: int = 0

    def watch(self, method: Callable[[Halo], None]) -> Callable[[Halo], None]:
        """Make a method that does the same and adds itself to the clock."""

        def watched(halo: Halo) -> None:
            begin = time.perf_counter()
            method(halo)
            self.seconds += time.perf_counter() - begin
            self.calls += 1

        return watched


def velocity(box: tuple[slice, ...]) -> np.ndarray:
    """Velocity [m/s] of a box: dipping layers of 1500 to 3500 m/s."""
    x, y, z = np.ogrid[box]
    layer = (z + 0.15 * x - 0.1 * y) // 25
    return (2500.0 + 1000.0 * np.sin(1.7 * layer)).astype(np.float32)


def shot(
    model: AcousticPropagator, steps: int, clock: Clock
) -> tuple[np.ndarray | None, float]:
    """Gather on rank 0, and seconds of the time loop of this rank."""
    nx, ny, _ = model.grid.shape
    source = model.points([[nx * 4.7, ny * 5.2, 31.0]], density=True)
    line = np.linspace(0.0, (nx - 1) * SPACING_M, 2 * nx)
    depth = np.full_like(line, 23.0)
    receivers = model.points(np.c_[line, np.full_like(line, ny * 4.9), depth])
    wavelet = np.zeros((1, max(steps, 400)))
    pulse = ricker(PEAK_HZ, DT_S)
    wavelet[0, : pulse.size] = pulse
    state = model.start()
    assert model.comm is not None
    model.comm.barrier()
    clock.seconds, clock.calls = 0.0, 0
    begin = time.perf_counter()
    traces = propagate(model, source, wavelet[:, :steps], receivers, state=state)
    seconds = time.perf_counter() - begin
    return model.placement.collect(receivers, traces), seconds


def main() -> None:
    """Measure and write."""
    comm, steps, folder = MPI.COMM_WORLD, int(sys.argv[1]), Path(sys.argv[2])
    shape = tuple(int(n) for n in sys.argv[3:6])
    clock = Clock()
    Halo.start = clock.watch(Halo.start)  # type: ignore[assignment, method-assign]
    Halo.finish = clock.watch(Halo.finish)  # type: ignore[assignment, method-assign]
    grid = Grid(shape, (SPACING_M,) * 3, (0.0,) * 3)
    model = AcousticPropagator(grid, velocity, DT_S, comm=comm, threads=1)
    shot(model, WARM_UP, clock)
    gather, seconds = shot(model, steps, clock)
    halo = model.start().halos[0]
    seen = comm.gather((clock.seconds, seconds, halo.bytes_sent))
    if gather is not None and seen is not None:
        np.save(folder / f"{comm.size}.npy", gather)
        record = {
            "ranks": comm.size,
            "process_grid": model.placement.decomposition.process_grid,
            "steps": steps,
            "exchanges": clock.calls // 2,
            "points": int(np.prod(model.placement.shape)),
            "halo_seconds": [one[0] for one in seen],
            "loop_seconds": [one[1] for one in seen],
            "bytes_sent_an_exchange": [one[2] for one in seen],
        }
        (folder / f"{comm.size}.json").write_text(json.dumps(record))


if __name__ == "__main__":
    main()
