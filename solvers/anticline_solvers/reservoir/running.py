"""The component `reservoir.simulate`: the run of a reservoir on all ranks.

It tells its progress by simulated time and the time that is left, stops at a report
step when asked to, and goes on from what it kept, on any number of ranks.
"""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from anticline.component import Case, Finding, RunContext
from anticline.errors import BadInput, Failed, Interrupted
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.formats.report import write_report
from anticline_solvers.reservoir.description import Description
from anticline_solvers.reservoir.files.curves import Curves, write_curves
from anticline_solvers.reservoir.files.model import read_reservoir
from anticline_solvers.reservoir.files.states import read_state, write_states
from anticline_solvers.reservoir.kept import Store, joined
from anticline_solvers.reservoir.preflight import output_faults, start_faults
from anticline_solvers.reservoir.settings import Settings, settings_of
from anticline_solvers.reservoir.snapshot import Snapshot
from anticline_solvers.reservoir.state_files import fingerprint

if TYPE_CHECKING:
    from anticline_solvers.reservoir.simulate import AtReport, Report

DAY_S = 86_400.0
FORMAT = "anticline-reservoir-report/1"


def check(case: Case, comm_size: int) -> list[Finding]:
    """Find a reservoir or a start that cannot be run, and outputs of another case."""
    found = output_faults(case)
    try:
        description = read_reservoir(case.inputs["model"])
    except BadInput as error:
        return [*found, *error.findings]
    if "start" in case.inputs:
        found += start_faults(case, description)
    cells = len(description.grid.active)
    if comm_size > cells:
        text = f"{comm_size} ranks for {cells} active cells; take fewer"
        found.append(case.finding("inputs.model", text))
    return found + option_faults(case)


def option_faults(case: Case) -> list[Finding]:
    """Find PETSc options that are no `name=value`."""
    return [
        case.finding("parameters.petsc_options", f"'{one}' is no 'name=value'")
        for one in case.parameters["petsc_options"]
        if not one.partition("=")[0].strip(" -")
    ]


def settings_for(given: dict[str, Any]) -> Settings:
    """Give the settings that a case's parameters ask for."""
    settings = settings_of(given["setting"])
    steps = {
        "first_s": given["first_step_s"],
        "longest_s": given["longest_step_s"],
    }
    linear: dict[str, Any] = {"preconditioner": given["preconditioner"]}
    options = dict(settings.linear.options)
    for one in given["petsc_options"]:
        name, _, value = one.partition("=")
        options[name.strip(" -")] = value.strip()
    return settings.changed(
        steps={name: value for name, value in steps.items() if value is not None},
        linear={name: value for name, value in linear.items() if value is not None}
        | {"options": options},
    )


def run(case: Case, context: RunContext) -> None:
    """Simulate, or go on where the case was stopped (collective).

    PETSc begins here, on all ranks at once: a case is checked by one rank alone.
    """
    from anticline_solvers.reservoir.simulate import simulate

    if _is_there(case, context):
        context.log(f"{case.outputs['curves']} is there already")
        return
    description = read_reservoir(case.inputs["model"])
    watch = Watch(case, context, description)
    try:
        report = simulate(
            description,
            context.comm,
            settings_for(dict(case.parameters)),
            watch.observe,
            watch.start,
        )
    except (ArithmeticError, ValueError) as error:
        msg = f"the simulation ended after {watch.told():g} days: {error}"
        raise Failed(msg) from error
    finally:
        watch.close()
    if context.comm.rank == 0:
        _write(case, context, description, watch, report)
    context.comm.barrier()


def _is_there(case: Case, context: RunContext) -> bool:
    there = context.comm.rank == 0 and all(
        path.suffix != ".h5" or finished(path, context.fingerprint)
        for path in case.outputs.values()
    )
    there = there and all(path.exists() for path in case.outputs.values())
    return bool(context.comm.bcast(there))


