"""The pressure matrix of CPR: one equation a cell, weighted so that pressure rules.

Weights w of a cell make a row of pressure from its three rows R,

    w = c_s x c_x / (c_p . (c_s x c_x)),      A_ij = w_i . dR_i/dp_j

where c_p, c_s, c_x are the columns of p, S_w and the third unknown: of the cell's own
block of the Jacobian (quasi-IMPES), or of what it holds alone (true-IMPES). By either
the weighted row does not depend on the cell's own S_w and third unknown.

Lacroix, Vassilevski, Wheeler (2001), doi:10.1002/nla.239.
"""

from __future__ import annotations

import numba as nb
import numpy as np

from mpi4py import MPI

from anticline_solvers.backends.petsc import PETSc
from anticline_solvers.reservoir.description import Floats, Integers
from anticline_solvers.reservoir.discretization import Part, Pattern
from anticline_solvers.reservoir.linear.jacobian import Jacobian, global_rows
from anticline_solvers.reservoir.linear.petsc_arrays import values

LEAST = 1e-300


class PressureMatrix:
    """An AIJ matrix (cells, cells) of all ranks, its weights (n, 3) and vectors."""

    def __init__(self, communicator: MPI.Comm, part: Part, pattern: Pattern) -> None:
        matrix = PETSc.Mat().create(comm=communicator)
        local, whole = len(part.owned), len(part.rows)
        matrix.setSizes(((local, whole), (local, whole)))
        matrix.setType("aij")
        start, column = global_rows(part, pattern)
        matrix.setPreallocationCSR((start, column))
        matrix.setValuesCSR(start, column, np.ones(len(column)))
        matrix.assemble()
        self.matrix = matrix
        self.pattern = pattern
        self.values, self.coupling = values(matrix, "AIJ", pattern.blocks[0])
        self.weights = np.zeros((local, 3))
        self.solution_vector, self.right_vector = matrix.createVecs()
        self.right: Floats = self.right_vector.array
        self.solution: Floats = self.solution_vector.array

    def write(self, jacobian: Jacobian) -> None:
        """Take the values from the blocks of the Jacobian, by quasi-IMPES weights."""
        weigh(self.weights, jacobian.values, self.pattern.own)
        for rows, into, blocks in (
            (self.pattern.diagonal, self.values, jacobian.values),
            (self.pattern.coupling, self.coupling, jacobian.coupling),
        ):
            reduce_blocks(into, self.weights, rows.start, blocks)
        self.matrix.stateIncrease()

    def restrict(self, residual: Floats) -> None:
        """Write the pressure's right side from a residual (n, 3)."""
        combine(self.right, self.weights, residual)

    def destroy(self) -> None:
        """Free the memory; the arrays are gone with it."""
        for part in (self.matrix, self.solution_vector, self.right_vector):
            part.destroy()


@nb.njit(cache=True, error_model="numpy")
def weigh(weights: Floats, blocks: Floats, own: Integers) -> None:
    """Write the weights (n, 3) of all cells from their own blocks."""
    for i in range(weights.shape[0]):
        k = 9 * own[i]
        p = blocks[k : k + 3]
        s = blocks[k + 3 : k + 6]
        x = blocks[k + 6 : k + 9]
        w0 = s[1] * x[2] - s[2] * x[1]
        w1 = s[2] * x[0] - s[0] * x[2]
        w2 = s[0] * x[1] - s[1] * x[0]
        size = abs(w0) + abs(w1) + abs(w2) + LEAST
        total = p[0] * w0 + p[1] * w1 + p[2] * w2
        sign = -1.0 if total < 0.0 else 1.0
        weights[i, 0] = sign * w0 / size
        weights[i, 1] = sign * w1 / size
        weights[i, 2] = sign * w2 / size


@nb.njit(cache=True, error_model="numpy")
def reduce_blocks(
    into: Floats, weights: Floats, start: Integers, blocks: Floats
) -> None:
    """Write the weighted pressure column of every block."""
    for i in range(weights.shape[0]):
        w0, w1, w2 = weights[i, 0], weights[i, 1], weights[i, 2]
        for j in range(start[i], start[i + 1]):
            k = 9 * j
            into[j] = w0 * blocks[k] + w1 * blocks[k + 1] + w2 * blocks[k + 2]


@nb.njit(cache=True, error_model="numpy")
def combine(into: Floats, weights: Floats, residual: Floats) -> None:
    """Write the weighted sum of each cell's three rows."""
    for i in range(into.size):
        into[i] = (
            weights[i, 0] * residual[i, 0]
            + weights[i, 1] * residual[i, 1]
            + weights[i, 2] * residual[i, 2]
        )
