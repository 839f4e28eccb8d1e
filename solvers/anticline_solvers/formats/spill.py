"""Snapshots on disk, in a file that has no name: it goes when its process goes.

The file is made in a folder and unlinked at once, so nothing is left behind by a run
that ends in whatever way, and nothing is there for a later one to mistake. All of
them go there (`SpilledSnapshots`), or those that memory has no room for
(`OverflowingSnapshots`).
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import IO

import numpy as np

from anticline.errors import Failed
from anticline_solvers.numerics.storage import Coder, Encoded, EncodedSnapshots
from anticline_solvers.numerics.storage.protocol import Array


class SpilledSnapshots:
    """A `Store` of snapshots in a file, encoded, or as they are for a tolerance of 0.

    folder : of the file; exists. tolerance : of the codec.

    `put` raises Failed where the disk is full.
    """

    def __init__(
        self, folder: Path, tolerance: float, coder: Coder | None = None
    ) -> None:
        """Encode with ``coder``, which another store may share, or one of its own."""
        self._folder = folder
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115, closed by close
        self._coder = coder or (Coder(tolerance) if tolerance else None)
        self._kept: dict[int, tuple[int, Encoded | None]] = {}
        self._shape: tuple[int, ...] = ()
        self._end = 0

    def put(self, k: int, snapshot: Array) -> None:
        """Write the snapshot of imaging step k after the others."""
        self._shape = snapshot.shape
        raw: Array = np.ascontiguousarray(snapshot, np.float32)
        told: Encoded | None = None
        if self._coder is not None:
            encoded = self._coder.encode(snapshot)
            raw, none = encoded.words, np.empty(0, np.uint32)
            told = Encoded(none, encoded.sizes, encoded.step)
        self._kept[k] = (self._end, told)
        self._write(raw)
        self._end += raw.nbytes

    def take(self, k: int) -> Array:
        """Read the last snapshot, that of k."""
        start, told = self._kept[k]
        if self._coder is None or told is None:
            return self._read(start, np.empty(self._shape, np.float32))
        words = self._read(start, np.empty(int(told.sizes.sum()), np.uint32))
        return self._coder.decode(Encoded(words, told.sizes, told.step), self._shape)

    def drop(self, k: int) -> None:
        """Forget the last snapshot, that of k; its place is written again."""
        self._end, _ = self._kept.pop(k)

    def held(self) -> list[int]:
        """Give the imaging steps kept, rising."""
        return list(self._kept)

    @property
    def held_bytes(self) -> int:
        """Bytes of memory that is taken, apart from working memory: none."""
        return 0

    @property
    def file_bytes(self) -> int:
        """Bytes of the file that are in use."""
        return self._end

    def close(self) -> None:
        """Give the file back."""
        self._kept.clear()
        self._file.close()

    def _write(self, raw: Array) -> None:
        self._file.seek(self._end)
        left = raw.reshape(-1).view(np.uint8).data
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            free = shutil.disk_usage(self._folder).free
            msg = (
                f"the source wavefield could not be written to {self._folder}: "
                f"{error.strerror}; {self._end / 1e9:.3g} GB are written, "
                f"{free / 1e9:.3g} GB are free; finished shots and checkpoints stay: "
                "free some or name another storage_folder, and run the same case again"
            )
            raise Failed(msg) from error

    def _read(self, start: int, out: Array) -> Array:
        self._file.seek(start)
        left = out.reshape(-1).view(np.uint8).data
        while left:
            n = self._file.readinto(left)  # type: ignore[attr-defined]
            if not n:
                msg = f"the source wavefield on disk ends early ({self._folder})"
                raise Failed(msg)
            left = left[n:]
        return out


class OverflowingSnapshots:
    """A `Store` of encoded snapshots: the first in memory, the others in a file.

    folder : of the file, made where it is missing, once memory is full. tolerance :
        of the codec, above 0. room_bytes : of memory; where one snapshot takes more
        than all before it, it may go beyond.

    `put` raises Failed where the disk is full.
    """

    def __init__(self, folder: Path, tolerance: float, room_bytes: int) -> None:
        self._folder, self._room, self._coder = folder, room_bytes, Coder(tolerance)
        self._inside = EncodedSnapshots(tolerance, self._coder)
        self._outside: SpilledSnapshots | None = None
        self._largest = 0

    def put(self, k: int, snapshot: Array) -> None:
        """Keep the snapshot of imaging step k where there is room."""
        before = self._inside.held_bytes
        if self._last() is not self._inside or before + self._largest > self._room:
            self._spilled().put(k, snapshot)
            return
        self._inside.put(k, snapshot)
        self._largest = max(self._largest, self._inside.held_bytes - before)

    def _spilled(self) -> SpilledSnapshots:
        if self._outside is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            tolerance = self._coder.tolerance
            self._outside = SpilledSnapshots(self._folder, tolerance, self._coder)
        return self._outside

    def take(self, k: int) -> Array:
        """Give the last snapshot, that of k."""
        return self._last().take(k)

    def drop(self, k: int) -> None:
        """Forget the last snapshot, that of k."""
        self._last().drop(k)

    def _last(self) -> EncodedSnapshots | SpilledSnapshots:
        outside = self._outside
        return outside if outside is not None and outside.held() else self._inside

    def held(self) -> list[int]:
        """Give the imaging steps kept, rising."""
        return self._inside.held() + (self._outside.held() if self._outside else [])

    @property
    def held_bytes(self) -> int:
        """Bytes of memory that the kept snapshots take."""
        return self._inside.held_bytes

    @property
    def file_bytes(self) -> int:
        """Bytes of the file that are in use."""
        return self._outside.file_bytes if self._outside else 0

    def close(self) -> None:
        """Give memory and file back."""
        self._inside.close()
        if self._outside is not None:
            self._outside.close()