class Watch:
    """What the driver does at each report step.

    start : what the run goes on from, on rank 0; None: the reservoir's own start.
    """

    def __init__(
        self, case: Case, context: RunContext, description: Description
    ) -> None:
        self.case, self.context, self.description = case, context, description
        self.times: list[float] = []
        self.rows: list[dict[str, float]] = []
        self.before: Curves | None = None
        self.last = len(description.schedule)
        self.store = Store(
            context.place,
            context.fingerprint,
            fingerprint(description),
            case.parameters["states_every"] if "states" in case.outputs else 0,
            self.last,
        )
        self.start = self._start() if context.comm.rank == 0 else None
        self.kept_at = time.monotonic()
        done = context.comm.bcast(self.start.report if self.start else 0)
        total = self.last - done
        self.progress = context.progress("report steps", max(total, 1))

    def _start(self) -> Snapshot | None:
        """Give what this case kept, or the start that it is given."""
        held = self.store.found()
        if held is not None:
            self.before = held.curves
            self.context.log(f"goes on after report step {held.state.report}")
            return held.state
        if "start" not in self.case.inputs:
            return None
        report = self.case.parameters["start_report"]
        state = read_state(self.case.inputs["start"], report)
        self.context.log(f"starts from report step {state.report}")
        return state

    def told(self) -> float:
        """Days that the run has reached."""
        return self.times[-1] / DAY_S if self.times else 0.0

    def observe(self, at: AtReport) -> None:
        """Keep the curves and, where due, the state; stop where asked (collective)."""
        comm = self.context.comm
        self.times.append(at.time_s)
        self.rows.append(at.curves)
        last = at.number == self.last
        wanted = self.store.is_output(at.number)
        stops, due = comm.allreduce(
            np.array(
                [self.context.stop_requested(), comm.rank == 0 and self._due()], int
            )
        )
        stops = bool(stops) and not last
        if wanted or stops or (due and not last):
            state = at.snapshot()
            if state is not None:
                self._keep(state, going=bool(stops or due))
        if at.number and (self.start is None or at.number > self.start.report):
            days = f"{self.told():.4g} days, {at.work.newton} Newton iterations"
            self.progress.advance(note=days)
        if stops:
            comm.barrier()
            msg = f"stopped after report step {at.number}; it is kept"
            raise Interrupted(msg)

    def _due(self) -> bool:
        passed = time.monotonic() - self.kept_at
        return bool(passed > self.case.parameters["keep_every_s"])

    def _keep(self, state: Snapshot, *, going: bool) -> None:
        if going:
            self.store.keep(state, self.curves())
            self.kept_at = time.monotonic()
        else:
            self.store.keep_state(state)

    def curves(self) -> Curves:
        """Curves of the whole case up to now."""
        keys = list(self.rows[0]) if self.rows else []
        new = Curves(
            np.array(self.times),
            {key: np.array([row[key] for row in self.rows]) for key in keys},
            self.description.title,
            self.description.start,
            self.description.unit_system,
            self.description.grid.shape,
        )
        return joined(self.before, new)

    def close(self) -> None:
        """End the display."""
        self.progress.close()


def _write(
    case: Case,
    context: RunContext,
    description: Description,
    watch: Watch,
    report: Report,
) -> None:
    """Write the outputs, then remove what was kept."""
    curves = watch.curves()
    origin = (context.provenance, context.fingerprint)
    if "states" in case.outputs:
        states = watch.store.outputs()
        write_states(case.outputs["states"], description.grid, states, *origin)
    if "report" in case.outputs:
        write_report(case.outputs["report"], told(report, context))
    write_curves(case.outputs["curves"], curves, *origin)
    watch.store.clear()
    work = report.work
    context.log(
        f"{watch.told():g} days in {work.time_steps} time steps, {work.newton} Newton "
        f"and {work.linear} linear iterations, {report.wall_s:.2f} s"
    )


def told(report: Report, context: RunContext) -> dict[str, Any]:
    """Figures of a run, as its report says them."""
    return {
        "format": FORMAT,
        "provenance": context.provenance,
        "ranks": context.comm.size,
        "wall_s": report.wall_s,
        "work": asdict(report.work),
    }
