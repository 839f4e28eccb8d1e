"""A case is run once at a time, and a run that is gone stops nobody."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from mpi4py import MPI

from anticline.errors import BadInput
from anticline_solvers.formats.owner import Owner
from anticline_solvers.seismic.shots import run_lock

COMM = MPI.COMM_SELF


@pytest.fixture(autouse=True)
def _short_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_lock, "WATCHED_S", 0.5)
    monkeypatch.setattr(run_lock, "TOUCHED_S", 0.05)


def left_by(folder: Path, owner: Owner) -> Path:
    folder.mkdir()
    path = folder / "lock"
    path.write_text(owner.text())
    return path


def test_a_second_run_of_a_case_is_refused_and_told_who_runs(tmp_path):
    folder = tmp_path / "shots"
    with run_lock.held(COMM, folder):
        with pytest.raises(BadInput, match="is being run by process") as caught:
            run_lock.held(COMM, folder).__enter__()
        assert str(Owner.here().pid) in str(caught.value)
        assert (folder / "lock").exists()
    assert not folder.exists()


def test_a_run_that_fails_leaves_no_lock(tmp_path):
    folder = tmp_path / "shots"

    def fail() -> None:
        with run_lock.held(COMM, folder):
            (folder / "000001.h5").write_text("kept")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [path.name for path in folder.iterdir()] == ["000001.h5"]


def test_the_lock_of_a_dead_process_is_taken_over(tmp_path):
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        dead.wait()
    gone = replace(Owner.here(), pid=dead.pid)
    again = replace(Owner.here(), started=1.0)  # its number has come again
    for name, owner in (("gone", gone), ("again", again)):
        path = left_by(tmp_path / name, owner)
        with run_lock.held(COMM, path.parent):
            assert Owner.read(path.read_text()) == Owner.here()


def test_the_lock_of_another_host_is_taken_over_once_it_is_still(tmp_path):
    far = replace(Owner.here(), host="elsewhere")
    path = left_by(tmp_path / "still", far)
    with run_lock.held(COMM, path.parent):
        assert Owner.read(path.read_text()) == Owner.here()
    path = left_by(tmp_path / "touched", far)
    done = threading.Event()
    toucher = threading.Thread(target=run_lock._touch, args=(path, done))
    toucher.start()
    with pytest.raises(BadInput, match="of elsewhere"):
        run_lock.held(COMM, path.parent).__enter__()
    done.set()
    toucher.join()
