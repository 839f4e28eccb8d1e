"""PETSc as this project begins it: without signal handlers of its own.

PETSc would end the process at a broken pipe, which Python tells as an exception: a
worker that has lost a connection would be gone with all it holds.
"""

from __future__ import annotations

import petsc4py

petsc4py.init(["anticline", "-no_signal_handler"])

from petsc4py import PETSc  # noqa: E402  begun above

__all__ = ["PETSc"]
