"""Leases among real processes: some are killed, some leave programs behind."""

from __future__ import annotations

import json
import multiprocessing as mp
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from anticline.execution.node import leases
from anticline.execution.node.sharing import Need, Room

ROOM = Room(cores=2, memory_gib=4)
SPAWN = mp.get_context("spawn")


def never() -> bool:
    return False


def hold(folder: Path, cores: int, seconds: float, log: Path) -> None:
    """Hold cores for a while; note when, and which."""
    with leases.take(folder, Need(cores), ROOM, never) as lease:  # type: ignore[union-attr]
        began = time.monotonic()
        time.sleep(seconds)
        note = {"cores": lease.grant.cores, "began": began, "ended": time.monotonic()}
        with log.open("a") as stream:
            stream.write(json.dumps(note) + "\n")


def hold_and_leave_a_program(folder: Path, holding: Path) -> None:
    lease = leases.take(folder, Need(2), ROOM, never)
    assert lease is not None
    line = [sys.executable, "-c", "import time; time.sleep(2)"]
    subprocess.Popen(line, pass_fds=(lease.descriptor,))
    holding.touch()
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def begin() -> Iterator[Callable[..., Any]]:
    begun = []

    def start(function: Callable[..., None], *arguments: Any) -> Any:
        process = SPAWN.Process(target=function, args=arguments)
        process.start()
        begun.append(process)
        return process

    yield start
    for process in begun:
        process.kill()
        process.join()


def until(condition: Callable[[], Any]) -> None:
    limit = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.005)


def test_processes_never_hold_the_same_core_at_a_time(begin, tmp_path):
    folder, log = tmp_path / "node", tmp_path / "log"
    folder.mkdir()
    for cores in (1, 2, 1, 1):
        begin(hold, folder, cores, 0.02, log)
    until(lambda: log.exists() and len(log.read_text().splitlines()) == 4)
    held = [json.loads(line) for line in log.read_text().splitlines()]
    for one in held:
        for other in held:
            apart = one["ended"] <= other["began"] or other["ended"] <= one["began"]
            assert one is other or apart or not set(one["cores"]) & set(other["cores"])
    assert leases.owners(folder) == []


def test_what_a_killed_process_held_is_given_to_the_next(begin, tmp_path):
    holder = begin(hold, tmp_path, 2, 60.0, tmp_path / "log")
    until(lambda: leases.owners(tmp_path) == [holder.pid])
    holder.kill()
    lease = leases.take(tmp_path, Need(2), ROOM, never)
    assert lease is not None
    with lease:
        assert lease.grant.cores == (0, 1)
    assert not list(tmp_path.glob("ticket-*"))


def test_a_program_that_outlives_its_worker_keeps_the_cores(begin, tmp_path):
    holding = tmp_path / "holding"
    begin(hold_and_leave_a_program, tmp_path, holding).join()
    began = time.monotonic()
    assert holding.exists()
    lease = leases.take(tmp_path, Need(1), ROOM, never)
    assert lease is not None
    with lease:
        assert time.monotonic() - began > 0.5


def test_who_gives_up_waiting_leaves_no_ticket(tmp_path):
    lease = leases.take(tmp_path, Need(2), ROOM, never)
    assert lease is not None
    with lease:
        asked = iter([False, False, True])
        assert leases.take(tmp_path, Need(1), ROOM, lambda: next(asked)) is None
        assert leases.owners(tmp_path) == [os.getpid()]
    assert leases.owners(tmp_path) == []


def test_a_lease_that_nobody_else_wants_costs_milliseconds(tmp_path):
    with leases.take(tmp_path, Need(1), ROOM, never):  # type: ignore[union-attr]
        pass
    began = time.perf_counter()
    for _ in range(100):
        with leases.take(tmp_path, Need(1), ROOM, never):  # type: ignore[union-attr]
            pass
    assert (time.perf_counter() - began) / 100 < 0.01
