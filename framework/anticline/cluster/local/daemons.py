"""The daemons of a local Slurm: processes that outlive the command that starts them.

Each is recorded with its process number and the moment the kernel started it, so
that a number used again by another program is never taken for it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from anticline.errors import Failed

STOPS_WITHIN_S = 15.0
_LAST_LINES = 5


@dataclass(frozen=True)
class Running:
    """A process: its number, and its start in clock ticks since the machine's."""

    pid: int
    started: int

    @classmethod
    def of(cls, pid: int) -> Running | None:
        """Look a process up; None: there is none, or it has ended."""
        try:
            text = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return None
        fields = text.rpartition(")")[2].split()
        return None if fields[0] in "ZX" else cls(pid, int(fields[19]))

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return Running.of(self.pid) == self


def start(
    name: str,
    command: Sequence[str],
    log: Path,
    ready: Callable[[], bool],
    *,
    environment: Mapping[str, str],
    within_s: float,
) -> Running:
    """Start a daemon in the foreground of its own session; wait until it is ready.

    Raises
    ------
    Failed
        It ended, or was not ready in time; with the end of its log.
    """
    with log.open("ab") as stream:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            env=dict(environment),
            cwd="/",
            start_new_session=True,
        )
    running = Running.of(process.pid)
    until = time.monotonic() + within_s
    while process.poll() is None and time.monotonic() < until:
        if ready() and running is not None:
            return running
        time.sleep(0.05)
    how = "ended" if process.poll() is not None else f"was not ready in {within_s:g} s"
    stop(running)
    msg = f"{name} {how}; its log {log} ends:\n{_tail(log)}"
    raise Failed(msg)


def stop(running: Running | None) -> None:
    """End a daemon, by force when it does not end by itself."""
    if running is None:
        return
    for number in (signal.SIGTERM, signal.SIGKILL):
        if not running.alive:
            break
        with contextlib.suppress(ProcessLookupError):
            os.kill(running.pid, number)
        until = time.monotonic() + STOPS_WITHIN_S
        while running.alive and time.monotonic() < until:
            _reap(running.pid)
            time.sleep(0.02)


def _reap(pid: int) -> None:
    """Take the exit status of a daemon that this very process started."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-_LAST_LINES:]
    return "\n".join(f"  {line}" for line in lines)
