"""What keeps a case on a reservoir from being run, as findings."""

from __future__ import annotations

from anticline.component import Case, Finding
from anticline.errors import BadInput
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.formats.report import other_cases
from anticline_solvers.reservoir.description import Description
from anticline_solvers.reservoir.files.states import faults, read_state


def output_faults(case: Case) -> list[Finding]:
    """Find outputs that are another case's."""
    found = other_cases(case)
    mark = case.fingerprint()
    for path in case.outputs.values():
        if path.suffix != ".h5":
            continue
        try:
            finished(path, mark)
        except BadInput as error:
            found += error.findings
    return found


def start_faults(case: Case, description: Description) -> list[Finding]:
    """Find a state of another reservoir, of no report step, or of no sense."""
    path = case.inputs["start"]
    try:
        state = read_state(path, case.parameters["start_report"])
    except BadInput as error:
        return list(error.findings)
    key = "inputs.start"
    found = [case.finding(key, f"{path}: {text}") for text in faults(state)]
    cells = len(description.grid.active)
    if len(state.pressure) != cells:
        text = f"{path} has {len(state.pressure):,} cells, the reservoir {cells:,}"
        found.append(case.finding(key, text))
    if state.report >= len(description.schedule):
        text = (
            f"{path}: report step {state.report} is done, and the schedule ends with "
            f"{len(description.schedule)}; take an earlier one"
        )
        found.append(case.finding("parameters.start_report", text))
    return found
