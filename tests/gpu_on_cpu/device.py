"""A device that runs CUDA texts on the CPU: `backends.memory.Device` for tests.

The text that a GPU would run is compiled by a C++ compiler behind `cuda_on_cpu.h`.
Queues are kept in order: work is done as soon as it is begun, and what is copied
aside arrives only when the second queue is waited for.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from gpu_on_cpu.arrays import DeviceArray, values_of

HERE = Path(__file__).parent
FLAGS = ("-std=c++20", "-O2", "-march=native", "-ffp-contract=off", "-shared", "-fPIC")
PRIVATE = ("-fno-gnu-unique", "-fvisibility=hidden", "-w")
"""Shared memory is static here: no library must take another's for its own."""
KERNEL = re.compile(r"__global__ void (?:__launch_bounds__\([^)]*\) )?(\w+)\(")


class HostProgram:
    """A CUDA text compiled for this processor."""

    def __init__(
        self, library: ctypes.CDLL, reversed_order: Callable[[], bool]
    ) -> None:
        self._library, self._reversed = library, reversed_order

    def launch(
        self,
        kernel: str,
        blocks: int,
        threads: tuple[int, ...],
        arguments: tuple[Any, ...],
    ) -> None:
        assert blocks > 0
        held = [_argument(one) for one in arguments]
        places = (ctypes.c_void_p * len(held))(*(one.ctypes.data for one in held))
        sizes = (ctypes.c_uint * 2)(*threads, *(1,) * (2 - len(threads)))
        launch = getattr(self._library, f"launch_{kernel}")
        failed = launch(ctypes.c_uint(blocks), sizes, places, int(self._reversed()))
        assert not failed, (
            f"{kernel}: some threads ended while others wait at a barrier"
        )


class HostDevice:
    """Memory and queues of a device, on the CPU.

    reversed : run blocks and threads in the opposite order.
    """

    multiprocessors = 1

    def __init__(self) -> None:
        self.reversed = False
        self.launches = 0
        self._aside: list[Callable[[], None]] | None = None
        self._waiting: list[Callable[[], None]] = []

    def program(self, source: str) -> HostProgram:
        return HostProgram(compiled(source), lambda: self.reversed)

    def to_device(self, array: np.ndarray | DeviceArray) -> DeviceArray:
        if isinstance(array, DeviceArray):
            return array
        assert isinstance(array, np.ndarray)
        return DeviceArray(np.array(array, order="C"))

    def to_host(self, array: DeviceArray) -> np.ndarray:
        self.settle()
        return array.get()

    saved = to_host

    def contiguous(self, array: DeviceArray) -> DeviceArray:
        return DeviceArray(np.ascontiguousarray(values_of(array)))

    def copied(self, array: DeviceArray) -> DeviceArray:
        return DeviceArray(np.array(values_of(array), order="C"))

    def empty(self, shape: Any, dtype: Any) -> DeviceArray:
        return DeviceArray(np.full(shape, np.nan, dtype))

    def pinned(self, shape: Any, dtype: Any) -> np.ndarray:
        return np.full(shape, np.nan, dtype)

    def fetch(self, array: DeviceArray, out: np.ndarray) -> None:
        values = values_of(array).copy()
        self._later(lambda: np.copyto(out, values))

    def send(self, array: np.ndarray, out: DeviceArray) -> None:
        np.copyto(values_of(out), array)

    def message(self, array: DeviceArray) -> np.ndarray:
        return values_of(array)

    def address(self, array: DeviceArray) -> int:
        return int(values_of(array).ctypes.data)

    @contextmanager
    def aside(self) -> Iterator[None]:
        yield

    def settle(self) -> None:
        for work in self._waiting:
            work()
        self._waiting.clear()

    join = settle

    def synchronize(self) -> None:
        self.settle()

    def sharers(self, ranks: int) -> int:
        return ranks

    def free_bytes(self) -> int:
        return 2**30

    def _later(self, work: Callable[[], None]) -> None:
        self._waiting.append(work)


def _argument(one: Any) -> Any:
    """What a kernel copies: the value of a pointer, a number, a struct."""
    if isinstance(one, DeviceArray):
        values = values_of(one)
        assert values.flags.c_contiguous
        return np.array([values.ctypes.data], np.uint64)
    assert one.size == 1
    return np.atleast_1d(np.asarray(one))


@cache
def compiled(source: str) -> ctypes.CDLL:
    """The library of a CUDA text; CUDA_ON_CPU_FLAGS has more of the compiler's."""
    extra = os.environ.get("CUDA_ON_CPU_FLAGS", "").split()
    kernels = KERNEL.findall(source)
    text = "\n".join(
        ['#include "cuda_on_cpu.h"', source, *(f"LAUNCHER({name})" for name in kernels)]
    )
    header = (HERE / "cuda_on_cpu.h").read_text()
    digest = hashlib.sha256(" ".join([header, text, *extra]).encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"anticline-cuda-on-cpu-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    library = folder / f"{digest}.so"
    if not library.exists():
        part = folder / f"{digest}.{os.getpid()}.part"
        subprocess.run(
            [
                "g++",
                *FLAGS,
                *PRIVATE,
                *extra,
                f"-I{HERE}",
                "-x",
                "c++",
                "-",
                "-o",
                part,
            ],
            input=text,
            text=True,
            check=True,
        )
        part.replace(library)
    return ctypes.CDLL(str(library))
