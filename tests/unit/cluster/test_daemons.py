"""Daemons of a local Slurm outlive the command that starts them, and nothing else."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

from anticline.cluster.local.daemons import start, stop


def test_a_daemon_does_not_keep_the_locks_of_who_started_it(tmp_path: Path) -> None:
    lock = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.set_inheritable(lock, True)  # as flock(1) hands it to a command
    line = (shutil.which("sleep") or "sleep", "60")
    log = tmp_path / "log"
    running = start("sleep", line, log, lambda: True, environment={}, within_s=10)
    os.close(lock)
    again = os.open(tmp_path / "lock", os.O_RDWR)
    try:
        fcntl.flock(again, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert running.alive
    finally:
        os.close(again)
        stop(running)
    assert not running.alive
