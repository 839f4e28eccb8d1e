"""A checkpoint is whole or it is not used; the one before it stays until then."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from mpi4py import MPI

from anticline.errors import BadInput
from anticline_solvers.domain.part import Part
from anticline_solvers.formats import sealed
from anticline_solvers.formats.checkpoint import Checkpoints, Reader

CASE, OTHER, SHOT = "a" * 64, "b" * 64, "c" * 64
FIELD = np.arange(24, dtype=np.float32).reshape(4, 6)
ME = MPI.COMM_SELF


def part(values: np.ndarray, name: str = "field") -> Part:
    box = tuple(slice(0, n) for n in values.shape)
    return Part(name, values.shape, box, values)


def kept(folder: Path, case: str = CASE, shot: str = SHOT) -> Checkpoints:
    return Checkpoints(folder / "000001.checkpoints", case, shot)


def write(store: Checkpoints, step: int) -> Path:
    made = store.write(ME, [part(FIELD + step), part(FIELD, "p/q")], {"step": step})
    assert isinstance(made, Path)
    return made


def step_of(path: Path) -> int:
    with Reader(path) as reader:
        field = reader.box("field", FIELD.shape, (slice(1, 3), slice(0, 6)))
        assert field.tobytes() == (FIELD + reader.fact("step"))[1:3].tobytes()
        return int(reader.fact("step"))


def newest(store: Checkpoints) -> tuple[int | None, list[str]]:
    said: list[str] = []
    found = store.whole(said.append)
    return (step_of(found[0].path) if found else None), said


def test_the_newest_whole_one_wins(tmp_path):
    store = kept(tmp_path)
    assert newest(store) == (None, [])
    for step in (3, 5, 7):
        write(store, step)
    assert newest(store) == (7, [])


def test_two_stay_and_those_that_are_still_of_use(tmp_path):
    store = kept(tmp_path)
    for step in range(5):
        write(store, step)
        store.prune(keep={2})
    assert [entry.number for entry in store.files()] == [5, 4, 2]
    store.remove()
    assert not store.folder.exists()


def test_a_checkpoint_torn_at_any_byte_is_not_used_and_it_is_said(tmp_path):
    store = kept(tmp_path)
    write(store, 1)
    torn = write(store, 2)
    whole = torn.read_bytes()
    for size in [*range(600), *range(600, len(whole), 97), len(whole) - 1]:
        torn.write_bytes(whole[:size])
        step, said = newest(store)
        assert step == 1
        assert len(said) == 1
        assert "000002.h5 is torn" in said[0]
        assert not torn.exists()
    torn.write_bytes(whole)
    assert newest(store) == (2, [])


def test_a_changed_or_added_byte_is_found(tmp_path):
    store = kept(tmp_path)
    write(store, 1)
    changed = write(store, 2)
    whole = changed.read_bytes()
    for place in [*range(0, 600, 7), *range(600, len(whole), 101)]:
        other = bytearray(whole)
        other[place] ^= 0x10
        changed.write_bytes(other)
        assert newest(store)[0] == 1
    changed.write_bytes(whole + b"\0")
    assert newest(store)[0] == 1


def test_one_written_after_a_torn_one_leaves_the_whole_one_before(tmp_path):
    store = kept(tmp_path)
    write(store, 1)
    torn = write(store, 2)
    torn.write_bytes(torn.read_bytes()[:-1])
    assert newest(store)[0] == 1
    again = write(store, 3)
    store.prune(keep=())
    again.write_bytes(again.read_bytes()[:-1])
    assert newest(store)[0] == 1


def test_one_of_another_case_is_refused_and_left_alone(tmp_path):
    path = write(kept(tmp_path), 1)
    with pytest.raises(BadInput, match="another case"):
        newest(kept(tmp_path, OTHER))
    assert path.exists()


def test_one_of_other_data_of_its_shot_is_not_used(tmp_path):
    write(kept(tmp_path), 1)
    step, said = newest(kept(tmp_path, CASE, "d" * 64))
    assert step is None
    assert "other data" in said[0]


def test_one_of_another_version_is_told(tmp_path):
    path = write(kept(tmp_path), 1)
    sealed.close(path, sealed.Seal("anticline-checkpoint/9", CASE, SHOT))
    with pytest.raises(BadInput, match="checkpoint/9"):
        newest(kept(tmp_path))


def test_an_array_of_another_shape_and_a_missing_one_are_told(tmp_path):
    with Reader(write(kept(tmp_path), 1)) as reader:
        assert "field" in reader
        assert "other" not in reader
        everything = (slice(None), slice(None))
        with pytest.raises(BadInput, match=r"\(4, 6\), needed is \(4, 7\)"):
            reader.box("field", (4, 7), everything)
        with pytest.raises(BadInput, match="no data set"):
            reader.box("other", (4, 7), everything)
        with pytest.raises(BadInput, match="no number"):
            reader.fact("other")


@contextmanager
def files_at_most(n_bytes: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_without_room_those_that_are_there_stay_and_it_is_said(tmp_path):
    store = kept(tmp_path)
    write(store, 1)
    big = np.zeros(100_000, np.float32)
    for limit in (100, 700, 3_000, 100_000, 399_000, 401_000):
        with files_at_most(limit):
            said = store.write(ME, [part(big)], {})
        assert "cannot be written" in str(said)
        assert [path.name for path in store.folder.iterdir()] == ["000001.h5"]
    assert newest(store) == (1, [])
    write(store, 2)
    assert newest(store) == (2, [])


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A disk of 1 MB; only root may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    options = ["-t", "tmpfs", "-o", "size=1m", "tmpfs"]
    done = subprocess.run(
        ["mount", *options, str(place)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("mounting a small disk needs root")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_on_a_full_disk_those_that_are_there_stay(small_disk):
    store = kept(small_disk)
    write(store, 1)
    said = store.write(ME, [part(np.zeros(10**6, np.float32))], {})
    assert os.strerror(28) in str(said)
    assert newest(store) == (1, [])
    write(store, 2)
    assert newest(store) == (2, [])
