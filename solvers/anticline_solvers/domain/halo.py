"""Halo exchange between ranks: started, overlapped with work, finished.

Each array is sent and received in place through MPI subarray types: planes
that lie together in memory travel without a copy, strided ones are packed by
MPI. Requests are persistent, so an exchange costs no set-up per time step.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anticline_solvers.domain.decomposition import Box, Transfer, is_empty, shift
from anticline_solvers.domain.layout import Array

if TYPE_CHECKING:
    from mpi4py import MPI


@dataclass(frozen=True)
class Field:
    """An array that takes part in an exchange.

    array : C-contiguous, shape of the local box and z margins.
    origin : global cell number of array[0, ..., 0] along the split axes.
    transfers : boxes to exchange, from `decomposition.transfers`.
    tag : the same number for the same field on every rank.
    """

    array: Array
    origin: tuple[int, ...]
    transfers: tuple[Transfer, ...]
    tag: int


class Halo:
    """The exchange of a fixed set of fields, as often as wanted.

    start() begins it and returns at once; finish() returns when the halos are
    valid. Between them the cells being sent must not change. Without
    transfers (one rank) both do nothing, and `comm` may be None.
    """

    def __init__(self, comm: MPI.Comm | None, fields: Iterable[Field]) -> None:
        self._fields = tuple(fields)
        self._requests: list[MPI.Prequest] = []
        for field in self._fields:
            for transfer in field.transfers:
                self._prepare(comm, field, transfer)

    def _prepare(self, comm: MPI.Comm | None, field: Field, transfer: Transfer) -> None:
        if comm is None:
            msg = "a grid over several ranks needs a communicator"
            raise ValueError(msg)
        for box, request in (
            (transfer.receive, comm.Recv_init),
            (transfer.send, comm.Send_init),
        ):
            if not is_empty(box):
                kind = _subarray(field, box)
                flat = field.array.reshape(-1)
                ends = [flat, 1, kind], transfer.peer, field.tag
                self._requests.append(request(*ends))
                kind.Free()

    def start(self) -> None:
        """Begin to send and receive."""
        if self._requests:
            type(self._requests[0]).Startall(self._requests)

    def finish(self) -> None:
        """Wait until everything has been sent and received."""
        if self._requests:
            type(self._requests[0]).Waitall(self._requests)

    def __del__(self) -> None:
        """Give the persistent requests back to MPI."""
        if self._requests:
            from mpi4py import MPI

            if not MPI.Is_finalized():
                for request in self._requests:
                    request.Free()

    @property
    def bytes_sent(self) -> int:
        """Bytes that one exchange sends from this rank."""
        return sum(
            int(np.prod([side.stop - side.start for side in transfer.send[:-1]]))
            * field.array.shape[-1]
            * field.array.itemsize
            for field in self._fields
            for transfer in field.transfers
        )


def _subarray(field: Field, box: Box) -> MPI.Datatype:
    """Whole rows of a global box within a field's array, as an MPI type."""
    from mpi4py.util import dtlib

    local = shift(box[:-1], field.origin)
    row = field.array.shape[-1]
    kind = dtlib.from_numpy_dtype(field.array.dtype).Create_subarray(
        field.array.shape,
        [side.stop - side.start for side in local] + [row],
        [side.start for side in local] + [0],
    )
    return kind.Commit()
