"""Linear systems of Newton's method: the matrix, Krylov methods, preconditioners.

settings      what may be chosen
petsc_arrays  the memory in which PETSc keeps a matrix
jacobian      the BAIJ matrix of a rank's blocks, its right side and solution
block_rows    products with rows of blocks
pressure      the pressure matrix of CPR, weighted and written in place
cpr           two stages: multigrid on pressure, then block ILU(0)
solver        FGMRES or BiCGStab with either preconditioner
"""
