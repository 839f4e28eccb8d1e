"""One run of a case at a time: a lock file beside its finished shots.

The file names its process. A process that is gone from this host leaves it to the
next run at once; one of another host is taken for gone when it has not touched the
file for `WATCHED_S`, so a job that moves to another node goes on there.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from mpi4py import MPI

from anticline.errors import BadInput, Finding
from anticline_solvers.formats.owner import Owner

TOUCHED_S = 5.0
WATCHED_S = 30.0


@contextlib.contextmanager
def held(comm: MPI.Comm, folder: Path) -> Iterator[None]:
    """Hold the lock of a folder from rank 0; collective.

    Raises BadInput on every rank where another run of the case holds it.
    """
    path = folder / "lock"
    wrong = comm.bcast(_take(path) if comm.rank == 0 else None)
    if wrong:
        raise BadInput(wrong)
    done = threading.Event()
    if comm.rank == 0:
        threading.Thread(target=_touch, args=(path, done), daemon=True).start()
    try:
        yield
    finally:
        done.set()
        if comm.rank == 0:
            _release(path)


def _take(path: Path) -> Finding | None:
    """Make the lock file; the finding says who has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for _ in range(3):  # another run may take an abandoned lock first
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        except FileExistsError:
            if not _abandoned(path):
                break
            path.unlink(missing_ok=True)
        else:
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                stream.write(Owner.here().text())
            return None
    owner = Owner.read(_content(path)[0])
    who = f"process {owner.pid} of {owner.host}" if owner else "another process"
    text = (
        f"this case is being run by {who}; wait until it ends, or stop it and run the "
        "same command again: finished shots are kept"
    )
    return Finding(str(path), None, text)


def _abandoned(path: Path) -> bool:
    """Tell whether nobody holds the lock; watches it where that takes watching."""
    before = _content(path)
    owner = Owner.read(before[0])
    if owner is not None and owner.local:
        return not owner.runs
    until = time.monotonic() + WATCHED_S
    while time.monotonic() < until:
        if _content(path) != before:
            return not path.exists()
        time.sleep(min(1.0, WATCHED_S / 10.0))
    return True


def _content(path: Path) -> tuple[str, int]:
    """Text of the file and when it was touched; opened anew, past any cache."""
    try:
        with path.open(encoding="utf-8", errors="replace") as stream:
            return stream.read(), os.fstat(stream.fileno()).st_mtime_ns
    except OSError:
        return "", 0


def _touch(path: Path, done: threading.Event) -> None:
    while not done.wait(TOUCHED_S):
        with contextlib.suppress(OSError):
            os.utime(path)


def _release(path: Path) -> None:
    """Remove our lock, and the folder where nothing is in it."""
    owner = Owner.read(_content(path)[0])
    if owner is not None and owner.local and owner.pid == os.getpid():
        path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        path.parent.rmdir()
