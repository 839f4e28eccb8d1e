from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from anticline.cluster.laptop import laptop
from anticline.errors import Failed
from anticline.execution.driver import orphans
from anticline.execution.driver.orphans import NoAnswer, end_orphans

SLEEP = "import sys, time; print('up', flush=True); time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"
BLOCK = ("anticline.execution.node.block", "parsl.process_worker_pool")


@contextlib.contextmanager
def left_behind(run: Path, program: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process whose command line is that of a block of a run."""
    words = (*BLOCK, f"--logdir={run}/parsl/000/local")
    process = subprocess.Popen(
        [sys.executable, "-c", program, *words],
        stdout=subprocess.PIPE,
        process_group=0,
    )
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


@pytest.fixture
def run(tmp_path) -> Path:
    (tmp_path / "run" / "parsl").mkdir(parents=True)
    return tmp_path / "run"


@pytest.mark.parametrize("program", [SLEEP, STUBBORN])
def test_what_a_dead_driver_left_is_asked_and_then_ended(run, program):
    told: list[str] = []
    with left_behind(run, program) as process:
        assert end_orphans(run, laptop(), told.append, grace_s=1.0) == 1
        assert process.wait(5.0) < 0
    assert str(process.pid) in told[0]
    assert end_orphans(run, laptop(), told.append) == 0


def test_the_blocks_of_another_run_are_left_alone(run, tmp_path):
    with left_behind(tmp_path / "run2", SLEEP) as process:
        assert end_orphans(run, laptop(), print) == 0
        assert process.poll() is None


def test_a_run_that_never_began_has_left_nothing(tmp_path):
    assert end_orphans(tmp_path, laptop(), print) == 0


def test_a_slurm_that_does_not_answer_is_waited_for_and_then_told(run, monkeypatch):
    class Away(orphans.Here):
        def find(self) -> Any:
            msg = "Unable to contact slurm controller"
            raise NoAnswer(msg)

    monkeypatch.setattr(orphans, "places", lambda run, cluster: [Away(run)])
    monkeypatch.setattr(orphans, "PATIENCE_S", 0.0)
    monkeypatch.setattr(orphans, "_LOOK_S", 0.01)
    told: list[str] = []
    with pytest.raises(Failed, match="does not say which jobs still run"):
        end_orphans(run, laptop(), told.append)


def test_an_interchange_whose_driver_is_gone_ends():
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    program = [sys.executable, "-P", "-m", "anticline.execution.blocks.interchange"]
    begun = time.monotonic()
    with subprocess.Popen([*program, str(gone.pid)], stdin=subprocess.PIPE) as process:
        assert process.wait(30.0) == 0
    assert time.monotonic() - begun < 30.0
