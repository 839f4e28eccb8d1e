"""An attempt at a task in this process: every way to end, and nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from anticline.errors import ExitCode
from anticline.execution.node import pinning
from anticline.execution.node.attempt import attempt
from anticline.execution.node.order import Ended, Kind, from_json
from anticline.execution.node.pinning import claimed, pinned
from chores_to_do import order, report

pytestmark = pytest.mark.usefixtures("chores")


def kept(folder: Path) -> Ended:
    return from_json(Ended, json.loads((folder / "ended.json").read_text()))


def test_a_task_of_one_rank_runs_in_this_process_and_keeps_how_it_ended(tmp_path):
    made = order(tmp_path, "one", value=3)
    ended = attempt(made)
    assert (ended.kind, ended.code, ended.reason) == (Kind.DONE, 0, "")
    assert ended == kept(made.place)
    assert report(made)["value"] >= 0
    assert ended.key == made.key
    assert 0 < ended.seconds < 30
    assert ended.peak_bytes > 2**20
    assert ended.began_utc < ended.ended_utc


@pytest.mark.parametrize(
    ("trouble", "kind", "code", "reason"),
    [
        ("fail", Kind.FAILED, 70, "RuntimeError: the salt is upside down"),
        ("diverge", Kind.DIVERGED, 70, "the wavefield is not finite"),
        ("memory", Kind.OUT_OF_MEMORY, 70, "MemoryError"),
        ("full", Kind.FAILED, 70, "No space left on device"),
        ("refuse", Kind.BAD_INPUT, 65, "the survey is on the moon"),
    ],
)
def test_an_error_ends_the_task_and_not_the_process(
    tmp_path, trouble, kind, code, reason
):
    made = order(tmp_path, trouble, trouble=trouble)
    ended = attempt(made)
    assert (ended.kind, ended.code) == (kind, code)
    assert reason in ended.reason
    assert reason in made.log.read_text()
    assert ended == kept(made.place)
    assert attempt(order(tmp_path, "after")).done


def test_a_case_that_does_not_fit_is_bad_input_with_its_finding(tmp_path):
    made = order(tmp_path, "bad", steps=0)
    ended = attempt(made)
    assert ended.kind == Kind.BAD_INPUT
    assert ended.code == ExitCode.BAD_INPUT
    assert "steps" in ended.reason


def test_a_signal_interrupts_the_task_and_it_goes_on_from_there(tmp_path):
    journal = tmp_path / "journal"
    made = order(tmp_path, "long", steps=40, seconds=4.0, journal=str(journal))
    handler = signal.getsignal(signal.SIGUSR1)

    def ask() -> None:
        while not journal.exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGUSR1)

    asking = threading.Thread(target=ask)
    asking.start()
    ended = attempt(made)
    asking.join()
    assert (ended.kind, ended.code) == (Kind.INTERRUPTED, ExitCode.INTERRUPTED)
    assert "of 40 steps are kept" in ended.reason
    assert signal.getsignal(signal.SIGUSR1) == handler
    again = order(
        tmp_path, "long", attempt=2, steps=40, seconds=0.1, journal=str(journal)
    )
    assert attempt(again).done
    assert len(journal.read_text().splitlines()) == 40  # no step was done twice
    assert "-- attempt 2" in made.log.read_text()


def test_what_a_task_prints_goes_to_its_log_and_only_there(tmp_path, capfd):
    made = order(tmp_path, "talks", trouble="fail")
    attempt(made)
    print("after")
    assert "salt" in made.log.read_text()
    assert capfd.readouterr() == ("after\n", "")


def test_where_the_end_cannot_be_kept_the_task_is_not_done(tmp_path):
    made = order(tmp_path, "one")
    made.ended.mkdir()  # in the way of the file
    ended = attempt(made)
    assert ended.kind == Kind.FAILED
    assert "ended.json cannot be written" in ended.reason


def test_a_folder_that_is_not_there_is_a_failure_with_its_name(tmp_path):
    made = order(tmp_path, "gone")
    (made.place / "case.json").unlink()
    made.place.rmdir()
    ended = attempt(made)
    assert ended.kind == Kind.FAILED
    assert str(made.place) in ended.reason


@pytest.mark.usefixtures("launcher")
@pytest.mark.parametrize(
    ("trouble", "kind", "reason"),
    [
        ("none", Kind.DONE, ""),
        ("diverge", Kind.DIVERGED, "the wavefield is not finite"),
        ("die", Kind.OUT_OF_MEMORY, "killed by signal 9"),
    ],
)
def test_ranks_of_their_own_end_as_one_in_this_process_does(
    tmp_path, trouble, kind, reason
):
    made = order(tmp_path, "two", value=3, trouble=trouble, ranks=2)
    ended = attempt(made)
    assert ended.kind == kind
    assert reason in ended.reason
    if ended.done:
        assert attempt(order(tmp_path, "one", value=3)).done
        assert report(made) == report(order(tmp_path, "one", value=3))
        assert ended.cpu_seconds > 0.1  # of both ranks, as they told
        assert ended.peak_bytes > 2 * 2**24
    left = {path.name for path in made.place.iterdir()}
    known = {"case.json", "running.json", "log.txt", "ended.json"}
    assert left - known <= {"report.json", "report.json.work"}


@pytest.fixture
def launcher(needs) -> str:
    return str(needs.command("mpirun"))


def test_cores_are_claimed_once_on_a_machine_and_given_back(tmp_path, monkeypatch):
    monkeypatch.setattr(pinning, "CLAIMS", tmp_path)
    everything = os.sched_getaffinity(0)
    with claimed([0]) as first:
        assert first is not None
        with claimed([0]) as second:
            assert second is None or not first & second
        with pinned(first):
            assert os.sched_getaffinity(0) == first
            thread_sees: list[set[int]] = []
            thread = threading.Thread(
                target=lambda: thread_sees.append(os.sched_getaffinity(0))
            )
            thread.start()
            thread.join()
            assert thread_sees == [first]
        assert os.sched_getaffinity(0) == everything
    with claimed([0]) as again:
        assert again is not None
