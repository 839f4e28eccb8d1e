"""Component seismic.rtm: migrate gathers by reverse time migration.

For each shot the wavelet is propagated forward through the migration model and the
gather backward from its receivers; `seismic.imaging` correlates the two wavefields
and `seismic.stack` sums the shots. docs/reference/rtm.md says what each parameter
does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mpi4py import MPI

from anticline.component import Case, RunContext
from anticline.errors import BadInput, Finding
from anticline_solvers.backends.free_memory import free_bytes
from anticline_solvers.formats.gathers import GatherReader, read_shot, trace_faults
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.formats.model import read_field
from anticline_solvers.formats.survey import Shot, Survey
from anticline_solvers.numerics.dispersion import predisperse
from anticline_solvers.numerics.storage import StoragePlan
from anticline_solvers.seismic import (
    checks,
    gather_choice,
    preparation,
    run_lock,
    stack,
)
from anticline_solvers.seismic import imaging as conditions
from anticline_solvers.seismic.aperture import Box, in_grid, window
from anticline_solvers.seismic.forward import model_shot, watched
from anticline_solvers.seismic.image_gathers import ImageGathers, Lattice
from anticline_solvers.seismic.image_output import shot_partial, write_stack
from anticline_solvers.seismic.migration import (
    ReceiverField,
    Series,
    SourceField,
    correlate_fields,
    plan_of,
)
from anticline_solvers.seismic.modelling import Modelling
from anticline_solvers.seismic.physics import Propagator
from anticline_solvers.seismic.shot_files import (
    ShotFiles,
    read_partial,
    write_partial,
)
from anticline_solvers.seismic.shots import (
    Watch,
    each_shot,
    group_of,
    ranks_for_a_shot,
)
from anticline_solvers.seismic.stack import Branch, Partial

FREE_MEMORY_SHARE = 0.5


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
    if survey is not None and not checks.recorded(survey):
        findings += checks.imaging(case, survey, comm_size)
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
    return found or gather_choice.memory(case, grid, survey, comm_size)


def survey_of(case: Case) -> Survey:
    """Read the survey of the gathers; BadInput where traces do not fit it."""
    with GatherReader(case.inputs["gathers"]) as reader:
        return reader.survey


def run(case: Case, context: RunContext) -> None:
    """Migrate every shot that is not done yet, then stack."""
    with run_lock.held(context.comm, context.folder / "shots"):
        _migrate_all(case, context)


def _migrate_all(case: Case, context: RunContext) -> None:
    outputs, comm = [case.outputs[name] for name in outputs_of(case)], context.comm
    if comm.bcast(comm.rank == 0 and _all_finished(outputs, context.fingerprint)):
        context.log(f"{outputs[0]} is there, made by this case; nothing to do")
        return
    job = Job.of(case, context)
    shot_ids = job.survey.shot_ids
    pending = comm.bcast(job.files.pending(shot_ids) if comm.rank == 0 else None)
    context.log(job.describe(len(pending)))
    each_shot(context, job.modelling.comm, pending, job.compute, "shots migrated")
    total = stack_shots(comm, job.files, shot_ids)
    if total is not None:
        grid, lattice = job.modelling.grid, job.lattice
        write_stack(case, context, grid, lattice, shot_ids, total)
        job.files.remove()
    comm.Barrier()


def _all_finished(outputs: list[Path], fingerprint: str) -> bool:
    there = [finished(output, fingerprint) for output in outputs]
    return all(there)


@dataclass(frozen=True, eq=False)
class Job:
    """Everything that the shots of a run share."""

    case: Case
    modelling: Modelling
    survey: Survey
    files: ShotFiles
    every: int
    budget_bytes: float
    lattice: Lattice | None = None

    @classmethod
    def of(cls, case: Case, context: RunContext) -> Job:
        """Divide the ranks into groups; collective."""
        p, comm, survey = case.parameters, context.comm, survey_of(case)
        ranks = ranks_for_a_shot(
            p["ranks_per_shot"], survey.ndim, len(survey.shots), comm.size
        )
        group = group_of(comm, ranks)
        modelling = Modelling.of(case.inputs["model"], p, comm, group)
        return cls(
            case,
            modelling,
            survey,
            ShotFiles(context.folder / "shots", context.fingerprint),
            conditions.steps_per_image(imaging_interval_s(p, survey), modelling.dt_s),
            memory_budget(p["memory_budget"], comm),
            gather_choice.lattice_of(case, modelling.grid),
        )

    @property
    def n_imaging(self) -> int:
        """Imaging steps of a shot."""
        return math.ceil(self.modelling.time_steps(self.survey) / self.every)

    def describe(self, pending: int) -> str:
        """Say in a line what is about to run."""
        shots, modelling = len(self.survey.shots), self.modelling
        return (
            f"{pending} of {shots} shots to do, {modelling.comm.size} rank(s) a shot, "
            f"{modelling.time_steps(self.survey)} time steps of "
            f"{1e3 * modelling.dt_s:.4g} ms, an image every {self.every}"
        )

    def compute(self, shot_id: int, watch: Watch) -> None:
        """Migrate one shot and write its file; collective over the group."""
        partial = self.migrate(self.survey.shot(shot_id), watch)
        if partial is not None:
            write_partial(self.files.path(shot_id), partial, self.files.fingerprint)

    def migrate(self, shot: Shot, watch: Watch) -> Partial | None:
        """Give a shot's image and illumination on rank 0 of the group."""
        modelling, p = self.modelling, self.case.parameters
        box = window(modelling.grid, shot, p["aperture_m"])
        data = self.data(shot, box, watch)
        propagator = modelling.propagator(box)
        at_step = watched(propagator, watch, shot.id)
        image = self.imaging(propagator, box)
        source = SourceField(
            propagator,
            Series(
                propagator.points(shot.source_m[None, :], density=True),
                np.ascontiguousarray(modelling.source(self.survey).T, np.float32),
            ),
            self.every,
            image.halo,
            at_step,
        )
        receiver = ReceiverField(
            propagator,
            Series(propagator.points(shot.receivers_m, density=True), data),
            at_step,
        )
        plan = self.plan(propagator, image.halo)
        correlate_fields(image, source, receiver, self.every, plan)
        return shot_partial(self.case, modelling.grid, propagator, image, box)

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
            receiver_illumination=p["receiver_illumination"],
            gathers=gathers,
        )

    def plan(self, propagator: Propagator, halo: int) -> StoragePlan:
        """Plan the source wavefield's storage; BadInput where memory is too small."""
        comm = self.modelling.comm
        try:
            return plan_of(propagator, halo, self.n_imaging, self.budget_bytes, comm)
        except ValueError as error:
            finding = self.case.finding("parameters.memory_budget", str(error))
            raise BadInput(finding) from error

    def data(self, shot: Shot, box: Box, watch: Watch) -> NDArray[np.float32]:
        """Prepare a gather for injection: float32 (time steps, receivers), on all."""
        modelling, survey, p = self.modelling, self.survey, self.case.parameters
        speed = p["surface_velocity_m_s"] or velocity_at(modelling, shot)
        direct = None
        if p["direct_wave"] == "subtract":
            direct = model_shot(modelling, survey, shot, box, watch, speed)
        prepared = None
        if modelling.comm.rank == 0:
            traces = read_shot(self.case.inputs["gathers"], shot.id).astype(np.float64)
            if direct is not None:
                traces -= direct
            if p["direct_wave"] == "mute":
                traces = preparation.mute_direct_wave(traces, shot, survey, speed)
            traces = preparation.receiver_filter(
                preparation.fade_out(traces, survey),
                survey.sample_interval_s,
                p["condition"],
                survey.peak_frequency_hz,
            )
            steps = predisperse(
                traces,
                survey.sample_interval_s,
                modelling.dt_s,
                modelling.time_steps(survey),
            )
            prepared = np.ascontiguousarray(steps.T, np.float32)
        return shared(modelling.comm, prepared)


