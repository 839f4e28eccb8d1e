"""A block: who may begin there, what a signal does, and when it ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from anticline.execution.node import attempt as attempts
from anticline.execution.node import leases
from anticline.execution.node.attempt import attempt, attempt_all
from anticline.execution.node.block import BLOCK, Block
from anticline.execution.node.order import Kind
from anticline.execution.node.sharing import Room
from chores_to_do import order

MANAGER = """
import os, signal, sys, time
from pathlib import Path
Path(sys.argv[1], "block").write_text(os.environ["ANTICLINE_BLOCK"])
time.sleep(60)
"""
WORKER = """
import signal, sys, time
from pathlib import Path
from anticline.execution.node import leases
from anticline.execution.node.sharing import Need, Room
told = []
signal.signal(signal.SIGUSR1, lambda *given: told.append(given))
with leases.take(Path(sys.argv[1]), Need(1), Room(2, 4.0), lambda: False):
    Path(sys.argv[2], "begun").touch()
    while not told:
        time.sleep(0.01)
    time.sleep(0.3)
    Path(sys.argv[2], "kept").touch()
"""


@pytest.fixture
def block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Block]:
    """Let this process work in a block."""

    def begin(ends_in: float | None = None, length: float = 3600.0) -> Block:
        folder = tmp_path / "block"
        folder.mkdir()
        now = time.time()
        ends = None if ends_in is None else now + ends_in
        began = now if ends is None else ends - length
        made = Block(folder, "x86-3", "41", Room(2, 4.0), 1, began, ends)
        made.save()
        monkeypatch.setenv(BLOCK, str(folder))
        return made

    return begin


@pytest.mark.usefixtures("chores")
def test_a_task_that_would_outlive_its_block_is_not_begun(block, tmp_path):
    made = block(ends_in=100.0)
    ended = attempt(order(tmp_path, "long", walltime_s=120.0))
    assert (ended.kind, ended.code) == (Kind.NO_TIME, None)
    assert (ended.block, ended.job) == ("x86-3", "41")
    assert made.closed == "long takes longer than is left"
    assert not made.stopping
    assert not (tmp_path / "steps" / "long" / "log.txt").exists()
    assert attempt(order(tmp_path, "short", walltime_s=1.0)).kind == Kind.NO_TIME


@pytest.mark.usefixtures("chores")
def test_a_task_that_fits_into_what_is_left_is_begun(block, tmp_path):
    made = block(ends_in=100.0)
    assert attempt(order(tmp_path, "short", walltime_s=80.0)).done
    assert attempt(order(tmp_path, "unknown")).done
    assert made.closed is None
    assert leases.owners(made.folder) == []


@pytest.mark.usefixtures("chores")
def test_what_no_block_has_time_for_begins_in_a_new_one(block, tmp_path):
    block(ends_in=95.0, length=140.0)
    assert attempt(order(tmp_path, "longest", walltime_s=1000.0)).done


@pytest.mark.usefixtures("chores")
def test_nothing_begins_in_a_closed_block(block, tmp_path):
    made = block()
    made.close("the block was sent SIGUSR1", stop=True)
    ended = attempt(order(tmp_path, "late"))
    assert ended.kind == Kind.NO_TIME
    assert ended.reason == "the block was sent SIGUSR1"
    assert leases.owners(made.folder) == []


def begin_program(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            *(
                sys.executable,
                "-m",
                "anticline.execution.node.block",
                "--name",
                "x86-0",
            ),
            *("--cores", "2", "--memory-gib", "4", "--"),
            *(sys.executable, "-c", MANAGER, str(folder)),
        ]
    )


@pytest.mark.parametrize("number", [signal.SIGUSR1, signal.SIGTERM])
def test_a_signal_stops_tasks_first_and_the_manager_when_they_have_ended(
    tmp_path, number
):
    program = begin_program(tmp_path)
    found = until(lambda: (tmp_path / "block").exists() and read(tmp_path / "block"))
    line = [sys.executable, "-c", WORKER, found, str(tmp_path)]
    with subprocess.Popen(line) as worker:
        until((tmp_path / "begun").exists)
        program.send_signal(number)
        assert worker.wait(30) == 0
    assert (tmp_path / "kept").exists()
    assert program.poll() is None  # results are on their way
    assert program.wait(30) == 0
    assert not Path(found).exists()


def test_an_idle_block_ends_at_once(tmp_path):
    program = begin_program(tmp_path)
    until((tmp_path / "block").exists)
    time.sleep(0.1)
    began = time.monotonic()
    program.send_signal(signal.SIGTERM)
    assert program.wait(30) == 0
    assert time.monotonic() - began < 2


def until(condition: Callable[[], Any]) -> Any:
    limit = time.monotonic() + 30
    while not (found := condition()):
        assert time.monotonic() < limit
        time.sleep(0.01)
    return found


def read(path: Path) -> str:
    return path.read_text()


def test_tasks_that_come_together_each_leave_how_they_ended(block, chores, tmp_path):
    block()
    orders = [order(tmp_path, str(n), value=n) for n in range(3)]
    bad = order(tmp_path, "bad", trouble="fail")
    ends = attempt_all([orders[0], bad, *orders[1:]])
    kinds = [Kind.DONE, Kind.FAILED, Kind.DONE, Kind.DONE]
    assert [one.kind for one in ends] == kinds
    assert [one.key for one in ends] == [o.key for o in (orders[0], bad, *orders[1:])]
    assert all(one.ended.exists() for one in (*orders, bad))


def test_what_comes_with_a_task_that_takes_long_goes_back_at_no_cost(
    block, chores, tmp_path, monkeypatch
):
    monkeypatch.setattr(attempts, "TOGETHER_S", 0.05)
    held = block()
    slow = order(tmp_path, "slow", seconds=0.2)
    late = order(tmp_path, "late")
    first, second = attempt_all([slow, late])
    assert (first.kind, second.kind) == (Kind.DONE, Kind.NO_TIME)
    assert second.block == ""  # which stays open for others
    assert held.closed is None
    assert not late.ended.exists()


def test_what_comes_together_is_turned_away_once_the_block_is_closed(
    block, chores, tmp_path
):
    held = block()
    held.close("enough")
    ends = attempt_all([order(tmp_path, "a"), order(tmp_path, "b")])
    assert [one.kind for one in ends] == [Kind.NO_TIME, Kind.NO_TIME]
    assert {one.block for one in ends} == {held.name}
