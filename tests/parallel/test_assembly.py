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


@pytest.mark.parallel([1, 2, 4])
@pytest.mark.parametrize("message_bytes", [8, 64, 2**20])
def test_every_rank_is_handed_the_columns_it_wants(monkeypatch, message_bytes):
    monkeypatch.setattr(assembly, "MESSAGE_BYTES", message_bytes)
    comm = MPI.COMM_WORLD
    rows = np.arange(11 * 30, dtype=np.float32).reshape(11, 30)
    for wanted in (
        np.arange(30)[comm.rank :: 3],
        np.arange(30),
        np.empty(0, np.int64) if comm.rank % 2 else np.array([7, 2]),
    ):
        found = assembly.hand_out(comm, rows if comm.rank == 0 else None, wanted)
        assert found.flags.c_contiguous
        np.testing.assert_array_equal(found, rows[:, wanted])


def test_nothing_to_hand_out_is_an_error():
    with pytest.raises(ValueError, match="no rows"):
        assembly.hand_out(None, None, np.arange(3))
