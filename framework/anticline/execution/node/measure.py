"""What a process used: processor time, and most memory at a time.

Source: the manual pages getrusage(2) and proc(5), Linux.
"""

from __future__ import annotations

import contextlib
import re
import resource
import time
from datetime import UTC, datetime
from pathlib import Path

_STATUS = "/proc/self/status"
_CLEAR_REFS = "/proc/self/clear_refs"
_PEAK = re.compile(rb"^VmHWM:\s*(\d+)", re.MULTILINE)
_EVENTS = Path("/proc/vmstat")
_RESET_PEAK = b"5"


def now_utc() -> str:
    """Give the time in ISO 8601 with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def used_cpu_seconds() -> float:
    """Give what this process and the children it waited for used so far [s]."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def peak_bytes() -> int:
    """Give the most memory this process held since the last reset [bytes]."""
    with contextlib.suppress(OSError):
        with open(_STATUS, "rb", buffering=0) as stream:  # noqa: PTH123  quicker
            found = _PEAK.search(stream.read())
        if found is not None:
            return int(found[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def largest_child_bytes() -> int:
    """Give the most memory that any one child waited for so far held [bytes]."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def kills_for_memory() -> int:
    """Count the processes the kernel has killed for memory, all over this machine."""
    with contextlib.suppress(OSError, ValueError):
        for line in _EVENTS.read_text(encoding="ascii").splitlines():
            name, _, count = line.partition(" ")
            if name == "oom_kill":
                return int(count)
    return 0


class Meter:
    """Measures from where it is made on.

    began_utc : when that was, ISO 8601.
    """

    def __init__(self) -> None:
        self.began_utc = now_utc()
        self._clock = time.perf_counter()
        self._cpu = used_cpu_seconds()
        with (
            contextlib.suppress(OSError),  # else peaks are those of the process
            open(_CLEAR_REFS, "wb", buffering=0) as stream,  # noqa: PTH123
        ):
            stream.write(_RESET_PEAK)

    @property
    def seconds(self) -> float:
        """Wall time so far [s]."""
        return time.perf_counter() - self._clock

    @property
    def cpu_seconds(self) -> float:
        """Processor time of this process and of children it waited for [s]."""
        return used_cpu_seconds() - self._cpu