def imaging_interval_s(parameters: Any, survey: Survey) -> float:
    """Give the case's imaging interval, or the longest that the band allows [s]."""
    asked = parameters["imaging_interval_s"]
    longest = conditions.longest_interval_s(survey.maximum_frequency_hz)
    return longest if asked is None else float(asked)


def memory_budget(asked: float | None, comm: MPI.Comm) -> float:
    """Give the bytes of a rank for the forward wavefield; collective."""
    node = comm.Split_type(MPI.COMM_TYPE_SHARED)
    free = node.bcast(free_bytes())
    share = FREE_MEMORY_SHARE * free / node.size
    node.Free()
    return share if asked is None else asked


def velocity_at(modelling: Modelling, shot: Shot) -> float:
    """Velocity of the model's cell nearest to a source [m/s]."""
    cell = np.rint(modelling.grid.to_cells(shot.source_m)[0]).astype(int)
    box = tuple(slice(int(i), int(i) + 1) for i in cell)
    return float(read_field(modelling.model, "vp", box).item())


def shared(comm: MPI.Comm, array: NDArray[np.float32] | None) -> NDArray[np.float32]:
    """Give rank 0's array to every rank of the group."""
    shape = comm.bcast(None if array is None else array.shape)
    mine = np.empty(shape, np.float32) if array is None else array
    comm.Bcast(mine)
    return mine


def stack_shots(
    comm: MPI.Comm, files: ShotFiles, shot_ids: tuple[int, ...]
) -> Partial | None:
    """Sum the shots by the tree: branches on all ranks, its top on rank 0."""

    def load(shot_id: int) -> Partial:
        return read_partial(files.path(shot_id))

    def known(branch: Branch) -> Partial | None:
        path = files.node(branch)
        return read_partial(path) if finished(path, files.fingerprint) else None

    for branch in stack.branches(shot_ids, comm.size)[comm.rank :: comm.size]:
        if len(branch) > 1 and known(branch) is None:
            partial = stack.total(branch, load)
            write_partial(files.node(branch), partial, files.fingerprint)
    comm.Barrier()
    return stack.total(shot_ids, load, known) if comm.rank == 0 else None
