"""Snapshots in memory in few bits (`codec`), each with its own number of bytes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anticline_solvers.numerics.storage import codec
from anticline_solvers.numerics.storage.protocol import Array

BATCHES = 4
"""A field is encoded in so many parts, so that working memory is a part of it."""


@dataclass(frozen=True, eq=False)
class Encoded:
    """A field as the codec wrote it.

    words : uint32, the slabs one after the other. sizes : int64 (slabs,), words of
    each. step : what its integers are multiplied by.
    """

    words: codec.Words
    sizes: Array
    step: float

    @property
    def nbytes(self) -> int:
        """Bytes that it takes."""
        return self.words.nbytes + self.sizes.nbytes


class Coder:
    """Encodes and decodes fields of one shape, float32, with working memory.

    tolerance : rounding step over each field's maximum.
    """

    def __init__(self, tolerance: float) -> None:
        self.tolerance = tolerance
        self._scratch: codec.Words | None = None
        self._out: Array | None = None

    def encode(self, field: Array) -> Encoded:
        """Encode a field, any strides."""
        if not field.size:
            return Encoded(np.empty(0, np.uint32), np.zeros(1, np.int64), 0.0)
        shape = codec.Shape(field.shape)
        step = codec.step_of(field, self.tolerance)
        if step == 0.0:
            return Encoded(np.empty(0, np.uint32), np.zeros(shape.slabs, np.int64), 0.0)
        if self._scratch is None:
            rows = -(-shape.slabs // BATCHES)
            self._scratch = np.empty((rows, shape.most_words), np.uint32)
        parts: list[codec.Words] = []
        sizes: list[int] = []
        for first in range(0, shape.slabs, self._scratch.shape[0]):
            found = codec.encode(field, step, first, self._scratch)
            sizes += [words.size for words in found]
            parts.append(np.concatenate(found))
        return Encoded(np.concatenate(parts), np.array(sizes, np.int64), step)

    def decode(self, encoded: Encoded, shape: tuple[int, ...]) -> Array:
        """Give a field, C contiguous; the array is used again by the next call."""
        if self._out is None:
            self._out = np.empty(shape, np.float32)
        if self._out.size:
            codec.decode(encoded.words, encoded.sizes, encoded.step, self._out)
        return self._out


def working_bytes(bytes_per_snapshot: int) -> int:
    """Bytes of a coder's working memory: a field out, and slabs that do not shrink."""
    return bytes_per_snapshot + 5 * bytes_per_snapshot // (2 * BATCHES)


class EncodedSnapshots:
    """A `Store` of encoded snapshots, all of one shape.

    The error of a snapshot is at most about tolerance times its maximum, in the root
    mean square of every block; what it holds depends on the snapshot alone.
    """

    def __init__(self, tolerance: float, coder: Coder | None = None) -> None:
        """Encode with ``coder``, which another store may share, or one of its own."""
        self._coder = coder or Coder(tolerance)
        self._kept: dict[int, Encoded] = {}
        self._shape: tuple[int, ...] = ()

    def put(self, k: int, snapshot: Array) -> None:
        """Encode the snapshot of imaging step k."""
        self._shape = snapshot.shape
        self._kept[k] = self._coder.encode(snapshot)

    def take(self, k: int) -> Array:
        """Decode the last snapshot, that of k."""
        return self._coder.decode(self._kept[k], self._shape)

    def drop(self, k: int) -> None:
        """Forget the last snapshot, that of k."""
        del self._kept[k]

    def held(self) -> list[int]:
        """Give the imaging steps kept, rising."""
        return list(self._kept)

    @property
    def held_bytes(self) -> int:
        """Bytes of the encoded snapshots."""
        return sum(encoded.nbytes for encoded in self._kept.values())

    def close(self) -> None:
        """Give the memory back."""
        self._kept.clear()
        self._coder = Coder(self._coder.tolerance)
