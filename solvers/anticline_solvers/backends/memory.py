"""Where a backend's arrays live, and what programs on a device are asked.

Arrays of a wavefield are made as NumPy arrays, moved to the backend's memory once
and come back when they are written to a file. On a CPU both are the same memory
and nothing is copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[Any]


class Memory(Protocol):
    """Memory of a backend; its arrays know shape, dtype, slices and arithmetic."""

    def to_device(self, array: Any) -> Any:
        """Give the same values in this memory; an array that is there, itself."""

    def to_host(self, array: Any) -> Array:
        """Give the same values as a NumPy array."""

    def saved(self, array: Any) -> Array:
        """Give a copy as a NumPy array, C contiguous."""

    def contiguous(self, array: Any) -> Any:
        """Give the array itself or a copy of it, C contiguous, in this memory."""

    def copied(self, array: Any) -> Any:
        """Give a copy, C contiguous, in this memory."""


class Program(Protocol):
    """A compiled CUDA text."""

    def launch(
        self,
        kernel: str,
        blocks: int,
        threads: tuple[int, ...],
        arguments: tuple[Any, ...],
    ) -> None:
        """Begin a kernel after everything begun before it in its queue.

        arguments : arrays of the device, NumPy scalars, and one-element NumPy
            arrays of a structured dtype, passed by value.
        """


class Device(Memory, Protocol):
    """An accelerator: memory, programs, and a second queue beside the main one.

    multiprocessors : blocks run on so many of them side by side.
    """

    multiprocessors: int

    def program(self, source: str) -> Program:
        """Compile a CUDA text, once for a text and process."""

    def empty(self, shape: Sequence[int], dtype: DTypeLike) -> Any:
        """Make an array of undefined values on the device."""

    def pinned(self, shape: Sequence[int], dtype: DTypeLike) -> Array:
        """Make a NumPy array that the device reads and writes directly."""

    def fetch(self, array: Any, out: Array) -> None:
        """Begin to copy into a pinned array; in the current queue."""

    def send(self, array: Array, out: Any) -> None:
        """Begin to copy from a pinned array; in the current queue."""

    def message(self, array: Any) -> Any:
        """Give what an MPI that knows devices sends from or receives into."""

    def address(self, array: Any) -> int:
        """Give the place of an array's first element on the device."""

    def aside(self) -> AbstractContextManager[None]:
        """Queue what is begun inside beside the main queue.

        It comes after what the main queue holds now; see `settle` and `join`.
        """

    def settle(self) -> None:
        """Wait here until the second queue is empty."""

    def join(self) -> None:
        """Let what the main queue is given from here on follow the second queue."""

    def synchronize(self) -> None:
        """Wait here until both queues are empty."""

    def free_bytes(self) -> int:
        """Bytes of device memory that this process may still take."""

    def sharers(self, ranks: int) -> int:
        """Tell how many of a node's ranks share a device."""


class Host:
    """The memory of NumPy arrays."""

    def to_device(self, array: Array) -> Array:
        """Give the array itself."""
        return array

    def to_host(self, array: Array) -> Array:
        """Give the array itself."""
        return array

    def saved(self, array: Array) -> Array:
        """Give a copy."""
        return np.array(array, order="C")

    def contiguous(self, array: Array) -> Array:
        """Give the array itself or a copy of it, C contiguous."""
        return np.ascontiguousarray(array)

    def copied(self, array: Array) -> Array:
        """Give a copy, C contiguous."""
        return np.array(array, order="C")


HOST = Host()
