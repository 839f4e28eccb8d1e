"""The halo ring of doctor carries what was sent, on any number of ranks."""

from __future__ import annotations

import pytest

from mpi4py import MPI

from anticline.errors import Failed
from anticline_solvers.probes.ring import Halos, measure, pattern


@pytest.mark.parallel([1, 2, 3, 4])
def test_every_rank_receives_what_its_neighbours_sent() -> None:
    comm = MPI.COMM_WORLD
    halos = Halos(comm, 1000)
    halos.fill(5)
    halos.exchange()
    below, above = (comm.rank - 1) % comm.size, (comm.rank + 1) % comm.size
    assert (halos.received[0] == pattern(below, 1, 5)).all()
    assert (halos.received[1] == pattern(above, 0, 5)).all()


@pytest.mark.parallel([2, 3])
def test_every_rank_gives_the_same_time() -> None:
    spent = measure(MPI.COMM_WORLD, 8, 5)
    assert spent > 0
    assert len(set(MPI.COMM_WORLD.allgather(spent))) == 1


@pytest.mark.parallel([1, 2])
def test_a_halo_changed_on_the_way_is_an_error() -> None:
    halos = Halos(MPI.COMM_WORLD, 1000)
    halos.fill(1)
    halos.exchange()
    halos.check(1)
    halos.received[1, 999] += 1
    with pytest.raises(Failed, match="not to be trusted"):
        halos.check(1)
