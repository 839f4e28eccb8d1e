"""Checkpoints: `anticline-checkpoint/1`, numbered HDF5 files of one shot in a folder.

    000012.checkpoints/000001.h5  000002.h5 ...

Each holds global arrays, written by all ranks that share the shot, each its box, and
read by any other number of ranks, each what it needs. A file is sealed
(`formats.sealed`), brought to disk and renamed in this order, so the newest one with
a whole seal is the one to go on from; the one before it stays until then. Room on
the disk is taken before anything is written: where there is none, the checkpoints
that are there stay.

In the file: attribute `format`; group `facts`, whose attributes are numbers; group
`arrays`, with names that may hold `/`.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from anticline.errors import BadInput, Finding
from anticline_solvers.domain.layout import Array
from anticline_solvers.domain.part import Part
from anticline_solvers.formats import contents, sealed
from anticline_solvers.formats.distributed import (
    Box,
    create_dataset,
    has_parallel_hdf5,
    write_box,
)
from anticline_solvers.formats.hdf5 import part_of, settle, sweep
from anticline_solvers.formats.sealed import BLOCK_BYTES, Broken, Seal

FORMAT = "anticline-checkpoint/1"

_FRAME_BYTES = 256 * 2**10  # of an HDF5 file around its values, at most


@dataclass(frozen=True)
class Entry:
    """A whole checkpoint: its number and file."""

    number: int
    path: Path


@dataclass(frozen=True)
class Checkpoints:
    """The checkpoints of one shot.

    folder : made when the first is written.
    case : what is common to all shots of a case, 64 hexadecimal digits.
    part : what is the shot's own, likewise.
    """

    folder: Path
    case: str
    part: str

    def files(self) -> list[Entry]:
        """List the files by number, newest first, whole or not."""
        found = [p for p in self.folder.glob("*.h5") if p.stem.isdigit()]
        return sorted((Entry(int(p.stem), p) for p in found), key=lambda e: -e.number)

    def whole(self, tell: Callable[[str], None]) -> list[Entry]:
        """Find the whole ones, newest first; from one process.

        A torn one, or one of other data of this shot, is of no use: it is removed,
        and `tell` is called with a line about it.

        Raises BadInput where a whole one belongs to another case.
        """
        entries = []
        for entry in self.files():
            why = self._useless(entry.path)
            if why:
                tell(f"{entry.path} {why}; it is removed, the one before it is used")
                entry.path.unlink(missing_ok=True)
            else:
                entries.append(entry)
        return entries

    def _useless(self, path: Path) -> str:
        try:
            seal = sealed.check(path)
        except Broken as error:
            return f"is torn: {error}"
        if finding := foreign(path, seal, self.case):
            raise BadInput(finding)
        return "" if seal.part == self.part else "is of other data of its shot"

    def write(
        self, comm: Any, parts: Sequence[Part], facts: Mapping[str, float]
    ) -> Path | str:
        """Write the next checkpoint; collective over `comm`.

        parts : the same names in the same order on every rank.

        Returns its path, or, where the disk has no room, what the trouble was: on
        every rank, and nothing has changed.
        """
        path, trouble = comm.bcast(
            self._prepare(parts, facts) if comm.rank == 0 else None
        )
        if trouble:
            return str(trouble)
        part = Path(comm.bcast(str(part_of(path)) if comm.rank == 0 else None))
        with _opened(part, comm) as file:
            for piece in parts:
                write_box(comm, file, f"arrays/{piece.name}", piece.box, piece.values)
        comm.Barrier()  # every rank's bytes are with the file system
        if comm.rank == 0:
            trouble = self._finish(part, path)
        return str(found) if (found := comm.bcast(trouble)) else Path(path)

    def _prepare(
        self, parts: Sequence[Part], facts: Mapping[str, float]
    ) -> tuple[Path, str]:
        """Make the file with room for everything; the text says what went wrong."""
        newest = next(iter(self.files()), None)
        path = self.folder / f"{newest.number + 1 if newest else 1:06d}.h5"
        part = part_of(path)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            sweep(path)
            _make(part, parts, facts)
        except OSError as error:
            part.unlink(missing_ok=True)
            return path, f"{path} cannot be written ({error})"
        return path, ""

    def _finish(self, part: Path, path: Path) -> str:
        try:
            sealed.close(part, Seal(FORMAT, self.case, self.part))
            settle(part, path)
        except OSError as error:
            part.unlink(missing_ok=True)
            return f"{path} cannot be written ({error})"
        return ""

    def prune(self, keep: Collection[int], newest: int = 2) -> None:
        """Remove all but the `newest` ones and the numbers to keep; one process."""
        for entry in self.files()[newest:]:
            if entry.number not in keep:
                entry.path.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove all of them, and the folder where nothing else is in it."""
        for entry in self.files():
            entry.path.unlink(missing_ok=True)
        for part in self.folder.glob("*.h5.*.part"):
            part.unlink(missing_ok=True)
        if self.folder.is_dir() and not any(self.folder.iterdir()):
            self.folder.rmdir()


