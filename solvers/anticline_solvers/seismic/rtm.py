"""Component seismic.rtm: migrate gathers by reverse time migration.

For each shot the wavelet is propagated forward through the migration model and the
gather backward from its receivers; `imaging.conditions` correlates the two wavefields
and `imaging.stack` sums the shots. docs/reference/rtm.md says what each parameter
does.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from mpi4py import MPI

from anticline.component import Case, RunContext
from anticline.errors import BadInput, Finding
from anticline_solvers.backends import cuda
from anticline_solvers.backends.free_memory import free_bytes
from anticline_solvers.formats.gathers import GatherReader, read_shot, trace_faults
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.formats.survey import Shot, Survey
from anticline_solvers.numerics.storage import Sweep
from anticline_solvers.seismic import capacity, checks
from anticline_solvers.seismic.acquisition.aperture import Box, in_grid, window
from anticline_solvers.seismic.forward import model_shot, watched
from anticline_solvers.seismic.imaging import conditions, gather_choice
from anticline_solvers.seismic.imaging.correlation import Correlation
from anticline_solvers.seismic.imaging.extent import Extent
from anticline_solvers.seismic.imaging.image_gathers import ImageGathers, Lattice
from anticline_solvers.seismic.imaging.image_output import shot_partial, write_stack
from anticline_solvers.seismic.imaging.keeping import FREE_MEMORY_SHARE, Keeping
from anticline_solvers.seismic.imaging.migration import (
    ReceiverField,
    Series,
    SourceField,
    SourceRun,
)
from anticline_solvers.seismic.imaging.stack import Partial
from anticline_solvers.seismic.imaging.stacking import stack_shots
from anticline_solvers.seismic.modelling import Modelling
from anticline_solvers.seismic.physics import Propagator
from anticline_solvers.seismic.shots import identity, parts, run_lock
from anticline_solvers.seismic.shots.data import Traces, prepared, received
from anticline_solvers.seismic.shots.files import ShotFiles, write_partial
from anticline_solvers.seismic.shots.restart import Restart
from anticline_solvers.seismic.shots.schedule import (
    each_shot,
    group_of,
    ranks_for_a_shot,
)
from anticline_solvers.seismic.shots.watch import Watch

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
    if found:
        return found
    found = gather_choice.space(case, grid, survey)
    return found + gather_choice.memory(case, grid, survey, comm_size)


def survey_of(case: Case) -> Survey:
    """Read the part of the gathers' survey that the case does.

    Raises BadInput where traces do not fit it.
    """
    with GatherReader(case.inputs["gathers"]) as reader:
        return parts.of(reader.survey, case.parameters)


def run(case: Case, context: RunContext) -> None:
    """Migrate every shot of its part that is not done yet, then stack."""
    with run_lock.held(context.comm, context.folder / "shots"):
        _migrate_all(case, context)


def _migrate_all(case: Case, context: RunContext) -> None:
    outputs, comm = [case.outputs[name] for name in outputs_of(case)], context.comm
    if comm.bcast(comm.rank == 0 and _all_finished(outputs, context.fingerprint)):
        context.log(f"{outputs[0]} is there, made by this case; nothing to do")
        return
    job = Job.of(case, context)
    pending = comm.bcast(job.pending() if comm.rank == 0 else None)
    if comm.rank == 0:
        for line in job.opening(len(pending), comm.size):
            context.log(line)
    job.told.update(comm.bcast(job.told))
    interval_s = case.parameters["checkpoint_interval_s"]
    group, label = job.modelling.comm, "shots migrated"
    each_shot(context, group, pending, job.compute, label, interval_s)
    total = stack_shots(comm, job.files, job.survey.shot_ids)
    if total is not None:
        grid, lattice = job.modelling.grid, job.lattice
        write_stack(case, context, grid, lattice, job.survey, total)
        if case.parameters["keep_shots"]:
            job.files.tidy()
        else:
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
    keeping: Keeping
    tell: Callable[[str], None]
    lattice: Lattice | None = None
    told: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, case: Case, context: RunContext) -> Job:
        """Divide the ranks into groups; collective."""
        p, comm, survey = case.parameters, context.comm, survey_of(case)
        interval_s = conditions.interval_s(p, survey.maximum_frequency_hz)
        shared = comm.bcast(identity.common(case, survey) if comm.rank == 0 else None)
        ranks = ranks_for_a_shot(
            p["ranks_per_shot"], survey.ndim, len(survey.shots), comm.size
        )
        group = group_of(comm, ranks)
        modelling = Modelling.of(case.inputs["model"], p, comm, group)
        return cls(
            case,
            modelling,
            survey,
            ShotFiles(context.folder / "shots", shared),
            conditions.steps_per_image(interval_s, modelling.dt_s),
            Keeping.of(
                p,
                context.folder / "shots",
                memory_budget(p["memory_budget"], comm, modelling.backend),
            ),
            context.tell,
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
            f"{parts.told(self.survey, self.case.parameters)}"
            f"{pending} of {shots} shots to do, {modelling.comm.size} rank(s) a shot, "
            f"{modelling.time_steps(self.survey)} time steps of "
            f"{1e3 * modelling.dt_s:.4g} ms, an image every {self.every}"
        )

    def pending(self) -> list[int]:
        """Shots that are not done yet; reads the traces of those that may be."""

        def own(shot_id: int) -> str:
            traces = read_shot(self.case.inputs["gathers"], shot_id)
            return identity.own(self.survey.shot(shot_id), traces)

        return self.files.pending(self.survey.shot_ids, own)

    def compute(self, shot_id: int, watch: Watch) -> None:
        """Migrate one shot and write its file; collective over the group."""
        comm, shot, traces = self.modelling.comm, self.survey.shot(shot_id), None
        if comm.rank == 0:
            traces = read_shot(self.case.inputs["gathers"], shot_id)
        own = comm.bcast(identity.own(shot, traces) if comm.rank == 0 else None)
        restart = self.restart(shot_id, own)
        made = self.migrate(shot, traces, watch, restart, own)
        if made is not None:
            path, origin = self.files.path(shot_id), self.files.origin(own)
            write_partial(path, made, origin)
            restart.remove()
            self.restart(shot_id, own, DIRECT).remove()

    def restart(self, shot_id: int, own: str, stage: str = "") -> Restart:
        """Give the checkpoints of a shot, or of a stage of it."""
        checkpoints = self.files.checkpoints(shot_id, own, stage)
        label = f"shot {shot_id}{stage and ', '}{stage}"
        return Restart(checkpoints, self.modelling.comm, label, self.tell)

    def migrate(
        self,
        shot: Shot,
        traces: Traces | None,
        watch: Watch,
        restart: Restart,
        own: str,
    ) -> Partial | None:
        """Give a shot's image and illumination on rank 0 of the group.

        traces : of the shot, (n_receivers, n_samples) [Pa] on rank 0 of the group.
        """
        modelling, p = self.modelling, self.case.parameters
        box = window(modelling.grid, shot, p["aperture_m"])

        def direct(speed: float) -> Traces | None:
            stage = self.restart(shot.id, own, DIRECT)
            return model_shot(modelling, self.survey, shot, box, watch, stage, speed)

        steps = prepared(modelling, self.survey, p, shot, traces, direct)
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
            image.extent,
            at_step,
        )
        data = received(propagator, shot.receivers_m, steps)
        receiver = ReceiverField(propagator, data, at_step)
        work = Correlation(image, source, receiver, self.every, self.n_imaging)
        work.resume(restart)
        with watch.saving(lambda: restart.write(work)):
            work.run(partial(self.sweep, propagator, image.extent))
        return shot_partial(self.case, modelling.grid, propagator, image, box)

    def sweep(
        self, propagator: Propagator, extent: Extent, n_imaging: int, run: SourceRun
    ) -> Sweep:
        """Make the sweep over a part of the source field; collective.

        Raises BadInput where memory is too small.
        """
        keeping, comm = self.keeping, self.modelling.comm
        try:
            choice, sizes = keeping.choose(propagator, extent, self.every, n_imaging)
        except ValueError as error:
            finding = self.case.finding("parameters.memory_budget", str(error))
            raise BadInput(finding) from error
        if comm.rank == 0:
            self.tell_once(choice.policy, choice.describe(sizes, keeping.policy))
        return keeping.sweep(choice, sizes, run, comm)

    def opening(self, pending: int, ranks: int) -> Iterator[str]:
        """Say what is about to run, what is doubtful, how wavefields will be kept."""
        yield self.describe(pending)
        if not pending:
            return
        if doubt := checks.surface_warning(self.case):
            yield doubt
        grid, keeping = self.modelling.grid, self.keeping
        sizes = capacity.storage_sizes(
            self.case, grid, self.survey, ranks, keeping.budget_bytes
        )
        with contextlib.suppress(ValueError):  # the sweep says what is wrong
            if sizes is not None:
                choice = keeping.chosen(sizes, self.modelling.backend)
                self.told.add(choice.policy)
                yield choice.describe(sizes, keeping.policy)

    def tell_once(self, policy: str, text: str) -> None:
        """Show a line unless there was one about the same policy before."""
        if policy not in self.told:
            self.told.add(policy)
            self.tell(text)

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


def memory_budget(asked: float | None, comm: MPI.Comm, backend: str = "cpu") -> float:
    """Give the bytes of a rank for the forward wavefield; collective.

    They are a share of the node's free memory, or of its device's.
    """
    node = comm.Split_type(MPI.COMM_TYPE_SHARED)
    if backend == "cuda":
        device = cuda.device()
        free, sharers = node.bcast(device.free_bytes()), device.sharers(node.size)
    else:
        free, sharers = node.bcast(free_bytes()), node.size
    node.Free()
    return FREE_MEMORY_SHARE * free / sharers if asked is None else asked
