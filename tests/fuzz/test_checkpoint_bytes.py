"""Whatever bytes lie where a checkpoint should: whole and ours, or a clear refusal."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from mpi4py import MPI

from anticline.errors import BadInput
from anticline_solvers.domain.part import Part
from anticline_solvers.formats.checkpoint import Checkpoints, Reader

CASE, SHOT = "a" * 64, "c" * 64
FIELD = np.linspace(0.0, 1.0, 30, dtype=np.float32).reshape(5, 6)


def mutated(whole: bytes, rng: random.Random) -> bytes:
    """Damage a file as disks, kills and people do."""
    data = bytearray(whole)
    for _ in range(rng.choice((1, 1, 2, 8))):
        place = rng.randrange(len(data)) if rng.random() < 0.5 else rng.randrange(400)
        place, length = min(place, len(data) - 1), rng.choice((1, 1, 4, 64, 512))
        kind = rng.randrange(6)
        if kind == 0:
            data[place] ^= 1 << rng.randrange(8)
        elif kind == 1:
            data[place : place + length] = rng.randbytes(length)
        elif kind == 2:
            del data[place:]
        elif kind == 3:
            del data[place : place + length]
        elif kind == 4:
            data[place:place] = rng.randbytes(length)
        else:
            data[place : place + length] = bytes(length)
        if not data:
            break
    return bytes(data)


@pytest.mark.parametrize("inputs", [400, pytest.param(100_000, marks=pytest.mark.slow)])
def test_damaged_checkpoints_are_never_read_and_never_crash(tmp_path: Path, inputs):
    store = Checkpoints(tmp_path, CASE, SHOT)
    box = tuple(slice(0, n) for n in FIELD.shape)
    path = store.write(MPI.COMM_SELF, [Part("p", FIELD.shape, box, FIELD)], {"n": 3})
    assert isinstance(path, Path)
    whole, rng = path.read_bytes(), random.Random(20240607)
    refused = 0
    for _ in range(inputs):
        data = mutated(whole, rng)
        path.write_bytes(data)
        said: list[str] = []
        try:
            found = store.whole(said.append)
        except BadInput:
            found = []
        if found:
            assert data == whole
            with Reader(path) as reader:
                assert reader.box("p", FIELD.shape, box).tobytes() == FIELD.tobytes()
        else:
            assert data != whole
            assert len(said) == 1
            assert "torn" in said[0]
            refused += 1
    assert refused > 0.9 * inputs
