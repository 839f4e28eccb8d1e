"""How linear systems are solved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class LinearSettings:
    """Settings of the Krylov method and its preconditioner.

    method : PETSc's name of a Krylov method; None: BiCGStab with ilu, flexible GMRES
        with cpr.
    preconditioner : ilu, cpr, or auto: ilu until it is `weary`, cpr from then on.
    reduction : of the residual's norm, at most. iterations : at most.
    reuse : for how many matrices a multigrid hierarchy of CPR serves.
    weary : ilu is given up after three systems that took it as many iterations.
    options : of PETSc, by name without dash.
    """

    method: str | None = None
    preconditioner: Literal["auto", "ilu", "cpr"] = "auto"
    reduction: float = 1e-2
    iterations: int = 150
    reuse: int = 10
    weary: int = 20
    options: dict[str, str] = field(default_factory=dict)
