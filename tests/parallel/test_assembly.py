"""Parts of every rank come together on rank 0, whatever the size of a message."""

import numpy as np
import pytest

from mpi4py import MPI

from anticline_solvers.domain import assembly
from anticline_solvers.domain.decomposition import Decomposition


@pytest.mark.parallel([1, 2, 4])
@pytest.mark.parametrize("message_bytes", [64, 2**20])
def test_boxes_come_together_in_messages_of_any_size(monkeypatch, message_bytes):
    monkeypatch.setattr(assembly, "MESSAGE_BYTES", message_bytes)
    comm = MPI.COMM_WORLD
    whole = np.arange(9 * 7, dtype=np.float32).reshape(9, 7)
    box = Decomposition((9, 7), (comm.size,)).owned(comm.rank)
    found = assembly.assemble(comm, whole.shape, box, whole[box])
    if comm.rank == 0:
        np.testing.assert_array_equal(found, whole)
    else:
        assert found is None


@pytest.mark.parallel([1, 2, 4])
@pytest.mark.parametrize("message_bytes", [64, 2**20])
def test_rows_come_to_their_places(monkeypatch, message_bytes):
    monkeypatch.setattr(assembly, "MESSAGE_BYTES", message_bytes)
    comm = MPI.COMM_WORLD
    rows = np.arange(11 * 30, dtype=np.float64).reshape(11, 30)
    owned = np.arange(comm.rank, 11, comm.size)
    found = assembly.collect(comm, 11, owned, rows[owned])
    if comm.rank == 0:
        np.testing.assert_array_equal(found, rows)
    else:
        assert found is None
