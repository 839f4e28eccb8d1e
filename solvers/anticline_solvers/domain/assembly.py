"""Bringing parts to rank 0 and handing them out, in messages of bounded size."""

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


def hand_out(
    comm: MPI.Comm | None, rows: Array | None, wanted: NDArray[np.int64]
) -> Array:
    """Give every rank the columns that it wants of rank 0's array; collective.

    rows : (n, columns) on rank 0, None elsewhere. wanted : columns of this rank.

    Returns (n, wanted.size), C contiguous; on rank 0 ``rows`` itself where all of
    its columns are wanted in their order.
    """
    if rows is None:
        return _handed(comm, wanted)
    if comm is not None:
        _hand_to_others(comm, rows, wanted)
    everything = np.array_equal(wanted, np.arange(rows.shape[1]))
    return np.ascontiguousarray(rows if everything else rows[:, wanted])


def _handed(comm: MPI.Comm | None, wanted: NDArray[np.int64]) -> Array:
    if comm is None or comm.rank == 0:
        msg = "rank 0 has no rows to hand out"
        raise ValueError(msg)
    comm.gather(wanted)
    n, dtype = comm.bcast(None)
    received = np.empty((n, wanted.size), dtype)
    for block in _blocks(received, wanted.size):
        for piece in _pieces(block):
            comm.Recv(piece, source=0)
    return received


def _hand_to_others(comm: MPI.Comm, rows: Array, wanted: NDArray[np.int64]) -> None:
    everyone = comm.gather(wanted) or []
    comm.bcast((rows.shape[0], rows.dtype))
    for peer, columns in enumerate(everyone[1:], start=1):
        for block in _blocks(rows, columns.size):
            for piece in _pieces(np.ascontiguousarray(block[:, columns])):
                comm.Send(piece, dest=peer)


def _blocks(rows: Array, columns: int) -> Iterator[Array]:
    """Cut into blocks of rows, each one message where so many columns of it are."""
    step = max(1, MESSAGE_BYTES // max(1, columns * rows.itemsize))
    for start in range(0, rows.shape[0], step):
        yield rows[start : start + step]


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
