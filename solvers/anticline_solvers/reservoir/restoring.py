"""The component `reservoir.restore`: a report step of UNRST as a state to start from.

Single precision and what the file leaves out (bore pressures, the next time step) make
a run that goes on from it differ by about 1e-3 from one that never stopped.
"""

from __future__ import annotations

from anticline.component import Case, Finding, RunContext
from anticline.errors import BadInput
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.reservoir.eclipse.restart import read_restart
from anticline_solvers.reservoir.files.model import read_reservoir
from anticline_solvers.reservoir.files.states import faults, write_states
from anticline_solvers.reservoir.preflight import output_faults


def check(case: Case, comm_size: int) -> list[Finding]:
    """Find a file that holds no such state of the reservoir."""
    found = output_faults(case)
    path = case.inputs["restart"]
    try:
        description = read_reservoir(case.inputs["model"])
        state = read_restart(path, description, case.parameters["report"])
    except BadInput as error:
        return [*found, *error.findings]
    return found + [
        case.finding("inputs.restart", f"{path}: {text}") for text in faults(state)
    ]


def run(case: Case, context: RunContext) -> None:
    """Read the state and write it, on rank 0."""
    if context.comm.rank != 0:
        return
    out = case.outputs["states"]
    if finished(out, context.fingerprint):
        context.log(f"{out} is there already")
        return
    description = read_reservoir(case.inputs["model"])
    state = read_restart(case.inputs["restart"], description, case.parameters["report"])
    origin = (context.provenance, context.fingerprint)
    write_states(out, description.grid, [state], *origin)
    context.log(f"{out}: report step {state.report}, {state.time_s / 86400:g} days")
