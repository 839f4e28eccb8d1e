"""A checkpoint holds the same bits whoever wrote it, and any ranks read it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from mpi4py import MPI

from anticline_solvers.domain.decomposition import Decomposition, choose_process_grid
from anticline_solvers.domain.part import Part
from anticline_solvers.formats import checkpoint
from anticline_solvers.formats.checkpoint import Checkpoints, Reader

WORLD = MPI.COMM_WORLD
CASE, SHOT = "a" * 64, "c" * 64
SHAPE = (19, 11, 7)
FIELD = np.random.default_rng(3).standard_normal(SHAPE).astype(np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return WORLD.bcast(tmp_path)


def parts() -> list[Part]:
    """Give this rank's box of one array, and an array that rank 0 has alone."""
    grid = choose_process_grid(SHAPE, WORLD.size)
    box = Decomposition(SHAPE, grid).owned(WORLD.rank)
    mine = slice(0, 5 if WORLD.rank == 0 else 0)
    return [
        Part("field", SHAPE, box, FIELD[box], "Pa"),
        Part("alone", (5,), (mine,), np.arange(5.0)[mine]),
    ]


@pytest.mark.parallel([1, 2, 3])
@pytest.mark.parametrize("together", [True, False])
def test_a_checkpoint_of_many_ranks_is_that_of_one(folder, monkeypatch, together):
    if not together:
        monkeypatch.setattr(checkpoint, "has_parallel_hdf5", lambda: False)
    store = Checkpoints(folder, CASE, SHOT)
    path = store.write(WORLD, parts(), {"step": 4})
    assert isinstance(path, Path)
    with Reader(path) as reader:
        everything = tuple(slice(0, n) for n in SHAPE)
        whole = reader.box("field", SHAPE, everything)
        assert whole.tobytes() == FIELD.tobytes()
        assert reader.box("alone", (5,), (slice(0, 5),)).tolist() == [0, 1, 2, 3, 4]
        assert reader.fact("step") == 4
    assert [e.number for e in store.whole(pytest.fail)] == [1]
    digests = WORLD.allgather(hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(set(digests)) == 1


@pytest.mark.parallel(2)
def test_without_room_every_rank_hears_it(folder, monkeypatch):
    def full(path: Path, *given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "_make", full)
    store = Checkpoints(folder, CASE, SHOT)
    assert "No space left" in str(store.write(WORLD, parts(), {}))
    WORLD.Barrier()
    assert not list(folder.glob("*.part"))
