"""Component seismic.forward: model the gathers of a survey.

For each shot, its wavelet f acts at x_s on

    1/v^2 p_tt - laplace p = f(t) delta(x - x_s)

and p is read at the receivers. docs/reference/forward.md says what each parameter
does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anticline.component import Case, RunContext
from anticline.errors import Diverged, Finding
from anticline_solvers.domain.points import Points
from anticline_solvers.formats.checkpoint import Reader
from anticline_solvers.formats.gathers import combine, write_shot
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.formats.survey import Shot, Survey, read_survey
from anticline_solvers.numerics.dispersion import EDGE_STEPS, correct
from anticline_solvers.seismic import checks
from anticline_solvers.seismic.acquisition.aperture import Box, window
from anticline_solvers.seismic.acquisition.recording import (
    Listening,
    Recording,
    Traces,
)
from anticline_solvers.seismic.modelling import Modelling
from anticline_solvers.seismic.physics import Propagator
from anticline_solvers.seismic.shots import identity, parts, run_lock
from anticline_solvers.seismic.shots.files import ShotFiles
from anticline_solvers.seismic.shots.restart import Restart
from anticline_solvers.seismic.shots.schedule import (
    each_shot,
    group_of,
    ranks_for_a_shot,
)
from anticline_solvers.seismic.shots.watch import Watch

STEPS_PER_SANITY = 100

Listen = Callable[[Propagator, Points, int], Listening]
"""listen(propagator, receivers, time steps) -> what hears the waves."""


def check(case: Case, comm_size: int) -> list[Finding]:
    """Say everything that keeps the case from running."""
    if checks.is_finished(case, "gathers"):
        return []
    survey, findings = checks.survey_of(case)
    findings += checks.output(case, "gathers")
    findings += checks.modelling(case, survey, comm_size)
    if survey is not None:
        findings += checks.kept_shots(case, survey)
    if survey is not None and not checks.recorded(survey):
        findings += checks.gathering(case, survey, comm_size)
    return findings


def run(case: Case, context: RunContext) -> None:
    """Model every shot of its part that is not done yet, then write the gathers."""
    run_shots(case, context, Job)


def run_shots(case: Case, context: RunContext, kind: type[Job]) -> None:
    """Run a kind of job under the lock of its folder; collective."""
    with run_lock.held(context.comm, context.folder / "shots"):
        _model_all(case, context, kind)


def _model_all(case: Case, context: RunContext, kind: type[Job]) -> None:
    output, comm = case.outputs["gathers"], context.comm
    if comm.bcast(comm.rank == 0 and finished(output, context.fingerprint)):
        context.log(f"{output} is there, made by this case; nothing to do")
        return
    job = kind.of(case, context)
    survey, files = job.survey, job.files
    pending = comm.bcast(job.pending() if comm.rank == 0 else None)
    context.log(job.describe(len(pending)))
    interval_s = case.parameters["checkpoint_interval_s"]
    group, label = job.modelling.comm, "shots modelled"
    each_shot(context, group, pending, job.compute, label, interval_s)
    if comm.rank == 0:
        done = [files.path(shot_id) for shot_id in survey.shot_ids]
        combine(done, output, survey, context.provenance, context.fingerprint)
        if case.parameters["keep_shots"]:
            files.tidy()
        else:
            files.remove()
    comm.Barrier()


@dataclass(frozen=True, eq=False)
class Job:
    """Everything that the shots of a run share."""

    case: Case
    modelling: Modelling
    survey: Survey
    files: ShotFiles
    tell: Callable[[str], None]
    which: str = ""

    @classmethod
    def of(cls, case: Case, context: RunContext) -> Job:
        """Divide the ranks into groups; collective."""
        p, comm = case.parameters, context.comm
        survey = parts.of(read_survey(case.inputs["survey"]), p)
        shared = comm.bcast(identity.common(case, survey) if comm.rank == 0 else None)
        ranks = ranks_for_a_shot(
            p["ranks_per_shot"], survey.ndim, len(survey.shots), comm.size
        )
        group = group_of(comm, ranks)
        modelling = Modelling.of(case.inputs["model"], p, comm, group)
        files = ShotFiles(context.folder / "shots", shared)
        which = parts.told(survey, p)
        return cls(case, modelling, survey, files, context.tell, which)

    def listen(self, box: Box) -> Listen:
        """Give what makes the ears of a shot on a window."""
        return Traces

    def pending(self) -> list[int]:
        """Shots that are not done yet."""
        survey = self.survey
        return self.files.pending(
            survey.shot_ids, lambda shot_id: identity.own(survey.shot(shot_id))
        )

    def describe(self, pending: int) -> str:
        """Say in a line what is about to run."""
        modelling, shots = self.modelling, len(self.survey.shots)
        return (
            f"{self.which}{pending} of {shots} shots to do, "
            f"{modelling.comm.size} rank(s) a shot, "
            f"{modelling.time_steps(self.survey)} time steps of "
            f"{1e3 * modelling.dt_s:.4g} ms"
        )

    def compute(self, shot_id: int, watch: Watch) -> None:
        """Model one shot and write its file; collective over the group."""
        shot, comm = self.survey.shot(shot_id), self.modelling.comm
        own = identity.own(shot)
        box = window(self.modelling.grid, shot, self.case.parameters["aperture_m"])
        checkpoints = self.files.checkpoints(shot_id, own)
        restart = Restart(checkpoints, comm, f"shot {shot_id}", self.tell)
        traces = model_shot(
            self.modelling,
            self.survey,
            shot,
            box,
            watch,
            restart,
            listen=self.listen(box),
        )
        if traces is not None:
            path, origin = self.files.path(shot_id), self.files.origin(own)
            write_shot(path, self.survey, shot_id, traces, origin)
            restart.remove()


def model_shot(
    modelling: Modelling,
    survey: Survey,
    shot: Shot,
    box: Box,
    watch: Watch,
    restart: Restart,
    velocity_m_s: float | None = None,
    listen: Listen = Traces,
) -> NDArray[np.float32] | None:
    """Model one gather, from its newest checkpoint on; collective over the group.

    velocity_m_s : of a homogeneous medium, in the place of the model's.
    listen : makes what hears the waves.

    The loop runs EDGE_STEPS beyond the last sample, which the time correction needs.

    Returns float32 (n_receivers, n_samples) [Pa] on rank 0 of the group, None
    elsewhere. Raises Diverged where a sample is not finite.
    """
    propagator = modelling.propagator(box, velocity_m_s)
    sources = propagator.points(shot.source_m[None, :], density=True)
    wavelet = modelling.source(survey, EDGE_STEPS)
    receivers = propagator.points(shot.receivers_m)
    traces = listen(propagator, receivers, wavelet.shape[1])
    recording = Recording(propagator, sources, wavelet, traces)
    if found := restart.found():
        with Reader(found[0]) as reader:
            recording.restore(reader)
        restart.going_on(recording.place(), [])
    with watch.saving(lambda: restart.write(recording)):
        recording.finish(watched(propagator, watch, shot.id))
    whole = recording.traces()
    if whole is None:
        return None
    insist_finite(whole, f"shot {shot.id}: the gather")
    return np.asarray(
        correct(whole, modelling.dt_s, survey.sample_interval_s, survey.n_samples),
        np.float32,
    )


def watched(propagator: Any, watch: Watch, shot_id: int) -> Callable[[int, Any], None]:
    """Make an ``at_step`` that looks for a stop, and for a NaN now and then."""
    looked = -1

    def at_step(n: int, state: Any) -> None:
        nonlocal looked
        if n // STEPS_PER_SANITY != looked:
            looked = n // STEPS_PER_SANITY
            field = propagator.view(state)
            insist_finite(field, f"shot {shot_id}: the wavefield at time step {n}")
        watch.look()

    return at_step


def insist_finite(values: NDArray[np.floating[Any]], what: str) -> None:
    """Raise Diverged where a value is NaN or infinite."""
    if not np.isfinite(values).all():
        msg = f"{what} is not finite; look at the model's velocities and the time step"
        raise Diverged(msg)
