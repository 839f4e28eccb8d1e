"""Which rank owns which cells: a graph cut where little flows, wells kept whole.

Cells are the vertices of a graph, connections its edges, weighted by the logarithm of
their transmissibility: an edge that carries much is dear to cut, for block ILU of each
rank on its own forgets it. The cells of a well, and of wells that share a cell, are
one vertex. PETSc's library cuts the graph (PT-Scotch or ParMETIS, whichever is in it);
where it has neither, coordinate bisection does (`bisect`).
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from mpi4py import MPI

from anticline_solvers.backends.petsc import PETSc
from anticline_solvers.reservoir.description import Floats, Grid, Integers
from anticline_solvers.reservoir.linear.petsc_arrays import called

PACKAGES = ("ptscotch", "parmetis")
LEVELS = 1000


def partition(
    communicator: MPI.Comm, grid: Grid, wells: Sequence[Integers]
) -> Integers:
    """Give the rank of each active cell: (cells,), the same on every rank.

    wells : active cells of each well. Rank 0 cuts and tells the others.
    """
    owner = None
    if communicator.rank == 0:
        owner = cut(grid, wells, communicator.size)
    return np.asarray(communicator.bcast(owner), np.int64)


def cut(grid: Grid, wells: Sequence[Integers], parts: int) -> Integers:
    """Give a part, 0 .. parts - 1, for each active cell."""
    if parts == 1:
        return np.zeros(len(grid.active), np.int64)
    vertex = whole_wells(len(grid.active), wells)
    graph = weighted_graph(grid, vertex)
    weight = np.bincount(vertex)
    found = next((p for p in PACKAGES if PETSc.Sys.hasExternalPackage(p)), None)
    if found is None:
        centre = np.stack([_mean(at, vertex) for at in _places(grid)])
        return bisect(centre, weight, parts)[vertex]
    return by_package(found, graph, weight, parts)[vertex]


def whole_wells(cells: int, wells: Sequence[Integers]) -> Integers:
    """Give the vertex of each cell: cells of wells that touch are one."""
    links = [np.stack([w[:-1], w[1:]]) for w in wells if len(w) > 1]
    pairs = np.concatenate([np.empty((2, 0), np.int64), *links], axis=1)
    joined = coo_array((np.ones(pairs.shape[1]), pairs), shape=(cells, cells))
    return np.asarray(connected_components(joined, directed=False)[1], np.int64)


def weighted_graph(grid: Grid, vertex: Integers) -> csr_array:
    """Give the graph of vertices: symmetric, edges of weight 1 .. about LEVELS."""
    ends = vertex[grid.connections]
    kept = (ends[:, 0] != ends[:, 1]) & (grid.transmissibility > 0.0)
    strength = np.log10(grid.transmissibility[kept]) if kept.any() else np.zeros(0)
    low, high = (strength.min(), strength.max()) if len(strength) else (0.0, 0.0)
    share = (strength - low) / (high - low) if high > low else np.ones(len(strength))
    weight = 1 + np.rint(share**2 * LEVELS).astype(np.int64)
    a, b = ends[kept].T
    size = int(vertex.max()) + 1
    both = (np.concatenate([a, b]), np.concatenate([b, a]))
    return csr_array((np.tile(weight, 2), both), shape=(size, size))


def by_package(
    package: str, graph: csr_array, weight: Integers, parts: int
) -> Integers:
    """Cut a graph with a package that PETSc was built with, on this rank alone."""
    integer = np.dtype(PETSc.IntType)
    row, column, strength, load = (
        _kept_by_petsc(array.astype(integer))
        for array in (graph.indptr, graph.indices, graph.data, weight)
    )
    size = graph.shape[0]
    matrix, tool, result = (ctypes.c_void_p() for _ in range(3))
    alone = ctypes.c_void_p.from_address(MPI._addressof(MPI.COMM_SELF))
    called(
        "MatCreateMPIAdj",
        alone,
        ctypes.c_int(size),
        ctypes.c_int(size),
        row,
        column,
        strength,
        ctypes.byref(matrix),
    )
    called("MatPartitioningCreate", alone, ctypes.byref(tool))
    called("MatPartitioningSetAdjacency", tool, matrix)
    called("MatPartitioningSetType", tool, ctypes.c_char_p(package.encode()))
    called("MatPartitioningSetNParts", tool, ctypes.c_int(parts))
    called("MatPartitioningSetVertexWeights", tool, load)
    called("MatPartitioningSetUseEdgeWeights", tool, ctypes.c_int(1))
    called("MatPartitioningApply", tool, ctypes.byref(result))
    indices = ctypes.c_void_p()
    called("ISGetIndices", result, ctypes.byref(indices))
    typed = ctypes.cast(indices, ctypes.POINTER(np.ctypeslib.as_ctypes_type(integer)))
    owner = np.ctypeslib.as_array(typed, (size,)).astype(np.int64)
    called("ISRestoreIndices", result, ctypes.byref(indices))
    called("ISDestroy", ctypes.byref(result))
    called("MatPartitioningDestroy", ctypes.byref(tool))
    called("MatDestroy", ctypes.byref(matrix))
    return owner


def _kept_by_petsc(array: Integers) -> ctypes.c_void_p:
    """Give a copy in memory that PETSc itself frees."""
    start = ctypes.c_void_p()
    called(
        "PetscMallocA",
        ctypes.c_int(1),
        ctypes.c_int(0),
        ctypes.c_int(0),
        b"partition",
        b"partition",
        ctypes.c_size_t(max(array.nbytes, 8)),
        ctypes.byref(start),
    )
    ctypes.memmove(start, np.ascontiguousarray(array).ctypes.data, array.nbytes)
    return start


def _places(grid: Grid) -> tuple[Floats, Floats]:
    """Give where cells are, in columns: i and j."""
    nx, ny, _ = grid.shape
    return (grid.active % nx).astype(float), (grid.active // nx % ny).astype(float)


def _mean(value: Floats, vertex: Integers) -> Floats:
    return np.bincount(vertex, value) / np.bincount(vertex)


def bisect(places: Floats, weight: Integers, parts: int) -> Integers:
    """Cut vertices at places (axes, n) in halves along their longest axis, again."""
    owner = np.zeros(places.shape[1], np.int64)
    if parts == 1:
        return owner
    left = parts // 2
    axis = int(np.argmax(np.ptp(places, axis=1)))
    order = np.argsort(places[axis], kind="stable")
    below = np.cumsum(weight[order]) <= weight.sum() * left / parts
    for chosen, count, first in ((below, left, 0), (~below, parts - left, left)):
        inside = order[chosen]
        owner[inside] = first + bisect(places[:, inside], weight[inside], count)
    return owner
