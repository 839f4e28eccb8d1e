"""Shots whose source and receiver wavefields are correlated: what their runs share.

A driver makes a `Job` of its own: it says what a shot adds up (`make`), and what is
written of the sum of all shots (`write`). The rest is here: ranks divided into groups,
shots that are done already, checkpoints, the storage of wavefields, the sum by the
tree.
"""

from __future__ import annotations

import contextlib
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from mpi4py import MPI

from anticline.component import Case, RunContext
from anticline.errors import BadInput
from anticline_solvers.backends import cuda
from anticline_solvers.backends.free_memory import free_bytes
from anticline_solvers.formats.gathers import read_shot
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.formats.survey import Shot, Survey
from anticline_solvers.numerics.storage import Sweep
from anticline_solvers.seismic import capacity, checks
from anticline_solvers.seismic.imaging.correlation import Correlation, ShotSums
from anticline_solvers.seismic.imaging.keeping import FREE_MEMORY_SHARE, Keeping
from anticline_solvers.seismic.imaging.migration import (
    ReceiverField,
    SourceField,
    SourceRun,
)
from anticline_solvers.seismic.imaging.stack import Partial
from anticline_solvers.seismic.imaging.stacking import stack_shots
from anticline_solvers.seismic.modelling import Modelling
from anticline_solvers.seismic.physics import Propagator
from anticline_solvers.seismic.shots import identity, parts, run_lock
from anticline_solvers.seismic.shots.data import Traces
from anticline_solvers.seismic.shots.files import ShotFiles, write_partial
from anticline_solvers.seismic.shots.restart import Restart
from anticline_solvers.seismic.shots.schedule import (
    each_shot,
    group_of,
    ranks_for_a_shot,
)
from anticline_solvers.seismic.shots.watch import Watch


class Task(NamedTuple):
    """One shot to compute.

    traces : recorded, (n_receivers, n_samples) [Pa] on rank 0 of the group, None
    elsewhere. own : `identity.own`.
    """

    shot: Shot
    traces: Traces | None
    own: str
    watch: Watch
    restart: Restart


class Made(NamedTuple):
    """What a shot adds, on rank 0 of its group; facts : numbers kept beside it."""

    partial: Partial
    facts: dict[str, float]


