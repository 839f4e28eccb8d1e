"""A shot's work in its checkpoints, and taken up again from them.

Whatever computes a shot tells its state as global arrays and numbers (`Resumable`);
a `Restart` writes them whenever the watch asks, and hands the newest whole ones back
to a later run of the shot, on the same or on another number of ranks.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from mpi4py import MPI

from anticline_solvers.domain.part import Part
from anticline_solvers.formats.checkpoint import Checkpoints


class Resumable(Protocol):
    """Work that can be told in the middle, between two time steps."""

    def parts(self) -> list[Part]:
        """Give this rank's parts of all it needs to go on; the same names on all."""

    def facts(self) -> dict[str, int]:
        """Give numbers, the same on all ranks."""

    def place(self) -> str:
        """Say in a few words where the work is."""


class Restart:
    """The checkpoints of one shot, on the group that computes it.

    label : names the work in messages. tell : shows a line, from any rank.

    Everything is collective over `comm` but `remove`.
    """

    def __init__(
        self,
        checkpoints: Checkpoints,
        comm: MPI.Comm,
        label: str,
        tell: Callable[[str], None],
    ) -> None:
        self._checkpoints, self._comm = checkpoints, comm
        self._label, self._tell = label, tell
        self._in_use: set[int] = set()

    def found(self) -> list[Path]:
        """Find the whole checkpoints, newest first.

        Raises BadInput, on all ranks, where they belong to another case.
        """
        entries = self._comm.bcast(self._look() if self._comm.rank == 0 else None)
        if isinstance(entries, BaseException):
            raise entries
        return [entry.path for entry in entries]

    def _look(self) -> object:
        try:
            return self._checkpoints.whole(self._tell)
        except Exception as error:
            return error

    def going_on(self, place: str, in_use: list[Path]) -> None:
        """Say where the work goes on; keep the checkpoints that it still needs."""
        self._in_use = {int(path.stem) for path in in_use}
        if self._comm.rank == 0:
            self._tell(f"{self._label} goes on {place}")

    def write(self, work: Resumable) -> None:
        """Write a checkpoint; where that fails the older ones stay, and it is said."""
        made = self._checkpoints.write(self._comm, work.parts(), work.facts())
        if self._comm.rank:
            return
        if isinstance(made, Path):
            self._checkpoints.prune(self._in_use)
            self._tell(f"{self._label}: checkpoint {work.place()}")
        else:
            self._tell(f"{self._label}: no checkpoint, the older ones stay: {made}")

    def remove(self) -> None:
        """Remove the checkpoints of a shot that is done; from one rank."""
        self._checkpoints.remove()
