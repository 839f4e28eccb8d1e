"""One driver a run: RUN/driver.lock is held by the living one, whose name is inside.

The kernel frees the lock (flock) when its holder ends, however it ends; nothing has
to be cleared away after a crash.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anticline.errors import BadInput, Finding

LOCK = "driver.lock"
_PATIENCE_S = 1.0  # somebody who only asks holds the lock for microseconds


@contextmanager
def driving(run: Path) -> Iterator[None]:
    """Be the only process that drives, or changes, the run.

    Raises
    ------
    BadInput
        Another does, or the folder cannot be written.
    """
    path = run / LOCK
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise BadInput(Finding(str(path), None, str(error.strerror))) from error
    try:
        if not _take(file):
            who = driver_of(run) or "another process"
            text = f"is driven by {who}; wait, or stop it: anticline cancel {run}"
            raise BadInput(Finding(str(run), None, text))
        os.ftruncate(file, 0)
        os.pwrite(file, json.dumps(_me()).encode(), 0)
        yield
        os.ftruncate(file, 0)
    finally:
        os.close(file)


def driver_of(run: Path) -> str | None:
    """Name the living driver of a run, "process 12 on host"; None: there is none."""
    path = run / LOCK
    if not is_locked(path):
        return None
    try:
        return _name(path.read_bytes())
    except OSError:
        return None


def is_locked(path: Path) -> bool:
    """Tell whether a living process holds a file's lock; no: where none is there."""
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def _take(file: int) -> bool:
    end = time.monotonic() + _PATIENCE_S
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                return False
            time.sleep(0.01)
        else:
            return True


def _me() -> dict[str, object]:
    return {"pid": os.getpid(), "host": socket.gethostname()}


def _name(text: bytes) -> str:
    try:
        who = json.loads(text)
        return f"process {who['pid']} on {who['host']}"
    except (ValueError, TypeError, KeyError):
        return "another process"
