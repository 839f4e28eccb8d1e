"""The matrix of Newton's method: blocks of 3 x 3 that kernels write in place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mpi4py import MPI

from anticline_solvers.backends.petsc import PETSc
from anticline_solvers.reservoir.description import Floats, Integers
from anticline_solvers.reservoir.discretization import Part, Pattern
from anticline_solvers.reservoir.halo import Exchange
from anticline_solvers.reservoir.linear.block_rows import (
    block_rows,
    less_pressure,
    product,
)
from anticline_solvers.reservoir.linear.petsc_arrays import values

NOTHING = np.empty(0)


class Jacobian:
    """A BAIJ matrix (3 cells, 3 cells) of all ranks, with its vectors.

    values : [rows' units per unknown] blocks of the diagonal part, column after column.
    coupling : blocks of the coupling part. right, solution : (n, 3) of owned cells.
    All four are the memory of PETSc itself. operator : the matrix as Krylov methods
    multiply with it, by `block_rows`.
    """

    def __init__(
        self,
        communicator: MPI.Comm,
        part: Part,
        pattern: Pattern,
        exchange: Exchange,
    ) -> None:
        matrix = PETSc.Mat().create(comm=communicator)
        local, whole = 3 * len(part.owned), 3 * len(part.rows)
        matrix.setSizes(((local, whole), (local, whole)))
        matrix.setBlockSize(3)
        matrix.setType("baij")
        start, column = global_rows(part, pattern)
        matrix.setPreallocationCSR((start, column))
        matrix.setValuesBlockedCSR(start, column, np.zeros(9 * len(column)))
        matrix.assemble()
        self.matrix = matrix
        diagonal, _ = pattern.blocks
        self.values, self.coupling = values(matrix, "BAIJ", 9 * diagonal)
        self.rows = block_rows(pattern.diagonal), block_rows(pattern.coupling)
        self.exchange = exchange
        self.solution_vector, self.right_vector = matrix.createVecs()
        self.operator = PETSc.Mat().createPython(
            ((local, whole), (local, whole)), Operator(self), comm=communicator
        )
        self.right: Floats = self.right_vector.array.reshape(-1, 3)
        self.solution: Floats = self.solution_vector.array.reshape(-1, 3)

    def written(self) -> None:
        """Tell PETSc that the blocks have changed: those of a rank's own cells too.

        Block ILU looks at these alone, and would keep its first factors.
        """
        self.matrix.stateIncrease()
        self.matrix.getDiagonalBlock().stateIncrease()

    def multiply(self, x: Any, y: Any) -> None:
        """Write the product with vector x into vector y."""
        given, made = x.array_r, y.array
        parcels = self.exchange.begin(given.reshape(-1, 3))
        product(made, NOTHING, self.rows[0], self.values, given)
        halo = parcels.end().ravel()
        if len(halo):
            product(made, made, self.rows[1], self.coupling, read_only(halo))

    def less_pressure(self, y: Any, right: Any, p: Any) -> None:
        """Write what is left of `right` without the product with pressures p (n,)."""
        given, made = p.array_r, y.array
        parcels = self.exchange.begin(given.reshape(-1, 1))
        less_pressure(made, right.array, self.rows[0], self.values, given)
        halo = parcels.end().ravel()
        if len(halo):
            less_pressure(made, made, self.rows[1], self.coupling, read_only(halo))

    def destroy(self) -> None:
        """Free the memory; the arrays above are gone with it."""
        vectors = self.solution_vector, self.right_vector
        for part in (self.operator, self.matrix, *vectors):
            part.destroy()


@dataclass(frozen=True)
class Operator:
    """What PETSc calls where a Krylov method multiplies."""

    jacobian: Jacobian

    def mult(self, matrix: Any, x: Any, y: Any) -> None:
        """Write the product with vector x into vector y."""
        self.jacobian.multiply(x, y)


def read_only(values: Floats) -> Floats:
    """Give values as PETSc gives them to be read, so that one kernel reads both."""
    values.flags.writeable = False
    return values


def global_rows(part: Part, pattern: Pattern) -> tuple[Integers, Integers]:
    """Give the blocks of a rank's rows by global columns: start, columns rising."""
    count = len(part.owned)
    rows = [
        np.repeat(np.arange(count), np.diff(blocks.start))
        for blocks in (pattern.diagonal, pattern.coupling)
    ]
    beyond = part.rows[part.halo]
    columns = [
        pattern.diagonal.column + part.first_row,
        beyond[pattern.coupling.column] if len(beyond) else pattern.coupling.column,
    ]
    row, column = np.concatenate(rows), np.concatenate(columns)
    order = np.lexsort((column, row))
    start = np.searchsorted(row[order], np.arange(count + 1))
    return start.astype(PETSc.IntType), column[order].astype(PETSc.IntType)
