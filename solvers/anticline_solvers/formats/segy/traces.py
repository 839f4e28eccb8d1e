"""An open SEG-Y file: headers and samples of chosen traces, by plain reads.

Reads, not a memory map: a map of a file counts against a job's address space, and a
file that shrinks under it ends the process with a bus error instead of a message
(docs/decisions/0010).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anticline_solvers.formats.segy import fields, samples
from anticline_solvers.formats.segy.layout import Layout

CHUNK_BYTES = 2**20
"""Read at a time, into one buffer: what is decoded then lies in the cache."""
HEADERS_AT_ONCE = 2**16

SPARSE_BYTES = 32 * 2**10
"""Traces longer than this are skipped over when only headers are wanted."""

Headers = NDArray[np.void]


class TraceFile:
    """The traces of a file, numbered from 0; a context manager.

    layout : from `read_layout`, of the same file.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        try:
            self._descriptor = os.open(layout.path, os.O_RDONLY)
        except OSError as error:
            text = f"cannot be read ({error.strerror})"
            raise layout.fault(text) from error
        self._buffer = np.empty(0, np.uint8)
        moved = dict(layout.header_map)
        self._header = fields.header_type(layout.order, moved)

    def close(self) -> None:
        """Let the file go."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1

    def __enter__(self) -> TraceFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def headers(self, first: int, last: int) -> Headers:
        """Headers of traces first to last - 1, structured (n,), fields of `fields`."""
        layout, step = self.layout, fields.HEADER_BYTES
        found = np.empty((last - first, step), np.uint8)
        if layout.trace_bytes <= SPARSE_BYTES:
            for start in range(first, last, self._traces_a_chunk()):
                stop = min(start + self._traces_a_chunk(), last)
                found[start - first : stop - first] = self._block(start, stop)[:, :step]
            return self._as_headers(found)
        for row, trace in enumerate(range(first, last)):
            place = layout.first_byte + trace * layout.trace_bytes
            self._fill(found[row], place, trace)
        return self._as_headers(found)

    def _as_headers(self, stored: NDArray[np.uint8]) -> Headers:
        found: Headers = stored.view(self._header)[:, 0]
        return found

    def header_chunks(self) -> Iterator[tuple[int, Headers]]:
        """All headers in order: number of the first trace, headers of some traces."""
        n = self.layout.n_traces
        for first in range(0, n, HEADERS_AT_ONCE):
            yield first, self.headers(first, min(first + HEADERS_AT_ONCE, n))

    def samples(self, traces: ArrayLike) -> NDArray[np.float32]:
        """Read traces in the order given, float32 (n, n_samples), as stored.

        A chunk of stored bytes is in memory beside them. Raises BadInput, with trace
        and byte, where a sample is not finite.
        """
        numbers = np.asarray(traces, np.int64).reshape(-1)
        found = np.empty((numbers.size, self.layout.n_samples), np.float32)
        for start, stop in _runs(numbers, self._traces_a_chunk()):
            first = int(numbers[start])
            stored = self._block(first, first + stop - start)
            samples.decode(
                stored[:, self.layout.header_bytes :],
                self.layout.code,
                self.layout.order,
                found[start:stop],
            )
            self._insist_finite(found[start:stop], first)
        return found

    def _traces_a_chunk(self) -> int:
        return max(1, CHUNK_BYTES // self.layout.trace_bytes)

    def _block(self, first: int, last: int) -> NDArray[np.uint8]:
        """Read whole traces, uint8 (n, trace_bytes); good until the next call."""
        layout, size = self.layout, (last - first) * self.layout.trace_bytes
        if self._buffer.size < size:
            self._buffer = np.empty(size, np.uint8)
        stored = self._buffer[:size].reshape(last - first, layout.trace_bytes)
        place = layout.first_byte + first * layout.trace_bytes
        self._fill(stored, place, first)
        return stored

    def _fill(self, target: NDArray[np.uint8], place: int, trace: int) -> None:
        """Fill an array from an offset on; BadInput where the file ends before."""
        view: Any = target.data.cast("B")
        while view.nbytes:
            try:
                got = os.preadv(self._descriptor, [view], place)
            except OSError as error:
                text = f"cannot be read at byte {place + 1:,} ({error.strerror})"
                raise self.layout.fault(text) from error
            if got == 0:
                text = (
                    f"ends at byte {place:,}, within the {view.nbytes:,} bytes still "
                    f"to be read from trace {trace + 1:,} on; it became shorter while "
                    "it was read"
                )
                raise self.layout.fault(text)
            view, place = view[got:], place + got

    def _insist_finite(self, values: NDArray[np.float32], first: int) -> None:
        good = np.isfinite(values)
        if good.all():
            return
        row, column = np.argwhere(~good)[0]
        trace, width = first + int(row), samples.size(self.layout.code)
        byte = self.layout.byte_of(trace, self.layout.header_bytes + 1 + column * width)
        text = (
            f"trace {trace + 1:,}: sample {column + 1:,} (byte {byte:,}) is "
            f"{values[row, column]}, a finite number that float32 holds is needed; "
            "repair or drop the trace, or state sample_format"
        )
        raise self.layout.fault(text)


def _runs(numbers: NDArray[np.int64], most: int) -> Iterator[tuple[int, int]]:
    """Cut a list into stretches of consecutive numbers, at most `most` long."""
    breaks = np.flatnonzero(np.diff(numbers) != 1) + 1
    edges = [0, *breaks.tolist(), numbers.size]
    for start, stop in pairwise(edges):
        for piece in range(start, stop, most):
            yield piece, min(piece + most, stop)
