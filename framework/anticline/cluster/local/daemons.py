"""The daemons of a local Slurm: processes that outlive the command that starts them.

Each is recorded with its process number and the moment the kernel started it, so
that a number used again by another program is never taken for it.
"""

from __future__ import annotations

import contextlib
import os
import signal
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
    pid = _spawn(command, log, environment)
    running = Running.of(pid)
    until = time.monotonic() + within_s
    while not _ended(pid) and time.monotonic() < until:
        if ready() and running is not None:
            return running
        time.sleep(0.05)
    how = "ended" if _ended(pid) else f"was not ready in {within_s:g} s"
    stop(running)
    msg = f"{name} {how}; its log {log} ends:\n{_tail(log)}"
    raise Failed(msg)


def _spawn(command: Sequence[str], log: Path, environment: Mapping[str, str]) -> int:
    """Start a process in a session of its own, its output appended to a log.

    It inherits no descriptor: one may be a lock, which it would hold for good.
    """
    append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    return os.posix_spawn(
        command[0],
        list(command),
        environment,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), append, 0o644),
            (os.POSIX_SPAWN_DUP2, 1, 2),
            *((os.POSIX_SPAWN_CLOSE, number) for number in _inherited()),
        ],
        setsid=True,
    )


def _inherited() -> list[int]:
    """List the descriptors beyond the standard ones that a program would inherit."""
    found = []
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208  numbers, not files
        with contextlib.suppress(OSError):  # the one of this listing
            if int(name) > 2 and os.get_inheritable(int(name)):
                found.append(int(name))
    return found


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
            time.sleep(0.02)
            _ended(running.pid)


def _ended(pid: int) -> bool:
    """Whether a process ended; takes its exit status if it is this one's child."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    return Running.of(pid) is None


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-_LAST_LINES:]
    return "\n".join(f"  {line}" for line in lines)
