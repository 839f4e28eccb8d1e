"""One attempt at a task at a time, whoever ordered it.

    RUN/steps/image/007/running.json
        {"attempt": 2, "key": "5f...", "host": "x86-1", "job": "41"}

An attempt holds a file lock (flock) on it while it runs, and so does the launcher of
its ranks; the kernel gives it up when the last of them is gone, however it went. So
a worker that a dead driver left behind and one of the next driver never work in the
same folder at once: the later one waits, and takes over a result that it finds there.

An order that waited in a queue without capacity is withdrawn by writing a newer one
(`order.json`) while nobody holds the lock; whoever comes late with the older one finds
it. No other order is written: it travels in a message.

On a shared file system without flock nothing is locked; what is left behind is then
only ended by the next driver (`anticline.execution.driver.orphans`).
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from anticline.execution.node.order import Ended, Kind, Order, from_json, to_json
from anticline.workflow.tasks.task import CASE

CLAIM, ORDER = "running.json", "order.json"
POLL_S = 0.1
_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})


@contextlib.contextmanager
def sole(
    order: Order, facts: dict[str, Any], give_up: Callable[[], bool]
) -> Iterator[int | None]:
    """Be the only attempt at a task; gives the lock's descriptor, None: gave up.

    facts : what running.json says, beside the number of the attempt.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    descriptor = os.open(_file(order.place, CLAIM), os.O_RDWR | os.O_CREAT, 0o644)
    try:
        while not _lock(descriptor):
            if give_up():
                yield None
                return
            time.sleep(POLL_S)
        os.ftruncate(descriptor, 0)
        text = json.dumps({"attempt": order.attempt, "key": order.key} | facts)
        os.pwrite(descriptor, text.encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    return True


def already(order: Order) -> Ended | None:
    """Read the result that another attempt left meanwhile; None: there is none.

    A result whose outputs were removed since (`anticline clean`) is none.
    """
    ended = read_ended(order.ended)
    done = ended is not None and ended.kind == Kind.DONE and ended.key == order.key
    return ended if done and _outputs_are_there(order.place) else None


def _outputs_are_there(folder: Path) -> bool:
    outputs = (_read(_file(folder, CASE)) or {}).get("outputs", {})
    return all((folder / str(file)).exists() for file in outputs.values())


def is_withdrawn(order: Order) -> bool:
    """Tell whether a newer attempt was ordered in this one's place."""
    newest = read_order(order.place)
    return newest is not None and newest.attempt > order.attempt


def withdraw(order: Order) -> bool:
    """Order anew what has not begun; False: it runs, and nothing is changed.

    The next attempt has the number that is written here.
    """
    descriptor = os.open(_file(order.place, CLAIM), os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _lock(descriptor):
            return False
        write_order(replace(order, attempt=order.attempt + 1))
        return True
    finally:
        os.close(descriptor)


def write_order(order: Order) -> None:
    """Write an order in the place of a withdrawn one, beside and renamed.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    path = order.place / ORDER
    beside = path.with_name(f"{ORDER}.part")
    beside.write_text(json.dumps(to_json(order)) + "\n", encoding="utf-8")
    beside.replace(path)


def running(folder: Path) -> dict[str, Any] | None:
    """Read what the newest attempt that began says of itself; None: none began."""
    return _read(_file(folder, CLAIM))


def read_order(folder: Path) -> Order | None:
    """Read the order in whose place an older one was withdrawn; None: none was."""
    made = _read(_file(folder, ORDER))
    try:
        return None if made is None else from_json(Order, made)
    except (KeyError, TypeError, ValueError):
        return None


def read_ended(path: Path) -> Ended | None:
    """Read how a task's last attempt ended; None: nothing says it."""
    made = _read(str(path))
    try:
        return None if made is None else from_json(Ended, made)
    except (KeyError, TypeError, ValueError):
        return None


def _file(folder: Path, name: str) -> str:
    return f"{folder}/{name}"  # a Path of it takes as long as opening it


def _read(path: str) -> dict[str, Any] | None:
    try:
        with open(path, "rb", buffering=0) as stream:  # noqa: PTH123  half the time
            made = json.loads(stream.read())
    except (OSError, ValueError):
        return None
    return made if isinstance(made, dict) else None
