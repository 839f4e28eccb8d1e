"""Bringing the ranks' parts together on rank 0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.domain.decomposition import Box
from anticline_solvers.domain.layout import Array

if TYPE_CHECKING:
    from mpi4py import MPI


def collect(
    comm: MPI.Comm | None, n: int, owned: NDArray[np.int64], rows: Array
) -> Array | None:
    """Rows (owned.size, nt) of every rank as (n, nt) on rank 0; None elsewhere.

    A row that several ranks hold, or none, stays as the last one wrote it (0).
    """
    parts = _gather(comm, (owned, np.ascontiguousarray(rows)))
    if parts is None:
        return None
    out = np.zeros((n, rows.shape[1]), rows.dtype)
    for indices, values in parts:
        out[indices] = values
    return out


def assemble(
    comm: MPI.Comm | None, shape: tuple[int, ...], box: Box, local: Array
) -> Array | None:
    """Boxes of every rank as one array of `shape` on rank 0; None elsewhere."""
    parts = _gather(comm, (box, np.ascontiguousarray(local)))
    if parts is None:
        return None
    out = np.zeros(shape, local.dtype)
    for place, values in parts:
        out[place] = values
    return out


def _gather(comm: MPI.Comm | None, part: Any) -> list[Any] | None:
    return comm.gather(part, root=0) if comm else [part]
