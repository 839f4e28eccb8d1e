"""Bringing the ranks' parts together on rank 0, in messages of bounded size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.domain.decomposition import Box
from anticline_solvers.domain.layout import Array

if TYPE_CHECKING:
    from mpi4py import MPI

MESSAGE_BYTES = 64 * 2**20
"""Largest message: MPI counts elements in 32 bits, and buffers stay small."""


def collect(
    comm: MPI.Comm | None, n: int, owned: NDArray[np.int64], rows: Array
) -> Array | None:
    """Bring rows (owned.size, nt) of every rank to rank 0 as (n, nt); None elsewhere.

    A row that no rank holds is zero.
    """
    out = np.zeros((n, rows.shape[1]), rows.dtype) if _is_root(comm) else None
    for indices, values in _parts(comm, owned, rows):
        if out is not None:
            out[indices] = values
    return out


def assemble(
    comm: MPI.Comm | None, shape: tuple[int, ...], box: Box, local: Array
) -> Array | None:
    """Bring boxes of every rank to rank 0 as one array of `shape`; None elsewhere."""
    out = np.zeros(shape, local.dtype) if _is_root(comm) else None
    for place, values in _parts(comm, box, local):
        if out is not None:
            out[place] = values
    return out


def _is_root(comm: MPI.Comm | None) -> bool:
    return comm is None or comm.rank == 0


def _parts(comm: MPI.Comm | None, place: Any, values: Array) -> Iterator[Any]:
    """Yield (place, values) of every rank in turn on rank 0; send there elsewhere."""
    whole = np.ascontiguousarray(values)
    if comm is not None and comm.rank > 0:
        comm.send((place, whole.shape), dest=0)
        for piece in _pieces(whole):
            comm.Send(piece, dest=0)
        return
    yield place, whole
    if comm is None:
        return
    for peer in range(1, comm.size):
        there, shape = comm.recv(source=peer)
        received = np.empty(shape, whole.dtype)
        for piece in _pieces(received):
            comm.Recv(piece, source=peer)
        yield there, received


def _pieces(array: Array) -> Iterator[Array]:
    flat = array.reshape(-1)
    step = MESSAGE_BYTES // array.itemsize
    for start in range(0, flat.size, step):
        yield flat[start : start + step]