def foreign(path: Path, seal: Seal, case: str) -> Finding | None:
    """Find a checkpoint of another case, or of another version."""
    if seal.kind != FORMAT:
        text = (
            f"is {seal.kind}; this release reads {FORMAT}: remove it, or go on with "
            "the release that wrote it"
        )
    elif seal.case != case:
        text = (
            f"is a checkpoint of another case ({seal.case[:12]}), needed is one of "
            f"this case ({case[:12]}); remove its folder or name another output"
        )
    else:
        return None
    return Finding(str(path), None, text)


def _make(path: Path, parts: Sequence[Part], facts: Mapping[str, float]) -> None:
    """Make the file with all its data sets in place and no values in them.

    Raises OSError where the disk has no room for it. The HDF5 library crashes on a
    full disk, so it gets the file only once the room is known to be there.
    """
    values = sum(math.prod(p.shape) * p.values.itemsize for p in parts)
    _reserve(path, values + _FRAME_BYTES)
    with h5py.File(path, "w", userblock_size=BLOCK_BYTES) as file:
        file.attrs["format"] = FORMAT
        group = file.create_group("facts")
        for name, value in facts.items():
            group.attrs[name] = value
        file.create_group("arrays")
        for p in parts:
            create_dataset(file, f"arrays/{p.name}", p.shape, p.values.dtype, p.unit)
    _reserve(path, path.stat().st_size)


def _reserve(path: Path, n_bytes: int) -> None:
    """Take so much room on the disk; OSError where there is too little."""
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY, 0o666)
    try:
        os.posix_fallocate(descriptor, 0, n_bytes)
    finally:
        os.close(descriptor)


@contextmanager
def _opened(path: Path, comm: Any) -> Iterator[Any]:
    """Open for `write_box`: on all ranks where h5py has MPI, else on rank 0."""
    if has_parallel_hdf5() and comm.size > 1:
        comm.Barrier()  # rank 0 has closed it
        with h5py.File(path, "r+", driver="mpio", comm=comm) as file:
            yield file
    elif comm.rank == 0:
        with h5py.File(path, "r+") as file:
            yield file
    else:
        yield None


class Reader:
    """An open checkpoint of a known seal; a context manager, on any rank.

    facts : its numbers.

    Raises BadInput where something is missing or of another shape.
    """

    def __init__(self, path: Path) -> None:
        self._file = h5py.File(path, "r")
        group = contents.group(self._file, "facts")
        self.facts: dict[str, Any] = {
            name: value.item() for name, value in group.attrs.items()
        }

    def fact(self, name: str) -> Any:
        """Give a number; BadInput where it is absent."""
        if name not in self.facts:
            text = f"has no number '{name}'; remove the file"
            raise contents.faulty(self._file, text)
        return self.facts[name]

    def __contains__(self, name: str) -> bool:
        """Tell whether an array is there."""
        return f"arrays/{name}" in self._file

    def box(self, name: str, shape: Sequence[int], box: Box) -> Array:
        """Read a box of an array that must have this shape."""
        data = contents.dataset(self._file, f"arrays/{name}")
        if data.shape != tuple(shape):
            text = (
                f"array '{name}' is {data.shape}, needed is {tuple(shape)}; remove it"
            )
            raise contents.faulty(data, text)
        return np.asarray(data[box])

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()