@dataclass(frozen=True, eq=False, kw_only=True)
class Job(ABC):
    """Everything that the shots of a run share.

    every : time steps between imaging steps. kept : of the source wavefield.
    stages : names of parts of a shot with checkpoints of their own.
    """

    case: Case
    modelling: Modelling
    survey: Survey
    files: ShotFiles
    every: int
    kept: capacity.Kept
    keeping: Keeping
    tell: Callable[[str], None]
    told: set[str] = field(default_factory=set)
    label: ClassVar[str]
    stages: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def make(self, task: Task) -> Made | None:
        """Compute one shot; collective over the group."""

    @abstractmethod
    def write(self, context: RunContext, total: Partial) -> None:
        """Write the outputs from the sum of all shots, on rank 0."""

    @property
    def steps(self) -> int:
        """Time steps of a shot."""
        return self.modelling.time_steps(self.survey) + self.kept.beyond

    @property
    def n_imaging(self) -> int:
        """Imaging steps of a shot."""
        return math.ceil(self.steps / self.every)

    def describe(self, pending: int) -> str:
        """Say in a line what is about to run."""
        shots, modelling = len(self.survey.shots), self.modelling
        return (
            f"{parts.told(self.survey, self.case.parameters)}"
            f"{pending} of {shots} shots to do, {modelling.comm.size} rank(s) a shot, "
            f"{self.steps} time steps of "
            f"{1e3 * modelling.dt_s:.4g} ms, an image every {self.every}"
        )

    def pending(self) -> list[int]:
        """Shots that are not done yet; reads the traces of those that may be."""

        def own(shot_id: int) -> str:
            traces = read_shot(self.case.inputs["gathers"], shot_id)
            return identity.own(self.survey.shot(shot_id), traces)

        return self.files.pending(self.survey.shot_ids, own)

    def compute(self, shot_id: int, watch: Watch) -> None:
        """Compute one shot and write its file; collective over the group."""
        comm, shot, traces = self.modelling.comm, self.survey.shot(shot_id), None
        if comm.rank == 0:
            traces = read_shot(self.case.inputs["gathers"], shot_id)
        own = comm.bcast(identity.own(shot, traces) if comm.rank == 0 else None)
        restart = self.restart(shot_id, own)
        made = self.make(Task(shot, traces, own, watch, restart))
        if made is not None:
            origin = self.files.origin(own)
            write_partial(self.files.path(shot_id), made.partial, origin, made.facts)
            restart.remove()
            for stage in self.stages:
                self.restart(shot_id, own, stage).remove()

    def restart(self, shot_id: int, own: str, stage: str = "") -> Restart:
        """Give the checkpoints of a shot, or of a stage of it."""
        checkpoints = self.files.checkpoints(shot_id, own, stage)
        label = f"shot {shot_id}{stage and ', '}{stage}"
        return Restart(checkpoints, self.modelling.comm, label, self.tell)

    def correlate(
        self, task: Task, sums: ShotSums, source: SourceField, receiver: ReceiverField
    ) -> None:
        """Bring both wavefields together, from the newest checkpoint on; collective."""
        work = Correlation(sums, source, receiver, self.every, self.n_imaging)
        work.resume(task.restart)
        with task.watch.saving(lambda: task.restart.write(work)):
            work.run(partial(self.sweep, source.propagator))

    def sweep(self, propagator: Propagator, n_imaging: int, run: SourceRun) -> Sweep:
        """Make the sweep over a part of the source field; collective.

        Raises BadInput where memory is too small.
        """
        keeping, comm = self.keeping, self.modelling.comm
        try:
            choice, sizes = keeping.choose(
                propagator, self.kept.extent, self.every, n_imaging
            )
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
        keeping = self.keeping
        sizes = capacity.storage_sizes(
            self.case,
            self.modelling.grid,
            self.survey,
            ranks,
            self.kept,
            keeping.budget_bytes,
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


def shared(
    case: Case,
    context: RunContext,
    survey: Survey,
    kept: capacity.Kept,
    most: float,
) -> dict[str, Any]:
    """Give the fields of `Job`, the ranks divided into groups; collective.

    kept : of the source wavefield. most : its bytes on a rank where a case names no
    budget.
    """
    p, comm = case.parameters, context.comm
    digits = comm.bcast(identity.common(case, survey) if comm.rank == 0 else None)
    ranks = ranks_for_a_shot(
        p["ranks_per_shot"], survey.ndim, len(survey.shots), comm.size
    )
    modelling = Modelling.of(case.inputs["model"], p, comm, group_of(comm, ranks))
    folder = context.folder / "shots"
    budget = memory_budget(p["memory_budget"], comm, modelling.backend, most)
    return {
        "case": case,
        "modelling": modelling,
        "survey": survey,
        "files": ShotFiles(folder, digits),
        "every": kept.every(p, survey.maximum_frequency_hz, modelling.dt_s),
        "kept": kept,
        "keeping": Keeping.of(p, folder, kept.tolerance, budget),
        "tell": context.tell,
    }


def memory_budget(
    asked: float | None,
    comm: MPI.Comm,
    backend: str = "cpu",
    most: float = math.inf,
) -> float:
    """Give the bytes of a rank for the forward wavefield; collective.

    They are a share of the node's free memory, at most ``most``, or of its device's.
    """
    node = comm.Split_type(MPI.COMM_TYPE_SHARED)
    if backend == "cuda":
        device = cuda.device()
        free, sharers = node.bcast(device.free_bytes()), device.sharers(node.size)
        most = math.inf
    else:
        free, sharers = node.bcast(free_bytes()), node.size
    node.Free()
    return min(most, FREE_MEMORY_SHARE * free / sharers) if asked is None else asked


def run(
    case: Case,
    context: RunContext,
    outputs: list[str],
    job_of: Callable[[Case, RunContext], Job],
) -> None:
    """Compute every shot that is not done yet, then write the sum of all."""
    with run_lock.held(context.comm, context.folder / "shots"):
        _run(case, context, [case.outputs[name] for name in outputs], job_of)


def _run(
    case: Case,
    context: RunContext,
    outputs: list[Path],
    job_of: Callable[[Case, RunContext], Job],
) -> None:
    comm = context.comm
    if comm.bcast(comm.rank == 0 and _all_finished(outputs, context.fingerprint)):
        context.log(f"{outputs[0]} is there, made by this case; nothing to do")
        return
    job = job_of(case, context)
    pending = comm.bcast(job.pending() if comm.rank == 0 else None)
    if comm.rank == 0:
        for line in job.opening(len(pending), comm.size):
            context.log(line)
    job.told.update(comm.bcast(job.told))
    interval_s = case.parameters["checkpoint_interval_s"]
    each_shot(context, job.modelling.comm, pending, job.compute, job.label, interval_s)
    total = stack_shots(comm, job.files, job.survey.shot_ids)
    if total is not None:
        job.write(context, total)
        if case.parameters["keep_shots"]:
            job.files.tidy()
        else:
            job.files.remove()
    comm.Barrier()


def _all_finished(outputs: list[Path], fingerprint: str) -> bool:
    there = [finished(output, fingerprint) for output in outputs]
    return all(there)
