"""Which process a file belongs to, and whether that process still runs.

A process is known by its host, its number and the time it started, for numbers come
again. Nothing is known about processes of other hosts.
"""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass

import psutil


@dataclass(frozen=True)
class Owner:
    """A process: name of its host, number, and when it started [s since 1970]."""

    host: str
    pid: int
    started: float

    @classmethod
    def here(cls) -> Owner:
        """Name this process."""
        return cls(platform.node(), os.getpid(), psutil.Process().create_time())

    @classmethod
    def read(cls, text: str) -> Owner | None:
        """Read what `text` wrote; None for anything else."""
        try:
            found = json.loads(text)
            return cls(str(found["host"]), int(found["pid"]), float(found["started"]))
        except (ValueError, TypeError, KeyError):
            return None

    def text(self) -> str:
        """Give a line to keep in a file."""
        return json.dumps(asdict(self)) + "\n"

    @property
    def local(self) -> bool:
        """Tell whether it is, or was, a process of this host."""
        return self.host == platform.node()

    @property
    def runs(self) -> bool:
        """Tell whether this host has the process now."""
        try:
            started = psutil.Process(self.pid).create_time()
        except psutil.Error:
            return False
        return self.local and abs(started - self.started) < 5.0
