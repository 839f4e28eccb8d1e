"""Figures of this machine: what `auto` stands for in a cluster file."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Any

AUTO = "auto"
_GPUS = Path("/proc/driver/nvidia/gpus")  # one folder a device, by NVIDIA's driver
_GIBIBYTE = 2**30


def usable_cpus() -> frozenset[int]:
    """Give the logical CPUs this process may run on."""
    return frozenset(os.sched_getaffinity(0))


def count_cores(cpus: Iterable[int]) -> int:
    """Count the physical cores behind logical CPUs; a CPU without facts is one."""
    return len({core_of(cpu) for cpu in cpus})


def core_of(cpu: int) -> tuple[str, ...]:
    """Name the physical core of a logical CPU."""
    folder = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology")
    try:
        names = ("physical_package_id", "core_id")
        return tuple((folder / name).read_text().strip() for name in names)
    except OSError:
        return (f"cpu{cpu}",)


def cores(given: Any) -> Any:
    """Give the cores this process may use for `auto`, else what was given."""
    return count_cores(usable_cpus()) if given == AUTO else given


def memory_gib(given: Any) -> Any:
    """Give this machine's memory [GiB] for `auto`, else what was given."""
    if given != AUTO:
        return given
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / _GIBIBYTE


def gpus(given: Any) -> Any:
    """Give the number of this machine's NVIDIA GPUs for `auto`."""
    if given != AUTO:
        return given
    return len(list(_GPUS.iterdir())) if _GPUS.is_dir() else 0


def architecture(given: Any) -> Any:
    """Give this machine's architecture for `auto`."""
    return platform.machine() if given == AUTO else given
