"""What this machine is: names for the records, sizes for the memory sweeps."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from pathlib import Path

DEFAULT_CACHE_BYTES = 64 << 20
MEMORY_SHARE = 8
"""A sweep's array takes at most this part of the available memory."""


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0))


def cpu_model() -> str:
    """Name of the processor."""
    text = Path("/proc/cpuinfo").read_text()
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()


def last_cache_bytes() -> int:
    """Size of the last cache level [bytes]."""
    sizes = Path("/sys/devices/system/cpu/cpu0/cache").glob("index*/size")
    found = [int(path.read_text().strip().rstrip("K")) * 1024 for path in sizes]
    return max(found, default=DEFAULT_CACHE_BYTES)


def available_bytes() -> int:
    """Memory that programs can still have [bytes]."""
    text = Path("/proc/meminfo").read_text()
    found = re.search(r"^MemAvailable:\s*(\d+) kB$", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else 1 << 30


def elements_beyond_cache() -> int:
    """Length of a float32 array of 4 times the last cache, if memory allows."""
    return min(4 * last_cache_bytes(), available_bytes() // MEMORY_SHARE) // 4


def describe() -> dict[str, object]:
    """Describe the machine for a record."""
    return {
        "cpu": cpu_model(),
        "cores": cores(),
        "last_cache_bytes": last_cache_bytes(),
        "architecture": platform.machine(),
        "system": platform.release(),
    }


def load() -> float:
    """Mean number of running processes in the last minute."""
    return os.getloadavg()[0]


def commit() -> str:
    """Commit of this checkout, with a + where files differ from it; "" without git."""
    root = Path(__file__).resolve().parent.parent
    command = ["git", "-C", str(root), "describe", "--always", "--dirty=+"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


def launcher(ranks: int) -> tuple[str, ...]:
    """Command that starts ranks on this machine, more than cores if need be."""
    root = ("--allow-run-as-root",) if os.geteuid() == 0 else ()
    bind = ("--bind-to", "core" if ranks <= cores() else "none")
    return ("mpirun", *root, "--oversubscribe", *bind, "-n", str(ranks))
