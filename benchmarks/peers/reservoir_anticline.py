"""anticline's side of the reservoirs: one deck warms up, the other is measured.

    mpirun -n RANKS python peers/reservoir_anticline.py DECK WARM

Prints one line of JSON: seconds of the simulation by its own clock, and its work.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

from mpi4py import MPI

import anticline
from anticline_solvers.reservoir.deck.build import prepare
from anticline_solvers.reservoir.description import Description
from anticline_solvers.reservoir.settings import field_settings
from anticline_solvers.reservoir.simulate import simulate

WARM_STEPS = 3


def described(path: str) -> Description:
    """Read a deck on rank 0, for all."""
    comm = MPI.COMM_WORLD
    made = prepare(Path(path)).description if comm.rank == 0 else None
    found: Description = comm.bcast(made)
    return found


def main() -> None:
    """Warm up, measure, answer."""
    comm = MPI.COMM_WORLD
    warm, measured = described(sys.argv[2]), described(sys.argv[1])
    short = replace(warm, schedule=warm.schedule[:WARM_STEPS])
    simulate(short, comm, field_settings())
    simulate(replace(measured, schedule=measured.schedule[:0]), comm, field_settings())
    comm.barrier()
    report = simulate(measured, comm, field_settings())
    if comm.rank == 0:
        work = report.work
        facts = {
            "seconds": report.wall_s,
            "time_steps": work.time_steps,
            "newton": work.newton,
            "linear": work.linear,
            "version": anticline.__version__,
        }
        print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main()
