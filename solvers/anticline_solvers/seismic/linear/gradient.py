"""Component seismic.linear_gradient: the misfit of scattered gathers and its gradient.

    f(dv) = 1/2 |C B dv - C d|^2        g = B^T C^T (C B dv - C d)

B takes a perturbation to its scattered traces (`seismic.born`), C is the conditioning,
d the observed traces. g is exact, so that f is the quadratic that conjugate gradients
minimise: least-squares migration. At dv = 0, g is a migrated image of -d.

Sources: T. Nemeth, C. Wu and G. T. Schuster (1999), doi:10.1190/1.1444517; W. Dai,
P. Fowler and G. T. Schuster (2012), doi:10.1111/j.1365-2478.2012.01092.x.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anticline.component import Case, RunContext
from anticline.errors import Finding
from anticline_solvers.seismic.acquisition.aperture import Box
from anticline_solvers.seismic.forward import Listen
from anticline_solvers.seismic.gradient import component, job
from anticline_solvers.seismic.imaging.job import run as run_job
from anticline_solvers.seismic.linear import perturbation
from anticline_solvers.seismic.misfits.declaration import LEAST_SQUARES


def check(case: Case, comm_size: int) -> list[Finding]:
    """Say everything that keeps the case from running."""
    return perturbation.faults(case) + component.check(case, comm_size)


def run(case: Case, context: RunContext) -> None:
    """Do every shot of its part that is not done yet, then add them up."""
    run_job(case, context, component.outputs_of(case), Job.of)


@dataclass(frozen=True, eq=False, kw_only=True)
class Job(job.Job):
    """Everything that the shots of a run share."""

    @property
    def wishes(self) -> Mapping[str, Any]:
        """What the case asks for, and what the linear problem leaves no choice of."""
        fixed = {"misfit": LEAST_SQUARES, "parameter": "perturbation"}
        return {**self.case.parameters, **fixed}

    def listen(self, box: Box) -> Listen:
        """Give what hears the scattered waves of a shot on a window."""
        return perturbation.listen(self.case, box)
