"""Component seismic.born: gathers of waves that a perturbation scatters once.

They are what `seismic.forward` makes of v + dv less what it makes of v, to first order
in dv: the shot's wavelet, time steps and correction are the same. The operator from dv
to the traces is linear, and `seismic.linear_gradient` applies its exact transpose.
"""

from __future__ import annotations

from dataclasses import dataclass

from anticline.component import Case, RunContext
from anticline.errors import Finding
from anticline_solvers.seismic import checks, forward
from anticline_solvers.seismic.acquisition.aperture import Box
from anticline_solvers.seismic.linear import perturbation


def check(case: Case, comm_size: int) -> list[Finding]:
    """Say everything that keeps the case from running."""
    if checks.is_finished(case, "gathers"):
        return []
    return perturbation.faults(case) + forward.check(case, comm_size)


def run(case: Case, context: RunContext) -> None:
    """Model every shot of its part that is not done yet, then write the gathers."""
    forward.run_shots(case, context, Job)


@dataclass(frozen=True, eq=False)
class Job(forward.Job):
    """Everything that the shots of a run share."""

    def listen(self, box: Box) -> forward.Listen:
        """Give what hears the scattered waves of a shot on a window."""
        return perturbation.listen(self.case, box)
