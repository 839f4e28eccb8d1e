"""Workers on this machine, without Slurm; what is left when parts of them die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from anticline.cluster.document import read_cluster
from anticline.errors import BadInput
from anticline.execution.blocks.executors import Executors
from anticline.execution.blocks.timing import Timing
from anticline.execution.node.order import Kind
from chores_to_do import CHORES, order, sent
from end_to_end.local_slurm import LOCAL, wait_for

LAPTOP = LOCAL.with_name("laptop.yaml")
QUICK = Timing(scale=0.3, idle=30.0, heartbeat=2, lost=8)
WITHIN_S = 120.0
DRIVER = """
import sys
from pathlib import Path
from end_to_end.test_blocks_here import LAPTOP, QUICK
from anticline.cluster.document import read_cluster
from anticline.execution.blocks.executors import Executors
from chores_to_do import order, sent
run = Path(sys.argv[1])
with Executors(read_cluster(LAPTOP), run, QUICK) as workers:
    made = order(run, "a", steps=50, seconds=25.0, journal=str(run / "journal"))
    sent(workers, made, "local").result()
"""


@pytest.fixture(scope="module")
def chores() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        path = os.pathsep.join(map(str, (CHORES, *sys.path)))
        patch.setenv("PYTHONPATH", path)
        yield


@pytest.fixture(scope="module")
def workers(chores: None, tmp_path_factory: Any) -> Iterator[Executors]:
    """Workers that the quick tests share."""
    run = tmp_path_factory.mktemp("run")
    with Executors(read_cluster(LAPTOP), run, QUICK) as made:
        yield made


def test_a_warm_task_begins_within_a_third_of_a_second(workers, tmp_path):
    """Best of a few: the machine may be busy with other tests."""
    assert sent(workers, order(tmp_path, "first"), "local").result(WITHIN_S).done
    took = []
    for number in range(6):
        made = order(tmp_path, str(number))
        began = time.perf_counter()
        assert sent(workers, made, "local").result(WITHIN_S).done
        took.append(time.perf_counter() - began)
    assert min(took) < 0.3


@pytest.mark.slow
def test_tasks_run_on_through_the_loss_of_the_interchange(workers, tmp_path):
    journal = tmp_path / "journal"
    long = order(tmp_path, "a", steps=30, seconds=20.0, journal=str(journal))
    future = sent(workers, long, "local")
    wait_for(journal.exists, WITHIN_S)
    (interchange,) = [
        child
        for child in psutil.Process().children()
        if "interchange" in " ".join(child.cmdline())
    ]
    interchange.kill()
    assert future.result(WITHIN_S).kind == Kind.LOST
    assert sent(workers, order(tmp_path, "b"), "local").result(WITHIN_S).done
    assert [one.name for one in workers.blocks()] == ["local-0", "local-again1-0"]


@pytest.mark.slow
@pytest.mark.usefixtures("chores")
def test_workers_that_are_ended_leave_nothing_in_memory(tmp_path):
    with Executors(read_cluster(LAPTOP), tmp_path, QUICK) as workers:
        assert sent(workers, order(tmp_path, "a"), "local").result(WITHIN_S).done
        (block,) = workers.blocks()
        everyone = psutil.Process(int(block.job)).children(recursive=True)
        shared = {
            Path(mapped.path)
            for process in everyone
            for mapped in process.memory_maps()
            if mapped.path.startswith("/dev/shm/sem.")
        }
    assert len(shared) > 3
    _, alive = psutil.wait_procs(everyone, timeout=60)
    assert not alive
    assert not [path for path in shared if path.exists()]


@pytest.mark.slow
@pytest.mark.usefixtures("chores")
def test_a_killed_driver_leaves_no_process_behind(tmp_path):
    line = [sys.executable, "-c", DRIVER, str(tmp_path)]
    with subprocess.Popen(line) as driver:
        wait_for((tmp_path / "journal").exists, WITHIN_S)
        everyone = psutil.Process(driver.pid).children(recursive=True)
        blocks = [
            process
            for process in psutil.process_iter()
            if str(tmp_path) in " ".join(_words(process))
        ]
        driver.send_signal(signal.SIGKILL)
    left = {*everyone, *blocks}
    assert len(left) >= 3  # the interchange, a block, its manager
    _, alive = psutil.wait_procs(left, timeout=60)
    assert not alive


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def test_a_folder_that_shell_lines_cannot_hold_is_refused(tmp_path):
    with pytest.raises(BadInput, match="name a folder of letters"):
        Executors(read_cluster(LAPTOP), tmp_path / "two words", QUICK)
