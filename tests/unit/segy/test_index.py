"""Headers of any number of traces are read once and kept."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from anticline_solvers.formats.segy import index as indexing
from anticline_solvers.formats.segy import traces
from anticline_solvers.formats.segy.binary import Stated
from anticline_solvers.formats.segy.index import COLUMNS, Index, index_of
from anticline_solvers.formats.segy.layout import read_layout
from anticline_solvers.formats.segy.shots import group, sensible_key
from fuzz.segy_files import Made, line, shot_headers


def _written(tmp_path: Path, made: Made) -> Path:
    path = tmp_path / "a.sgy"
    path.write_bytes(made.bytes())
    return path


def _kept(
    monkeypatch: pytest.MonkeyPatch, path: Path, stated: Stated | None = None
) -> Index:
    monkeypatch.setattr(indexing, "IN_MEMORY_TRACES", 0)
    monkeypatch.setenv("ANTICLINE_CACHE", str(path.parent / "cache"))
    return index_of(read_layout(path, stated))


@pytest.mark.parametrize("sparse", [True, False])
def test_an_index_on_disk_is_that_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sparse: bool
) -> None:
    path = _written(tmp_path, line(3, 5))
    memory = index_of(read_layout(path))
    monkeypatch.setattr(traces, "CHUNK_BYTES", 1000)
    monkeypatch.setattr(traces, "HEADERS_AT_ONCE", 4)
    if sparse:
        monkeypatch.setattr(traces, "SPARSE_BYTES", 10)
    kept = _kept(monkeypatch, path)
    for name in COLUMNS:
        np.testing.assert_array_equal(kept.column(name), memory.column(name))
    part = kept.columns("receiver_x", part=slice(3, 7))["receiver_x"]
    np.testing.assert_array_equal(part, memory.column("receiver_x")[3:7])


def test_an_index_is_made_once_and_again_when_the_file_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _written(tmp_path, line(3, 5))
    _kept(monkeypatch, path)
    cache = tmp_path / "cache" / "segy"
    first = {p: p.stat().st_mtime_ns for p in cache.iterdir()}
    _kept(monkeypatch, path)
    assert {p: p.stat().st_mtime_ns for p in cache.iterdir()} == first
    os.utime(path, ns=(1, 1))
    _kept(monkeypatch, path)
    moved = Stated(header_map=(("receiver_x", 73),))
    found = _kept(monkeypatch, path, moved)
    assert len(list(cache.iterdir())) == 3
    np.testing.assert_array_equal(found.column("receiver_x"), found.column("source_x"))


def test_a_torn_index_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _written(tmp_path, line(3, 5))
    _kept(monkeypatch, path)
    (kept,) = (tmp_path / "cache" / "segy").iterdir()
    kept.write_bytes(kept.read_bytes()[:3000])
    assert _kept(monkeypatch, path).column("field_record").tolist()[-1] == 3


def test_traces_are_read_in_any_order_and_twice(tmp_path: Path) -> None:
    made = line(3, 5)
    with traces.TraceFile(read_layout(_written(tmp_path, made))) as file:
        wanted = [14, 0, 1, 2, 7, 7, 6]
        np.testing.assert_array_equal(file.samples(wanted), made.samples[wanted])
        assert file.samples([]).shape == (0, 20)


def test_the_grouping_follows_the_first_number_that_varies(tmp_path: Path) -> None:
    headers = shot_headers(3, 2)
    assert sensible_key(index_of(read_layout(_written(tmp_path, line(3, 2))))) == (
        "field_record"
    )
    for header in headers:
        header |= {9: ("i", 0), 17: ("i", 0)}
    index = index_of(read_layout(_written(tmp_path, line(3, 2, headers=headers))))
    assert sensible_key(index) == "source_position"
    shots = group(index, "source_position")
    assert shots.ids.tolist() == [1, 2, 3]
    assert [shots.of(k).tolist() for k in range(3)] == [[0, 1], [2, 3], [4, 5]]
