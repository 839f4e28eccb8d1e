"""How much memory a process may still take: the machine's, or its control group's.

A container or a batch job lives in a control group whose limit may be far below what
the machine has free; pages of cached files count as free, they are given back.
Source: the Linux kernel's documentation, admin-guide/cgroup-v2 and cgroup-v1/memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil

GROUPS = Path("/sys/fs/cgroup")
MEMBERSHIP = Path("/proc/self/cgroup")

_V2 = ("memory.max", "memory.current", ("inactive_file", "active_file"))
_V1 = (
    "memory.limit_in_bytes",
    "memory.usage_in_bytes",
    ("total_inactive_file", "total_active_file"),
)


def free_bytes() -> int:
    """Bytes that this process may take before it is stopped, at least 0."""
    free = int(psutil.virtual_memory().available)
    return max(0, min([free, *_left_in_groups(GROUPS, MEMBERSHIP)]))


def _left_in_groups(groups: Path, membership: Path) -> Iterator[int]:
    """Bytes left in each limited group that holds this process."""
    try:
        lines = membership.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, own = line.split(":", 2)
        if controllers == "":
            root, names = groups, _V2
        elif "memory" in controllers.split(","):
            root, names = groups / "memory", _V1
        else:
            continue
        inside = Path(own.lstrip("/"))
        for part in (inside, *inside.parents):  # a container may see its own as root
            left = _left(root / part, *names)
            if left is not None:
                yield left


def _left(folder: Path, limit: str, usage: str, cached: tuple[str, ...]) -> int | None:
    """Bytes left in one group; None where it has no limit or is not shown."""
    try:
        most = int((folder / limit).read_text())  # "max" is no limit
        used = int((folder / usage).read_text())
        lines = (folder / "memory.stat").read_text().splitlines()
    except (OSError, ValueError):
        return None
    pairs = (line.split() for line in lines)
    return most - used + sum(int(n) for name, n in pairs if name in cached)
