"""The shots of a gradient: each from its observed traces to its part of the sum."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from anticline.component import Case, RunContext
from anticline_solvers.domain.layout import Array
from anticline_solvers.domain.placed import Placed
from anticline_solvers.formats.gathers import write_shot
from anticline_solvers.formats.gradient import Measured
from anticline_solvers.formats.model import read_field
from anticline_solvers.formats.survey import Shot
from anticline_solvers.numerics.dispersion import EDGE_STEPS
from anticline_solvers.seismic.acquisition.aperture import Box, window
from anticline_solvers.seismic.acquisition.recording import Traces
from anticline_solvers.seismic.capacity import Kept
from anticline_solvers.seismic.forward import Listen, insist_finite, watched
from anticline_solvers.seismic.gradient import output, records, shots
from anticline_solvers.seismic.gradient.adjoint_source import AdjointSource, Outcome
from anticline_solvers.seismic.gradient.aliasing import PER_PERIOD, ramp
from anticline_solvers.seismic.gradient.finishing import finished
from anticline_solvers.seismic.gradient.sums import GradientSums
from anticline_solvers.seismic.imaging import job
from anticline_solvers.seismic.imaging.extent import OWNED
from anticline_solvers.seismic.imaging.keeping import GRADIENT_OVER_CODEC
from anticline_solvers.seismic.imaging.migration import (
    ReceiverField,
    Series,
    SourceField,
)
from anticline_solvers.seismic.imaging.stack import Partial
from anticline_solvers.seismic.misfits import objective
from anticline_solvers.seismic.misfits.objective import Objective

MISFIT = "misfit"
MOST_BYTES = {2: 160e6, 3: math.inf}
"""For the source wavefield of a rank where a case names no budget, by axes."""


def kept_of(case: Case) -> Kept:
    """Give what a case keeps of its source wavefield: the layers' cells too."""
    tolerance = float(case.parameters["storage_tolerance"]) / GRADIENT_OVER_CODEC
    return Kept(OWNED, tolerance, EDGE_STEPS, PER_PERIOD)


@dataclass(frozen=True, eq=False, kw_only=True)
class Job(job.Job):
    """Everything that the shots of a run share.

    numbers : `iteration` and `evaluation` of the model, where it has them.
    """

    numbers: dict[str, int]
    label: ClassVar[str] = "shots done"

    @classmethod
    def of(cls, case: Case, context: RunContext) -> Job:
        """Divide the ranks into groups; collective."""
        survey, numbers = shots.survey_of(case)
        most = MOST_BYTES[survey.ndim]
        shared = job.shared(case, context, survey, kept_of(case), most)
        return cls(**shared, numbers=numbers)

    @property
    def wishes(self) -> Mapping[str, Any]:
        """What the case asks for."""
        return self.case.parameters

    def make(self, task: job.Task) -> job.Made | None:
        """Give a shot's gradient, illumination and misfit on rank 0 of the group."""
        modelling, shot, p = self.modelling, task.shot, self.case.parameters
        box = window(modelling.grid, shot, p["aperture_m"])
        propagator = modelling.propagator(box)
        at_step = watched(propagator, task.watch, shot.id)
        points = propagator.points(shot.receivers_m)
        traces = self.listen(box)(propagator, points, self.steps)
        wavelet = modelling.source(self.survey, EDGE_STEPS).T
        sources = propagator.points(shot.source_m[None, :], density=True)
        source = SourceField(
            propagator,
            Series(sources, np.ascontiguousarray(wavelet, propagator.dtype)),
            self.every,
            OWNED,
            at_step,
            traces,
        )
        aim = self.objective(shot, task.traces)
        top_hz = self.survey.maximum_frequency_hz
        band = ramp(self.every, modelling.dt_s, top_hz)
        adjoint = AdjointSource(propagator, traces, self.survey, shot, aim, band)
        receiver = ReceiverField(propagator, adjoint, at_step, self.steps)
        sums = GradientSums(propagator)
        self.correlate(task, sums, source, receiver)
        return self._made(task, box, sums, adjoint)

    def listen(self, box: Box) -> Listen:
        """Give what makes the ears of a shot on a window."""
        return Traces

    def objective(self, shot: Shot, recorded: Array | None) -> Objective | None:
        """Make what a shot's predicted traces are held to, on rank 0 of the group.

        Raises BadInput where traces are faulty and the case refuses such.
        """
        if recorded is None:
            return None
        weights = shots.weights_of(self.case).get(shot.id)
        return objective.of(self.wishes, shot, self.survey, recorded, weights)

    def _made(
        self, task: job.Task, box: Box, sums: GradientSums, adjoint: AdjointSource
    ) -> job.Made | None:
        """Finish a shot's sums; collective over the group."""
        modelling, outcome = self.modelling, adjoint.outcome
        velocity, factor = np.ones(0, np.float32), 1.0
        if outcome is not None:
            velocity, factor = read_field(modelling.model, "vp", box), outcome.factor
        fields = finished(
            adjoint.propagator.placement,
            sums,
            velocity,
            modelling.dt_s,
            factor,
            self.every,
            self.wishes["parameter"],
        )
        if fields is None or outcome is None:
            return None
        for name, values in fields.items():
            insist_finite(values, f"shot {task.shot.id}: the {name}")
        self._record(task, outcome)
        first = tuple(side.start for side in box)
        partial = Partial({k: Placed(first, field) for k, field in fields.items()})
        return job.Made(partial, {MISFIT: outcome.misfit})

    def _record(self, task: job.Task, outcome: Outcome) -> None:
        """Keep a shot's traces beside its file, where an output asks for them."""
        ports = records.asked(self.case)
        aim = self.objective(task.shot, task.traces) if ports else None
        if aim is None:
            return
        for port in ports:
            traces = records.TRACES[port](aim, outcome.predicted)
            path = records.path_of(self.files, task.shot.id, port)
            origin = self.files.origin(task.own)
            write_shot(path, self.survey, task.shot.id, traces, origin)

    def write(self, context: RunContext, total: Partial) -> None:
        """Write the gradient, and the traces that outputs ask for, on rank 0."""
        misfits = {s: self.files.fact(s, MISFIT) for s in self.survey.shot_ids}
        measured = Measured(
            self.wishes["parameter"],
            self.wishes["misfit"],
            misfits,
            self.numbers,
        )
        grid = self.modelling.grid
        output.write_shots(self.case, context, grid, self.survey, total, measured)
        for port in records.asked(self.case):
            records.join(self.case, context, self.files, self.survey, port)
        context.log(f"misfit {measured.misfit:.9g} of {len(misfits)} shots")
