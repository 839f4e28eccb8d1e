"""A halo exchange around a ring of ranks, checked and timed.

Every rank sends a buffer to both neighbours and receives theirs, all at once and
without blocking, as a time step does. Latency is the time of an exchange of 8 bytes,
bandwidth what a rank sends and receives in a second with halos of the wanted size.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mpi4py import MPI

from anticline.errors import Failed

if TYPE_CHECKING:
    from anticline.component import Case, RunContext

LATENCY_BYTES = 8


def run(case: Case, context: RunContext) -> None:
    """Measure on the communicator of the context, write the report from rank 0."""
    repeats = case.parameters["repeats"]
    short_s = measure(context.comm, LATENCY_BYTES, repeats)
    long_s = measure(context.comm, case.parameters["halo_bytes"], repeats)
    if context.comm.rank:
        return
    moved = 4 * case.parameters["halo_bytes"]  # two sent, two received
    figures = {
        "ranks": context.comm.size,
        "latency_us": short_s * 1e6,
        "bandwidth_gb_per_s": moved / long_s / 1e9,
        "halo_bytes": case.parameters["halo_bytes"],
        "mpi": MPI.Get_library_version().splitlines()[0].strip("\0 "),
        "provenance": context.provenance,
    }
    path = case.outputs["report"]
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(figures, indent=2))
    part.replace(path)


def measure(comm: MPI.Comm, halo_bytes: int, repeats: int) -> float:
    """Time the best of some exchanges on the slowest rank [s]; alike on every rank.

    Collective. Raises Failed where a halo that came in is not the one sent.
    """
    buffers = Halos(comm, halo_bytes)
    times = np.empty(repeats)
    for n in range(repeats):
        buffers.fill(n)
        comm.Barrier()
        started = time.perf_counter()
        buffers.exchange()
        times[n] = time.perf_counter() - started
        buffers.check(n)
    return float(comm.allreduce(float(times.min()), op=MPI.MAX))


class Halos:
    """What one rank sends and receives; uint8 (halo_bytes,) for either side."""

    def __init__(self, comm: MPI.Comm, halo_bytes: int) -> None:
        self.comm = comm
        self.lower = (comm.rank - 1) % comm.size
        self.upper = (comm.rank + 1) % comm.size
        self.sent: NDArray[np.uint8] = np.zeros((2, halo_bytes), np.uint8)
        self.received: NDArray[np.uint8] = np.zeros((2, halo_bytes), np.uint8)

    def fill(self, exchange: int) -> None:
        """Write into both buffers what tells rank, side and exchange apart."""
        for side in range(2):
            self.sent[side] = pattern(self.comm.rank, side, exchange)

    def exchange(self) -> None:
        """Send side 0 down and side 1 up; receive from below into 0, above into 1."""
        neighbours = (self.lower, self.upper)
        requests = [
            self.comm.Irecv(self.received[side], neighbours[side], tag=1 - side)
            for side in range(2)
        ]
        requests += [
            self.comm.Isend(self.sent[side], neighbours[side], tag=side)
            for side in range(2)
        ]
        MPI.Request.Waitall(requests)

    def check(self, exchange: int) -> None:
        """Hold what came in against what the neighbours sent (Failed)."""
        for side, neighbour in enumerate((self.lower, self.upper)):
            if np.any(self.received[side] != pattern(neighbour, 1 - side, exchange)):
                msg = (
                    f"rank {self.comm.rank} got another halo than rank {neighbour} "
                    f"sent; the MPI of this machine is not to be trusted"
                )
                raise Failed(msg)


def pattern(rank: int, side: int, exchange: int) -> int:
    """Give the byte that fills a halo."""
    return (7 * rank + 3 * side + exchange) % 251
