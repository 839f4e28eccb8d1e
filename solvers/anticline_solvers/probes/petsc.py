"""PETSc and hypre: a small Poisson problem solved with BoomerAMG.

-u'' = f on (0, 1) with u = 0 at both ends, second-order differences, n cells; the
matrix is tridiagonal (-1, 2, -1) and the solution of right side A 1 is 1 everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anticline.component.probe import ProbeResult

if TYPE_CHECKING:
    from types import ModuleType

CELLS = 64
TOLERANCE = 1e-8
INSTALL = "apt-get install petsc-dev, then  make -B setup"


def petsc() -> ProbeResult:
    """Solve with conjugate gradients and BoomerAMG, or GAMG where hypre is absent."""
    try:
        from anticline_solvers.backends.petsc import PETSc
    except (ImportError, RuntimeError) as lack:
        return ProbeResult("petsc", False, str(lack).splitlines()[0], INSTALL)
    hypre = bool(PETSc.Sys.hasExternalPackage("hypre"))
    error = solution_error(PETSc, "hypre" if hypre else "gamg")
    version = ".".join(map(str, PETSc.Sys.getVersion()))
    found = f"PETSc {version}, {'hypre' if hypre else 'no hypre'}"
    details = {"petsc": version, "hypre": hypre, "error": error}
    if error > TOLERANCE:
        found = f"{found}; a Poisson problem is solved with an error of {error:.1e}"
        return ProbeResult("petsc", False, found, INSTALL, details)
    remedy = "" if hypre else "build PETSc with hypre; until then GAMG takes its place"
    return ProbeResult("petsc", hypre, found, remedy, details)


def solution_error(PETSc: ModuleType, preconditioner: str) -> float:
    """Give the largest error of the solution of the problem above."""
    matrix = poisson(PETSc)
    exact, right = matrix.createVecs()
    exact.set(1.0)
    matrix.mult(exact, right)
    solution = exact.duplicate()
    solver = PETSc.KSP().create(PETSc.COMM_SELF)
    solver.setOperators(matrix)
    solver.setType("cg")
    solver.getPC().setType(preconditioner)
    solver.setTolerances(rtol=1e-12)
    solver.solve(right, solution)
    solution.axpy(-1.0, exact)
    return float(solution.norm(PETSc.NormType.INFINITY))


def poisson(PETSc: ModuleType) -> Any:
    """Assemble the matrix (CELLS, CELLS) on this process alone."""
    matrix = PETSc.Mat().createAIJ((CELLS, CELLS), nnz=3, comm=PETSc.COMM_SELF)
    for row in range(CELLS):
        matrix[row, row] = 2.0
        if row > 0:
            matrix[row, row - 1] = -1.0
        if row < CELLS - 1:
            matrix[row, row + 1] = -1.0
    matrix.assemble()
    return matrix
