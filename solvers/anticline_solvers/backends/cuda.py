"""NVIDIA devices through CuPy: memory, compiled programs, two queues.

CUDA texts are compiled by NVRTC as they are, without contraction of sums: the
texts say where a multiplication and an addition are one (fma). CuPy keeps what is
compiled in its cache folder.

A process uses one device: number (rank on the node) modulo (devices it sees).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from anticline_solvers.backends.memory import Array, Device

OPTIONS = ("-std=c++17", "--fmad=false")

LOCAL_RANKS = (
    "OMPI_COMM_WORLD_LOCAL_RANK",
    "SLURM_LOCALID",
    "PALS_LOCAL_RANKID",
    "MPI_LOCALRANKID",
    "MV2_COMM_WORLD_LOCAL_RANK",
)
"""Where launchers say a rank's number on its node."""


class NoDevice(ImportError):
    """CuPy or a CUDA device is lacking; the text says what to do."""


@cache
def device() -> Device:
    """Give this process's device.

    Raises NoDevice where CuPy is not installed or no device answers.
    """
    return CudaDevice(local_rank())


def local_rank() -> int:
    """Find the number of this rank on its node as its launcher says; else 0."""
    found = (os.environ.get(name) for name in LOCAL_RANKS)
    return next((int(text) for text in found if text), 0)


def lacking() -> str | None:
    """Say in a sentence why this process has no device; None where it has one."""
    try:
        device()
    except NoDevice as error:
        return str(error)
    return None


class CudaProgram:
    """A compiled CUDA text."""

    def __init__(self, module: Any) -> None:
        self._module = module
        self._kernels: dict[str, Any] = {}

    def launch(
        self,
        kernel: str,
        blocks: int,
        threads: tuple[int, ...],
        arguments: tuple[Any, ...],
    ) -> None:
        """Begin a kernel in the current queue."""
        function = self._kernels.get(kernel)
        if function is None:
            function = self._kernels[kernel] = self._module.get_function(kernel)
        function((blocks,), threads, arguments)


class CudaDevice:
    """One device; `backends.memory.Device` says what each function does."""

    def __init__(self, rank: int) -> None:
        try:
            import cupy
            import cupyx
        except ImportError as error:
            remedy = "pip install '.[gpu]'  in the checkout"
            msg = f"backend 'cuda' needs CuPy ({error}): {remedy}"
            raise NoDevice(msg) from error
        self._cupy, self._cupyx = cupy, cupyx
        try:
            devices = cupy.cuda.runtime.getDeviceCount()
        except cupy.cuda.runtime.CUDARuntimeError as error:
            msg = f"no CUDA device answers ({error}); see the NVIDIA driver"
            raise NoDevice(msg) from error
        if devices == 0:
            msg = "no CUDA device is visible; see CUDA_VISIBLE_DEVICES"
            raise NoDevice(msg)
        self.number, self._devices = rank % devices, devices
        here = cupy.cuda.Device(self.number)
        here.use()
        self.multiprocessors = int(here.attributes["MultiProcessorCount"])
        self._side = cupy.cuda.Stream(non_blocking=True)
        self._programs: dict[str, CudaProgram] = {}

    def program(self, source: str) -> CudaProgram:
        """Compile a text."""
        if source not in self._programs:
            module = self._cupy.RawModule(code=source, options=OPTIONS)
            self._programs[source] = CudaProgram(module)
        return self._programs[source]

    def to_device(self, array: Array) -> Any:
        """Copy a NumPy array to the device."""
        return self._cupy.asarray(array)

    def to_host(self, array: Any) -> Array:
        """Copy to a NumPy array."""
        return np.asarray(self._cupy.asnumpy(array))

    def saved(self, array: Any) -> Array:
        """Copy to a NumPy array, C contiguous."""
        return np.asarray(self._cupy.asnumpy(array, order="C"))

    def contiguous(self, array: Any) -> Any:
        """Give the array itself or a copy of it, C contiguous."""
        return self._cupy.ascontiguousarray(array)

    def copied(self, array: Any) -> Any:
        """Give a copy, C contiguous, on the device."""
        return self._cupy.array(array, order="C", copy=True)

    def empty(self, shape: Sequence[int], dtype: DTypeLike) -> Any:
        """Make an array of undefined values."""
        return self._cupy.empty(tuple(shape), dtype)

    def pinned(self, shape: Sequence[int], dtype: DTypeLike) -> Array:
        """Make a page-locked NumPy array."""
        return np.asarray(self._cupyx.zeros_pinned(tuple(shape), dtype))

    def fetch(self, array: Any, out: Array) -> None:
        """Begin to copy into a pinned array."""
        array.get(out=out, blocking=False)

    def send(self, array: Array, out: Any) -> None:
        """Begin to copy from a pinned array."""
        out.set(array)

    def message(self, array: Any) -> Any:
        """Give the array, which mpi4py takes as it is."""
        return array

    def address(self, array: Any) -> int:
        """Give the place of the first element."""
        return int(array.data.ptr)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Queue what is begun inside on the second stream."""
        self._side.wait_event(self._cupy.cuda.get_current_stream().record())
        with self._side:
            yield

    def settle(self) -> None:
        """Wait for the second stream."""
        self._side.synchronize()

    def join(self) -> None:
        """Let the current stream follow the second one."""
        self._cupy.cuda.get_current_stream().wait_event(self._side.record())

    def synchronize(self) -> None:
        """Wait until the device has done everything."""
        self._cupy.cuda.runtime.deviceSynchronize()

    def sharers(self, ranks: int) -> int:
        """Tell how many of a node's ranks share a device."""
        most: int = -(-ranks // self._devices)
        return most

    def free_bytes(self) -> int:
        """Bytes that the device has free, with what CuPy's pool holds in reserve."""
        free, _ = self._cupy.cuda.runtime.memGetInfo()
        return int(free) + int(self._cupy.get_default_memory_pool().free_bytes())
