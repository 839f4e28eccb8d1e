"""Which CPUs a task runs on, and how many threads it has, in a process that goes on.

Cores are claimed for the whole machine, by a file lock each: two runs on a laptop, or
virtual nodes of one machine, do not crowd on its first core. Where too few are left
to claim, the kernel is left to find room.

Threads that a library keeps (Numba's) stay on the CPUs they began on; all of this
process are moved. Numba is told its number of threads at run time, up to the number
it began with.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from anticline.cluster.here import core_of, usable_cpus

NUMBA_THREADS = "NUMBA_NUM_THREADS"
FEW = 8  # threads that wait in every worker, for a task of more than one
CLAIMS = Path("/dev/shm")  # of this machine, and empty after a restart


@contextlib.contextmanager
def claimed(cores: Sequence[int]) -> Iterator[frozenset[int] | None]:
    """Claim as many cores of this machine; gives their CPUs, None: too few are left.

    cores : those that are liked best, counted from 0 among the usable ones.
    """
    found = list(_by_core(home()).items())
    liked = [found[core] for core in cores if core < len(found)]
    others = [one for one in found if one not in liked]
    with contextlib.ExitStack() as claims:
        cpus: list[int] = []
        missing = len(cores)
        for name, own in (*liked, *others):
            if missing and _claim(name, claims):
                missing -= 1
                cpus += own
        if missing:
            claims.close()
        yield None if missing or not cores else frozenset(cpus)


def of_this_machine() -> Path:
    """Give a folder that no other machine shares, for locks."""
    return CLAIMS if CLAIMS.is_dir() else Path(tempfile.gettempdir())


@cache
def _by_core(usable: frozenset[int]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    for cpu in sorted(usable):
        groups.setdefault("-".join(core_of(cpu)), []).append(cpu)
    return groups


def _claim(core: str, claims: contextlib.ExitStack) -> bool:
    """Lock a core's file until the stack is closed; false: another process has it."""
    folder = of_this_machine() / f"anticline-cores-{os.geteuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(folder / core, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    claims.callback(os.close, descriptor)
    return True


@cache
def home() -> frozenset[int]:
    """Give the CPUs that this process might run on before it was first moved."""
    return usable_cpus()


@contextlib.contextmanager
def pinned(cpus: frozenset[int] | None, *, stay: bool = False) -> Iterator[None]:
    """Keep this process, and what it starts, on some CPUs; None: on any it may use.

    stay : it may remain there until it is next moved; on a busy machine every move
    waits for its turn.
    """
    wanted = home() if cpus is None else cpus
    if wanted != usable_cpus():
        _move(wanted)
    try:
        yield
    finally:
        if not stay and usable_cpus() != home():
            _move(home())


def _move(cpus: frozenset[int]) -> None:
    for thread in Path("/proc/self/task").iterdir():
        with contextlib.suppress(ProcessLookupError):  # it ended meanwhile
            os.sched_setaffinity(int(thread.name), cpus)


def most_threads(threads: int, cores: int) -> int:
    """Settle how many threads this process may ever have, before Numba is loaded.

    Gives the number; where Numba is loaded, the one it began with.
    """
    numba = sys.modules.get("numba")
    if numba is not None:
        return int(numba.config.NUMBA_NUM_THREADS)
    most = max(threads, min(cores, FEW))
    os.environ[NUMBA_THREADS] = str(most)
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))
    return most


def set_threads(threads: int) -> None:
    """Tell Numba, where it is loaded."""
    numba = sys.modules.get("numba")
    if numba is not None:
        numba.set_num_threads(threads)
