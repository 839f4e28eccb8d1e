"""Linear systems J dx = -R: a Krylov method with block ILU(0) or CPR.

Residual norms are of the rows as they are, reservoir volumes per second, for the
preconditioner stands on the right. PETSc's options reach every part by its prefix:
`reservoir_` the Krylov method, `reservoir_pressure_` the multigrid of CPR,
`reservoir_second_` its second stage, `reservoir_sub_` the factors of block ILU.
"""

from __future__ import annotations

from typing import Any

from mpi4py import MPI

from anticline_solvers.backends.petsc import PETSc
from anticline_solvers.reservoir.discretization import Part, Pattern
from anticline_solvers.reservoir.linear.cpr import TwoStages
from anticline_solvers.reservoir.linear.jacobian import Jacobian
from anticline_solvers.reservoir.linear.settings import LinearSettings

PREFIX = "reservoir_"


TIMES = 3
"""How often a system must weary ILU before it is given up."""


class LinearSolver:
    """Solves with the blocks of a Jacobian as they are at the time."""

    def __init__(
        self,
        communicator: MPI.Comm,
        part: Part,
        pattern: Pattern,
        jacobian: Jacobian,
        settings: LinearSettings,
    ) -> None:
        table = PETSc.Options()
        for name, value in settings.options.items():
            table[name] = value
        self.communicator, self.part, self.pattern = communicator, part, pattern
        self.jacobian = jacobian
        self.settings = settings
        self.stages: TwoStages | None = None
        self.wearied = 0
        if settings.preconditioner == "cpr":
            self.stages = self._two_stages()
        self.solver: Any = self._krylov()

    def _two_stages(self) -> TwoStages:
        return TwoStages(
            self.communicator,
            self.part,
            self.pattern,
            self.jacobian,
            PREFIX,
            self.settings.reuse,
        )

    def _krylov(self) -> Any:
        """Give a Krylov method with the two stages, or with block ILU alone."""
        settings, jacobian = self.settings, self.jacobian
        solver = PETSc.KSP().create(comm=self.communicator)
        solver.setOptionsPrefix(PREFIX)
        solver.setOperators(jacobian.operator, jacobian.matrix)
        pc = solver.getPC()
        if self.stages is None:
            solver.setType(settings.method or "bcgs")
            pc.setType("bjacobi")
        else:
            solver.setType(settings.method or "fgmres")
            pc.setType("python")
            pc.setPythonContext(self.stages)
        solver.setTolerances(
            rtol=settings.reduction, atol=1e-50, max_it=settings.iterations
        )
        solver.setPCSide(PETSc.PC.Side.RIGHT)
        solver.setFromOptions()
        return solver

    def solve(self) -> int:
        """Solve for the right side of the Jacobian; give the iterations taken.

        Raises ArithmeticError where the method breaks down with a number that is none.
        """
        self.jacobian.written()
        self.solver.solve(self.jacobian.right_vector, self.jacobian.solution_vector)
        reason = self.solver.getConvergedReason()
        if reason == PETSc.KSP.ConvergedReason.DIVERGED_NANORINF:
            msg = "the linear system has numbers that are none"
            raise ArithmeticError(msg)
        taken = int(self.solver.getIterationNumber())
        if self.stages is None:
            self._change_where_weary(taken)
        elif reason < 0:
            self.stages.renew()
        return taken

    def _change_where_weary(self, taken: int) -> None:
        """Go over to two stages where block ILU alone takes too long."""
        self.wearied += taken >= self.settings.weary
        if self.settings.preconditioner == "auto" and self.wearied >= TIMES:
            self.solver.destroy()
            self.stages = self._two_stages()
            self.solver = self._krylov()

    def destroy(self) -> None:
        """Free everything but the Jacobian."""
        self.solver.destroy()
        if self.stages is not None:
            self.stages.destroy()
