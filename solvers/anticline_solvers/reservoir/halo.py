"""Values of halo cells, brought from the ranks that own them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mpi4py import MPI

from anticline_solvers.reservoir.description import Floats, Integers
from anticline_solvers.reservoir.discretization import Part


@dataclass(frozen=True)
class Exchange:
    """Who is told what: a list of (rank, local cells) to send to, to receive from."""

    communicator: MPI.Comm
    send: tuple[tuple[int, Integers], ...]
    receive: tuple[tuple[int, Integers], ...]

    def refresh(self, values: Floats) -> None:
        """Write the halo rows of values (local, k) from their owners' rows."""
        halo = self.begin(values).end()
        values[len(values) - len(halo) :] = halo

    def begin(self, values: Floats) -> Parcels:
        """Send rows of values (owned or local, k); `end` gives those of the halo."""
        count = sum(len(at) for _, at in self.receive)
        halo = np.empty((count, values.shape[1]))
        pending, first = [], 0
        for rank, at in self.receive:
            pending.append(self.communicator.Irecv(halo[first : first + len(at)], rank))
            first += len(at)
        sent = [values[at] for _, at in self.send]
        for (rank, _), parcel in zip(self.send, sent, strict=True):
            pending.append(self.communicator.Isend(parcel, rank))
        return Parcels(halo, pending, sent)


@dataclass(frozen=True)
class Parcels:
    """Rows on their way: halo (h, k) is whole after `end`; sent is kept until then."""

    halo: Floats
    pending: list[MPI.Request]
    sent: list[Floats]

    def end(self) -> Floats:
        """Wait for the rows of the halo."""
        MPI.Request.Waitall(self.pending)
        return self.halo


def exchange_of(communicator: MPI.Comm, part: Part) -> Exchange:
    """Agree with the neighbours who needs which cells; all ranks call it."""
    count = len(part.owned)
    owners = part.owner[part.halo]
    needed = [part.halo[owners == rank] for rank in range(communicator.size)]
    asked = communicator.alltoall(needed)
    local = part.local()
    send = tuple((rank, local[at]) for rank, at in enumerate(asked) if len(at))
    receive = tuple(
        (int(rank), count + np.flatnonzero(owners == rank))
        for rank in np.unique(owners)
    )
    return Exchange(communicator, send, receive)
