"""Halo exchange of arrays that live on devices; the twin of `domain.halo`.

Faces are packed on the device (`halo.cu`). An MPI that knows devices ("CUDA-aware")
sends planes and packed faces from device memory; otherwise they are staged through
page-locked host memory. Packing and copies run beside the update of the inner cells.

ANTICLINE_CUDA_AWARE_MPI = yes or no overrides what the MPI library says of itself.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from anticline_solvers.domain.faces import Face, faces, table
from anticline_solvers.domain.halo import Field, Halo

if TYPE_CHECKING:
    from mpi4py import MPI

    from anticline_solvers.backends.memory import Device, Memory

VARIABLE = "ANTICLINE_CUDA_AWARE_MPI"
BLOCKS_A_PART = 32
THREADS = 256
WORDS = {4: "unsigned int", 8: "unsigned long long"}
PACKED_TAG = 1000


@cache
def mpi_knows_devices() -> bool:
    """Tell whether MPI sends from device memory: the variable's word, or its own.

    Open MPI and MPICH answer through MPIX_Query_cuda_support; without it, no.

    Raises ValueError where the variable is neither yes nor no.
    """
    asked = os.environ.get(VARIABLE, "")
    if asked:
        if asked not in ("yes", "no"):
            msg = f"{VARIABLE}={asked}; say yes or no, or leave it out"
            raise ValueError(msg)
        return asked == "yes"
    from mpi4py import MPI

    for name in (MPI.__file__, None):
        query = getattr(ctypes.CDLL(name), "MPIX_Query_cuda_support", None)
        if query is not None:
            return bool(query())
    return False


def source(itemsize: int) -> str:
    """Text of the programs that pack and unpack elements of this size [bytes]."""
    constants = (
        f"using Word = {WORDS[itemsize]};\n"
        f"constexpr int BLOCKS_A_PART = {BLOCKS_A_PART};"
    )
    text = Path(__file__).with_name("halo.cu").read_text()
    return text.replace('#include "constants"', constants)


def halo_in(memory: Memory, comm: MPI.Comm | None, fields: Iterable[Field]) -> Halo:
    """Make the exchange of fields that live in a backend's memory."""
    if hasattr(memory, "multiprocessors"):
        return DeviceHalo(comm, fields, cast("Device", memory))
    return Halo(comm, fields)


class DeviceHalo(Halo):
    """The exchange of a fixed set of device arrays, as often as wanted.

    comm, fields : as of `Halo`; all fields of one dtype.
    staged : send from host memory; what MPI can do if None.

    start() queues the packing and returns; finish() waits for it, exchanges, and
    queues the unpacking: what is queued later sees valid halos.
    """

    def __init__(
        self,
        comm: MPI.Comm | None,
        fields: Iterable[Field],
        device: Device,
        *,
        staged: bool | None = None,
    ) -> None:
        self._device = device
        self._fields = tuple(fields)
        self._requests: list[MPI.Prequest] = []
        if not any(field.transfers for field in self._fields):
            return
        if comm is None:
            msg = "a grid over several ranks needs a communicator"
            raise ValueError(msg)
        if staged is None:
            staged = not mpi_knows_devices()
        self._out = _Side(device, faces(self._fields, sending=True), staged)
        self._in = _Side(device, faces(self._fields, sending=False), staged)
        self._requests += self._in.requests(comm.Recv_init)
        self._requests += self._out.requests(comm.Send_init)

    def start(self) -> None:
        """Queue the packing of what this rank sends."""
        if self._requests:
            with self._device.aside():
                self._out.pack()
                self._out.fetch()

    def finish(self) -> None:
        """Exchange, and queue the unpacking."""
        if self._requests:
            self._device.settle()  # also: nothing reads the old halos any more
            super().start()
            super().finish()
            with self._device.aside():
                self._in.send()
                self._in.unpack()
            self._device.join()


class _Side:
    """What one rank sends, or what it receives: faces, buffers, messages."""

    def __init__(self, device: Device, found: list[Face], staged: bool) -> None:
        self._device, self._staged = device, staged
        self._alone = [face for face in found if face.travels_alone]
        self._packed = [face for face in found if not face.travels_alone]
        dtype = found[0].field.array.dtype
        self._program = device.program(source(dtype.itemsize))
        size = sum(face.size for face in self._packed)
        self._buffer = device.empty((max(size, 1),), dtype)
        addresses = [device.address(face.field.array) for face in self._packed]
        rows = table(self._packed, addresses)
        self._parts = device.to_device(rows.view("u1"))
        self._pairs = [(part, self._host(part)) for part in self._messages()]

    def _messages(self) -> list[Any]:
        """Arrays of the device that travel: one a neighbour, and planes alone."""
        found, start = [], 0
        for _, group in groupby(self._packed, key=lambda face: face.peer):
            stop = start + sum(face.size for face in group)
            found.append(self._buffer[start:stop])
            start = stop
        for face in self._alone:
            flat = face.field.array.reshape(-1)
            found.append(flat[face.first : face.first + face.size])
        return found

    def _host(self, part: Any) -> Any:
        return self._device.pinned(part.shape, part.dtype) if self._staged else None

    def requests(self, request: Any) -> list[MPI.Prequest]:
        """Make the persistent requests with `request`, Send_init or Recv_init."""
        peers = [peer for peer, _ in groupby(self._packed, key=lambda face: face.peer)]
        ends = [(peer, PACKED_TAG) for peer in peers]
        ends += [(face.peer, face.field.tag) for face in self._alone]
        made = []
        for (device_part, host_part), end in zip(self._pairs, ends, strict=True):
            buffer = host_part if self._staged else self._device.message(device_part)
            made.append(request(buffer, *end))
        return made

    def pack(self) -> None:
        self._launch("pack")

    def unpack(self) -> None:
        self._launch("unpack")

    def _launch(self, kernel: str) -> None:
        blocks = BLOCKS_A_PART * len(self._packed)
        if blocks:
            arguments = (self._parts, self._buffer)
            self._program.launch(kernel, blocks, (THREADS,), arguments)

    def fetch(self) -> None:
        for part, host in self._pairs:
            if self._staged:
                self._device.fetch(part, host)

    def send(self) -> None:
        for part, host in self._pairs:
            if self._staged:
                self._device.send(host, part)
