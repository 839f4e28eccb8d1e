"""Component seismic.rtm: migrate gathers by reverse time migration.

For each shot the wavelet is propagated forward through the migration model and the
gather backward from its receivers; `imaging.conditions` correlates the two wavefields
and `imaging.stack` sums the shots. docs/reference/rtm.md says what each parameter
does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from anticline.component import Case, RunContext
from anticline.errors import Finding
from anticline_solvers.formats.gathers import GatherReader, trace_faults
from anticline_solvers.formats.survey import Survey
from anticline_solvers.seismic import checks
from anticline_solvers.seismic.acquisition.aperture import Box, in_grid, window
from anticline_solvers.seismic.capacity import Kept
from anticline_solvers.seismic.forward import model_shot, watched
from anticline_solvers.seismic.imaging import conditions, gather_choice, job
from anticline_solvers.seismic.imaging.image_gathers import ImageGathers, Lattice
from anticline_solvers.seismic.imaging.image_output import shot_partial, write_stack
from anticline_solvers.seismic.imaging.keeping import codec_tolerance
from anticline_solvers.seismic.imaging.migration import (
    ReceiverField,
    Series,
    SourceField,
)
from anticline_solvers.seismic.imaging.stack import Partial
from anticline_solvers.seismic.physics import Propagator
from anticline_solvers.seismic.shots import parts
from anticline_solvers.seismic.shots.data import Traces, prepared, received

DIRECT = "direct wave"


def check(case: Case, comm_size: int) -> list[Finding]:
    """Say everything that keeps the case from running."""
    outputs = outputs_of(case)
    if all(checks.is_finished(case, name) for name in outputs):
        return []
    findings = [found for name in outputs for found in checks.output(case, name)]
    survey, unreadable = checks.survey_of(case, "gathers")
    findings += unreadable
    findings += checks.modelling(case, survey, comm_size)
    if survey is not None:
        traces = checks.attempt(
            lambda: trace_faults(case.inputs["gathers"], survey), findings
        )
        findings += traces or []
        findings += checks.kept_shots(case, survey)
    if survey is not None and not checks.recorded(survey):
        findings += checks.imaging(case, survey, comm_size, kept_of(case))
        findings += checks.image_space(case, survey)
        findings += _gather_findings(case, survey, comm_size)
    return findings


def outputs_of(case: Case) -> list[str]:
    """Name the outputs that the case asks for."""
    return [name for name in ("image", gather_choice.PORT) if name in case.outputs]


def _gather_findings(case: Case, survey: Survey, comm_size: int) -> list[Finding]:
    grid = checks.attempt(lambda: checks.velocity_grid(case.inputs["model"]), [])
    if grid is None or grid.ndim != survey.ndim:
        return []
    found = gather_choice.check(case, grid)
    if found:
        return found
    found = gather_choice.space(case, grid, survey)
    return found + gather_choice.memory(case, grid, survey, comm_size)


def kept_of(case: Case) -> Kept:
    """Give what a case keeps of its source wavefield."""
    p = case.parameters
    extent = conditions.extent_of(p["condition"], p["space_order"])
    return Kept(extent, codec_tolerance(p))


def survey_of(case: Case) -> Survey:
    """Read the part of the gathers' survey that the case does.

    Raises BadInput where traces do not fit it.
    """
    with GatherReader(case.inputs["gathers"]) as reader:
        return parts.of(reader.survey, case.parameters)


def run(case: Case, context: RunContext) -> None:
    """Migrate every shot of its part that is not done yet, then stack."""
    job.run(case, context, outputs_of(case), Job.of)


@dataclass(frozen=True, eq=False, kw_only=True)
class Job(job.Job):
    """Everything that the shots of a run share."""

    lattice: Lattice | None
    label: ClassVar[str] = "shots migrated"
    stages: ClassVar[tuple[str, ...]] = (DIRECT,)

    @classmethod
    def of(cls, case: Case, context: RunContext) -> Job:
        """Divide the ranks into groups; collective."""
        shared = job.shared(case, context, survey_of(case), kept_of(case), math.inf)
        lattice = gather_choice.lattice_of(case, shared["modelling"].grid)
        return cls(**shared, lattice=lattice)

    def make(self, task: job.Task) -> job.Made | None:
        """Give a shot's image and illumination on rank 0 of the group."""
        modelling, p, shot = self.modelling, self.case.parameters, task.shot
        box = window(modelling.grid, shot, p["aperture_m"])

        def direct(speed: float) -> Traces | None:
            stage = self.restart(shot.id, task.own, DIRECT)
            survey, watch = self.survey, task.watch
            return model_shot(modelling, survey, shot, box, watch, stage, speed)

        steps = prepared(modelling, self.survey, p, shot, task.traces, direct)
        propagator = modelling.propagator(box)
        at_step = watched(propagator, task.watch, shot.id)
        image = self.imaging(propagator, box)
        source = SourceField(
            propagator,
            Series(
                propagator.points(shot.source_m[None, :], density=True),
                np.ascontiguousarray(modelling.source(self.survey).T, np.float32),
            ),
            self.every,
            image.extent,
            at_step,
        )
        data = received(propagator, shot.receivers_m, steps, density=True)
        self.correlate(task, image, source, ReceiverField(propagator, data, at_step))
        made = shot_partial(self.case, modelling.grid, propagator, image, box)
        return None if made is None else job.Made(made, {})

    def write(self, context: RunContext, total: Partial) -> None:
        """Write image and gathers from the sum of all shots, on rank 0."""
        grid = self.modelling.grid
        write_stack(self.case, context, grid, self.lattice, self.survey, total)

    def imaging(self, propagator: Propagator, box: Box) -> conditions.Imaging:
        """Make the empty image of a shot; collective over the group."""
        modelling, p = self.modelling, self.case.parameters
        here = propagator.placement.physical_box
        gathers = None
        if self.lattice is not None:
            terms = conditions.terms_of(p["condition"], modelling.grid.ndim)
            gathers = ImageGathers(
                self.lattice, box, in_grid(box, here), terms, modelling.comm
            )
        return conditions.Imaging(
            p["condition"],
            tuple(side.stop - side.start for side in here),
            modelling.grid.spacing_m,
            modelling.space_order,
            modelling.backend,
            receiver_illumination=p["receiver_illumination"],
            gathers=gathers,
        )
