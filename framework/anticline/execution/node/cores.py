"""A rank's share of this machine's cores."""

from __future__ import annotations

import os
from collections.abc import Iterable, MutableMapping
from typing import TYPE_CHECKING

from anticline.cluster.here import usable_cpus

if TYPE_CHECKING:
    from mpi4py import MPI

THREAD_VARIABLES = ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS")


def threads_per_rank(
    mine: frozenset[int], ranks_of_node: Iterable[frozenset[int]]
) -> int:
    """Share the CPUs of one rank with the ranks of its node that may use them too.

    ``ranks_of_node`` are the CPU sets of all ranks of the node, this one included.
    A bound rank shares with nobody and takes its whole set.
    """
    sharing = sum(1 for others in ranks_of_node if mine & others)
    return max(1, len(mine) // max(1, sharing))


def set_threads(environment: MutableMapping[str, str], threads: int) -> None:
    """Set the thread counts that the user left open; one given serves for both."""
    given = [environment[name] for name in THREAD_VARIABLES if name in environment]
    for name in THREAD_VARIABLES:
        environment.setdefault(name, given[0] if given else str(threads))


def share_cores(comm: MPI.Comm) -> None:
    """Set this process's thread counts by the ranks of its node (collective).

    Call it before Numba or an OpenMP library is loaded: they read the counts once.
    """
    from mpi4py import MPI

    mine = usable_cpus()
    node = comm.Split_type(MPI.COMM_TYPE_SHARED)
    set_threads(os.environ, threads_per_rank(mine, node.allgather(mine)))
    node.Free()
