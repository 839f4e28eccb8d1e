"""The run: report step after report step, time step after time step.

All ranks call `simulate`, and all are told the same at each report step.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from mpi4py import MPI

from anticline_solvers.reservoir.description import Description, Floats, ReportStep
from anticline_solvers.reservoir.equations import PRESSURE
from anticline_solvers.reservoir.equilibrium import initial_state
from anticline_solvers.reservoir.nonlinear import Work, solve_step
from anticline_solvers.reservoir.settings import Settings
from anticline_solvers.reservoir.snapshot import Snapshot, snapshot_of, take_up
from anticline_solvers.reservoir.summary import curves, no_totals
from anticline_solvers.reservoir.system import System
from anticline_solvers.reservoir.timesteps import (
    Experience,
    after_failure,
    fitted,
    in_equal_parts,
    suggested,
)
from anticline_solvers.reservoir.wells.field import injectors


@dataclass(frozen=True)
class AtReport:
    """What is told at a report step, at the start (number 0) too.

    number : of the report step, from 1. time_s : since the start.
    curves : values by key, see `summary`. work : done so far.
    snapshot : a collective call; rank 0 is given the whole state, the others None.
    """

    number: int
    time_s: float
    curves: dict[str, float]
    work: Work
    snapshot: Callable[[], Snapshot | None]


Observe = Callable[[AtReport], None]


@dataclass(frozen=True)
class Report:
    """How a run went: its work, wall time of all [s], curves at report times."""

    work: Work
    wall_s: float
    times_s: list[float] = field(default_factory=list)
    curves: list[dict[str, float]] = field(default_factory=list)

    def curve(self, key: str) -> Floats:
        """Give a curve's values at all report times."""
        return np.array([values[key] for values in self.curves])


def simulate(
    description: Description,
    communicator: MPI.Comm,
    settings: Settings,
    observe: Observe | None = None,
    start: Snapshot | None = None,
) -> Report:
    """Run a schedule, from the start or from a snapshot that rank 0 (or all) has.

    Raises ArithmeticError where a time step cannot be solved, ValueError where the
    description makes no sense to the simulator.
    """
    began = time.perf_counter()
    run = Run(description, communicator, settings, observe)
    first = communicator.bcast(start)
    if first is None:
        run.tell(0)
    else:
        run.resume(first)
    done = 0 if first is None else first.report
    for number in range(done + 1, len(description.schedule) + 1):
        run.report_step(number, description.schedule[number - 1])
        run.tell(number)
    run.system.destroy()
    return Report(run.work, time.perf_counter() - began, run.times, run.told)


class Run:
    """A run as it goes: system, clock, totals of the wells, work done."""

    def __init__(
        self,
        description: Description,
        communicator: MPI.Comm,
        settings: Settings,
        observe: Observe | None,
    ) -> None:
        initial = initial_state(description)
        self.system = System(description, communicator, settings, initial)
        self.communicator = communicator
        self.settings = settings
        self.observe = observe
        self.names = self.system.wells.names
        self.totals = no_totals(len(self.names))
        self.wells = np.zeros((len(self.names), 5))
        self.injects = [False] * len(self.names)
        self.work = Work()
        self.time_s = 0.0
        self.next_s = settings.steps.first_s
        self.change = settings.steps.target_change
        self.times: list[float] = []
        self.told: list[dict[str, float]] = []

    def resume(self, snapshot: Snapshot) -> None:
        """Go on from a snapshot."""
        take_up(self, snapshot)

    def report_step(self, number: int, step: ReportStep) -> None:
        """Go to the end of a report step in as many time steps as it takes."""
        self.system.wells.open(step)
        self.injects = injectors(self.names, step)
        begin_s, end_s = self.time_s, self.time_s + step.length_s
        self.change = self.settings.steps.target_change
        parts = in_equal_parts(self.settings.steps.longest_s, step.length_s)
        if self.settings.steps.fixed:
            self.next_s = parts
        while end_s - self.time_s > 1e-9 * step.length_s:
            self._time_step(step, fitted(self.next_s, end_s - self.time_s))
            if self.settings.steps.fixed:
                self.next_s = min(self.next_s, parts)
        self.time_s = begin_s + step.length_s

    def _time_step(self, step: ReportStep, length_s: float) -> None:
        """Do one time step, shorter where it fails."""
        system, steps = self.system, self.settings.steps
        saved = system.save()
        limit = system.state.rs_limit.copy()
        wells = system.wells.state()
        while True:
            system.begin(length_s, step.drsdt, step.drsdt_everywhere)
            outcome = solve_step(system, length_s, self.settings.newton, self.work)
            if outcome.solved:
                break
            self.work.failed_steps += 1
            length_s = self.next_s = after_failure(steps, length_s)
            system.restore(saved)
            system.state.rs_limit[:] = limit
            system.wells.restore(wells)
            system.evaluate()
        self.work.time_steps += 1
        self._count(length_s)
        change, before = self._change(saved[0]), self.change
        went = Experience(length_s, outcome.iterations, change, before)
        self.change = change
        self.next_s = self._longer(suggested(steps, went), length_s)
        self.time_s += length_s

    def _change(self, before: Floats) -> float:
        """Give how far pressures went: squared, as a share of their own squares."""
        own = self.system.count
        now, then = self.system.state.x[:own, PRESSURE], before[:own, PRESSURE]
        sums = np.array([np.sum((now - then) ** 2), np.sum(now**2)])
        self.communicator.Allreduce(MPI.IN_PLACE, sums)
        return float(sums[0] / sums[1])

    def _longer(self, wanted_s: float, done_s: float) -> float:
        """Give the next wish; a step that a report time made short takes none away."""
        return max(wanted_s, self.next_s) if wanted_s >= done_s else wanted_s

    def _count(self, length_s: float) -> None:
        """Take the wells' rates at the end of a time step, and add them up."""
        self.wells = self.system.wells.table()
        self.communicator.Allreduce(MPI.IN_PLACE, self.wells)
        self.totals.add(self.wells, self.injects, length_s)

    def tell(self, number: int) -> None:
        """Keep the curves of a report time, and tell them."""
        values = curves(self.system, self.names, self.wells, self.injects, self.totals)
        self.times.append(self.time_s)
        self.told.append(values)
        if self.observe is not None:
            self.observe(
                AtReport(
                    number,
                    self.time_s,
                    values,
                    self.work,
                    lambda: snapshot_of(self, number),
                )
            )
