"""CPR: a preconditioner of two stages, pressure first.

    p = AMG(W r)                  pressure from the weighted residual, one V-cycle
    x = P p                       pressure alone
    x = x + ILU(r - J x)          block ILU(0) on what is left, each rank on its own

Wallis (1983), doi:10.2118/12265-MS. The multigrid hierarchy is kept over several
Newton iterations: the pressure matrix changes slowly, and its set-up costs more than
a few cycles.
"""

from __future__ import annotations

from typing import Any

from mpi4py import MPI

from anticline_solvers.backends.petsc import PETSc
from anticline_solvers.reservoir.discretization import Part, Pattern
from anticline_solvers.reservoir.linear.block_rows import add_pressure
from anticline_solvers.reservoir.linear.jacobian import Jacobian
from anticline_solvers.reservoir.linear.pressure import PressureMatrix

BOOMERAMG = {
    "pc_hypre_type": "boomeramg",
    "pc_hypre_boomeramg_max_iter": 1,
    "pc_hypre_boomeramg_strong_threshold": 0.5,
    "pc_hypre_boomeramg_coarsen_type": "HMIS",
    "pc_hypre_boomeramg_interp_type": "ext+i",
    "pc_hypre_boomeramg_agg_nl": 1,
    "pc_hypre_boomeramg_relax_type_all": "SOR/Jacobi",
    "pc_hypre_boomeramg_P_max": 4,
}


class TwoStages:
    """The context of PETSc's Python preconditioner.

    reuse : for how many matrices a multigrid hierarchy serves.
    """

    def __init__(
        self,
        communicator: MPI.Comm,
        part: Part,
        pattern: Pattern,
        jacobian: Jacobian,
        prefix: str,
        reuse: int,
    ) -> None:
        self.jacobian = jacobian
        self.pressure = PressureMatrix(communicator, part, pattern)
        self.multigrid = multigrid(self.pressure, f"{prefix}pressure_")
        self.blocks = block_ilu(communicator, jacobian, f"{prefix}second_")
        self.left = jacobian.right_vector.duplicate()
        self.reuse = reuse
        self.served = 0

    def setUp(self, pc: Any) -> None:
        """Take new values from the Jacobian; set multigrid up now and then."""
        self.pressure.write(self.jacobian)
        self.multigrid.setReusePreconditioner(self.served % self.reuse != 0)
        self.served += 1
        self.multigrid.setUp()
        self.blocks.setUp()

    def renew(self) -> None:
        """Set multigrid up with the next matrix."""
        self.served = 0

    def apply(self, pc: Any, right: Any, solution: Any) -> None:
        """Write what the two stages make of vector `right` into `solution`."""
        pressure = self.pressure
        pressure.restrict(right.array_r.reshape(-1, 3))
        self.multigrid.apply(pressure.right_vector, pressure.solution_vector)
        self.jacobian.less_pressure(self.left, right, pressure.solution_vector)
        self.blocks.apply(self.left, solution)
        add_pressure(solution.array, pressure.solution)

    def destroy(self, pc: Any = None) -> None:
        """Free everything."""
        for part in (self.pressure, self.multigrid, self.blocks, self.left):
            part.destroy()


def multigrid(pressure: PressureMatrix, prefix: str) -> Any:
    """Give BoomerAMG where hypre is present, else GAMG; PETSc's options change it."""
    options = PETSc.Options(prefix)
    pc = PETSc.PC().create(comm=pressure.matrix.comm)
    pc.setOptionsPrefix(prefix)
    if PETSc.Sys.hasExternalPackage("hypre"):
        pc.setType("hypre")
        for name, value in BOOMERAMG.items():
            if not options.hasName(name):
                options[name] = value
    else:
        pc.setType("gamg")
    pc.setOperators(pressure.matrix)
    pc.setFromOptions()
    return pc


def block_ilu(communicator: MPI.Comm, jacobian: Jacobian, prefix: str) -> Any:
    """Give block ILU(0) of each rank's own rows."""
    pc = PETSc.PC().create(comm=communicator)
    pc.setOptionsPrefix(prefix)
    pc.setType("bjacobi")
    pc.setOperators(jacobian.matrix)
    pc.setFromOptions()
    return pc
