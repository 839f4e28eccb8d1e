"""Whole files: written beside and renamed, opened with their format checked."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from anticline.errors import BadInput, OutputExists
from anticline_solvers.formats import hdf5
from anticline_solvers.formats.provenance import read_provenance

FORMAT = "anticline-model/1"


def _write(path: Path, fingerprint: str = "f" * 64) -> None:
    with hdf5.write_new(path, FORMAT, {"component": "models.x"}, fingerprint) as file:
        file["values"] = np.arange(10_000.0)


def _fail_while_writing(path: Path) -> None:
    with hdf5.write_new(path, FORMAT, {}) as file:
        file["values"] = np.arange(3)
        raise ZeroDivisionError


def test_a_file_appears_under_its_name_only_when_whole(tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    with hdf5.write_new(path, FORMAT, {}) as file:
        file["values"] = np.arange(3)
        assert not path.exists()
        assert hdf5.part_of(path).exists()
    assert path.exists()
    assert not hdf5.part_of(path).exists()


def test_two_processes_write_one_file_under_different_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.h5"
    with hdf5.write_new(path, FORMAT, {}) as file:
        file["values"] = np.arange(3)
        with monkeypatch.context() as patch:
            patch.setattr("os.getpid", os.getppid)
            _write(path)
        file["more"] = np.arange(4)
    assert list(tmp_path.iterdir()) == [path]
    with hdf5.open_checked(path, FORMAT) as file:
        assert sorted(file) == ["more", "provenance", "values"]


def test_a_part_of_a_dead_process_is_swept_away_and_of_no_other(
    tmp_path: Path,
) -> None:
    path, node = tmp_path / "model.h5", platform.node()
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = tmp_path / f"model.h5.{node}-{dead.pid}.part"
    alive = tmp_path / f"model.h5.{node}-{os.getppid()}.part"
    far = tmp_path / f"model.h5.not-{node}-{dead.pid}.part"
    for part in (left, alive, far):
        part.write_bytes(b"half")
    _write(path)
    assert not left.exists()
    assert sorted(hdf5.parts_beside(path)) == sorted([alive, far])


def test_a_failed_write_leaves_the_earlier_file_untouched(tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    _write(path)
    before = path.read_bytes()
    with pytest.raises(ZeroDivisionError):
        _fail_while_writing(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_torn_part_is_never_read(tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    _write(path)
    whole = path.read_bytes()
    path.unlink()
    hdf5.part_of(path).write_bytes(whole[: len(whole) // 2])
    assert not hdf5.finished(path, "f" * 64)
    with pytest.raises(BadInput, match=r"does not exist; the unfinished \.part"):
        hdf5.open_checked(path, FORMAT)
    _write(path)
    with hdf5.open_checked(path, FORMAT) as file:
        assert file["values"][-1] == 9_999


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95, 0.999])
def test_a_file_cut_short_is_refused(tmp_path: Path, kept: float) -> None:
    path = tmp_path / "model.h5"
    _write(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(BadInput, match="damaged or cut short"):
        hdf5.open_checked(path, FORMAT)


def test_each_wrong_file_is_named_with_what_is_needed(tmp_path: Path) -> None:
    path = tmp_path / "file.h5"
    with pytest.raises(BadInput, match="does not exist"):
        hdf5.open_checked(path, FORMAT)
    path.write_bytes(b"\x00\x01\x02\x03" * 100)
    with pytest.raises(BadInput, match="not an HDF5 file"):
        hdf5.open_checked(path, FORMAT)
    with h5py.File(path, "w") as file:
        file["values"] = 1
    with pytest.raises(BadInput, match="no attribute 'format'"):
        hdf5.open_checked(path, FORMAT)
    with h5py.File(path, "w") as file:
        file.attrs["format"] = "anticline-image/1"
    with pytest.raises(BadInput, match="needed is anticline-model/1"):
        hdf5.open_checked(path, FORMAT)
    with h5py.File(path, "w") as file:
        file.attrs["format"] = "anticline-model/7"
    with pytest.raises(BadInput, match="another version"):
        hdf5.open_checked(path, FORMAT)
    with pytest.raises(BadInput, match="is a folder"):
        hdf5.open_checked(tmp_path, FORMAT)


def test_a_result_is_finished_for_its_own_case_alone(tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    assert not hdf5.finished(path, "a" * 64)
    _write(path, "a" * 64)
    assert hdf5.finished(path, "a" * 64)
    with pytest.raises(OutputExists, match="of another case"):
        hdf5.finished(path, "b" * 64)
    path.write_text("a letter")
    with pytest.raises(OutputExists, match="not made by a case"):
        hdf5.finished(path, "a" * 64)
    assert path.read_text() == "a letter"


def test_provenance_comes_back_as_it_was_given(tmp_path: Path) -> None:
    given = {
        "component": "models.anticline",
        "parameters": {"spacing_m": [10.0, 10.0], "seed": 3},
        "inputs": {"model": "0" * 64},
        "host": {"architecture": "x86_64"},
        "version": "0.1.0",
    }
    path = tmp_path / "file.h5"
    with hdf5.write_new(path, FORMAT, given, "c" * 64):
        pass
    with h5py.File(path) as file:
        found = read_provenance(file)
        assert json.loads(file["provenance"].attrs["parameters"])["seed"] == 3
    assert found == {**given, "fingerprint": "c" * 64}


def test_a_result_larger_than_the_disk_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "model.h5"
    assert hdf5.require_space(path, 1) is None
    finding = hdf5.require_space(path, 10**18)
    assert finding is not None
    assert "1e+06 TB" in finding.text


def test_the_format_of_a_foreign_file_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file.h5"
    _write(path)
    assert hdf5.format_of(path) == FORMAT
    with h5py.File(path, "w") as file:
        file.attrs["format"] = "netcdf"
    assert hdf5.format_of(path) is None
    path.write_text("text")
    assert hdf5.format_of(path) is None
