"""Leases of a node's cores, memory and GPUs, among processes that may die.

    FOLDER/lock            taken for a moment by whoever reads or writes tickets
    FOLDER/ticket-000042   one of each task that waits or runs: what it wants, what
                           it was granted, its process

The owner of a ticket holds a file lock (flock) on it, and so does a program that it
starts and hands the lock to. The kernel gives the lock up when the last of them is
gone, however it went, and with it everything that was granted.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from anticline.execution.node.sharing import Grant, Need, Room, Ticket, admit

POLL_S = 0.01
LOOK_ANYWAY_S = 1.0  # at who died: that changes no file
_PREFIX = "ticket-"


@dataclass(frozen=True)
class Lease:
    """What a task holds until it is closed.

    descriptor : of the locked file; a program that inherits it holds the lease too.
    """

    grant: Grant
    descriptor: int
    path: Path

    def __enter__(self) -> Lease:
        """Give itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give everything back."""
        self.path.unlink(missing_ok=True)
        os.close(self.descriptor)


def take(
    folder: Path, need: Need, room: Room, give_up: Callable[[], bool]
) -> Lease | None:
    """Wait for a turn, and for what is needed; None: ``give_up`` said so meanwhile.

    It is asked at least every few hundredths of a second.
    """
    path, descriptor = _draw(folder, need)
    number = _number(path)
    seen, looked = -1, 0.0
    while not give_up():
        changed = folder.stat().st_mtime_ns
        if changed != seen or time.monotonic() - looked > LOOK_ANYWAY_S:
            seen, looked = changed, time.monotonic()
            if grant := _try(folder, number, room, descriptor):
                return Lease(grant, descriptor, path)
        time.sleep(POLL_S)
    path.unlink(missing_ok=True)
    os.close(descriptor)
    return None


def owners(folder: Path) -> list[int]:
    """List the processes whose tasks wait or run."""
    with _alone(folder):
        return [process for _, process in _alive(folder)]


def _draw(folder: Path, need: Need) -> tuple[Path, int]:
    """Make a ticket with the next number, and lock it."""
    with _alone(folder) as counter:
        number = int(os.pread(counter, 32, 0) or b"0") + 1
        os.pwrite(counter, str(number).encode(), 0)
        path = folder / f"{_PREFIX}{number:06d}"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        _write(descriptor, need, None)
    return path, descriptor


def _try(folder: Path, number: int, room: Room, descriptor: int) -> Grant | None:
    with _alone(folder):
        tickets = [ticket for ticket, _ in _alive(folder)]
        grant = admit(tickets, number, room)
        if grant is not None:
            need = next(t.need for t in tickets if t.number == number)
            _write(descriptor, need, grant)
            os.utime(folder)  # the next in line looks again
    return grant


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _alive(folder: Path) -> Iterator[tuple[Ticket, int]]:
    """Give the tickets that somebody holds, with their processes; remove others."""
    names = sorted(name for name in os.listdir(folder) if name.startswith(_PREFIX))  # noqa: PTH208  ten times as quick
    for path in (folder / name for name in names):
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            continue  # given back this moment
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            made = json.loads(os.pread(descriptor, 1 << 20, 0))
            grant = made["grant"] and Grant(
                tuple(made["grant"]["cores"]),
                made["grant"]["memory_gib"],
                tuple(made["grant"]["gpus"]),
            )
            yield Ticket(_number(path), Need(**made["need"]), grant), made["process"]
        else:
            path.unlink(missing_ok=True)  # its owner died
        finally:
            os.close(descriptor)


def _write(descriptor: int, need: Need, grant: Grant | None) -> None:
    given = None if grant is None else vars(grant)
    made = {"process": os.getpid(), "need": vars(need), "grant": given}
    text = json.dumps(made).encode()
    os.pwrite(descriptor, text, 0)
    os.ftruncate(descriptor, len(text))


def _number(path: Path) -> int:
    return int(path.name.removeprefix(_PREFIX))
