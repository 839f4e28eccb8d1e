"""The gradient's file, from the sum of shots or of other such files."""

from __future__ import annotations

from anticline.component import Case, RunContext
from anticline_solvers.domain import placed
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.gradient import FIELDS, Measured, write_gradient
from anticline_solvers.formats.model import read_frame
from anticline_solvers.formats.sums import Origin
from anticline_solvers.formats.survey import Survey
from anticline_solvers.seismic.imaging.stack import Partial
from anticline_solvers.seismic.shots import identity

PORT = "gradient"


def write_shots(
    case: Case,
    context: RunContext,
    grid: Grid,
    survey: Survey,
    total: Partial,
    measured: Measured,
) -> None:
    """Write the sum of a run's shots, from rank 0."""
    origin = Origin(
        dict.fromkeys(survey.shot_ids, context.fingerprint),
        identity.made_with(case, survey),
        None,
    )
    fields = {name: placed.doubled(total.fields[name]) for name in FIELDS}
    frame = read_frame(case.inputs["model"])
    made = context.provenance, context.fingerprint
    write_gradient(case.outputs[PORT], grid, fields, measured, origin, frame, *made)
