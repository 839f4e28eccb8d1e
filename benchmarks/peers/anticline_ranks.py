"""Anticline's acoustic propagator on several ranks, one thread each.

    mpirun -n RANKS python anticline_ranks.py PROBLEM

Rank 0 takes the requests. Between them the other ranks look for work a few hundred
times a second instead of waiting in MPI, which would keep a core busy while another
contestant runs. The seconds of a run are the slowest rank's.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

from problem import Problem
from serve import Line, introduce, obey

from mpi4py import MPI

from peers.anticline_acoustic import Anticline

PAUSE_S = 0.003


def tell(comm: MPI.Comm, words: list[str]) -> None:
    """Send a request from rank 0 to all others."""
    for rank in range(1, comm.size):
        comm.send(words, rank)


def orders(comm: MPI.Comm) -> Iterator[list[str]]:
    """Yield requests as they reach the ranks above 0, until `quit`."""
    while True:
        while not comm.iprobe(source=0):
            time.sleep(PAUSE_S)
        words = comm.recv(source=0)
        if words == ["quit"]:
            return
        yield words


def lead(comm: MPI.Comm, contestant: Anticline) -> None:
    """Rank 0: pass every request on, take part, answer."""
    line = Line()
    introduce(line, contestant)
    for words in line.requests():
        tell(comm, words)
        comm.barrier()
        values = obey(contestant, words)
        line.answer(seconds=comm.reduce(values["seconds"], MPI.MAX))
    tell(comm, ["quit"])


def follow(comm: MPI.Comm, contestant: Anticline) -> None:
    """Do on the ranks above 0 what rank 0 was told."""
    for words in orders(comm):
        comm.barrier()
        comm.reduce(obey(contestant, words)["seconds"], MPI.MAX)


if __name__ == "__main__":
    world = MPI.COMM_WORLD
    ours = Anticline(Problem.from_json(sys.argv[1]), threads=1, comm=world)
    (lead if world.rank == 0 else follow)(world, ours)
