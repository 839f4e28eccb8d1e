"""The component `inversion.advance`: a state and a gradient become the next state."""

from __future__ import annotations

from pathlib import Path

from anticline.component import Case, Finding, RunContext
from anticline.errors import BadInput, Diverged
from anticline_solvers.formats.hdf5 import finished, require_space
from anticline_solvers.formats.report import other_cases, write_report
from anticline_solvers.inversion import evaluated, files, machine
from anticline_solvers.inversion.files import Inversion
from anticline_solvers.inversion.reporting import line, report_of
from anticline_solvers.inversion.state import State, Why


def check(case: Case, comm_size: int) -> list[Finding]:
    """Say everything that keeps the state from being advanced."""
    findings = _outputs(case)
    try:
        found = files.read(case.inputs["state"])
    except BadInput as error:
        findings += error.findings
        found = None
    try:
        heading = evaluated.read_heading(case.inputs["gradient"])
    except BadInput as error:
        return findings + list(error.findings)
    if found is None:
        return findings
    if found.state.ended:
        text = f"has ended: {found.state.why.value if found.state.why else ''}"
        findings.append(case.finding("inputs.state", f"{text}; begin another one"))
        return findings
    path = case.inputs["gradient"]
    return findings + [
        case.finding("inputs.gradient", f"{path}: {text}")
        for text in evaluated.differences(heading, found.wanted)
    ]


def _outputs(case: Case) -> list[Finding]:
    """Find outputs of another case, and a disk that cannot hold the state."""
    findings = other_cases(case)
    for path in case.outputs.values():
        try:
            if path.suffix != ".json":
                finished(path, case.fingerprint())
        except BadInput as error:
            findings += error.findings
    before: Path = case.inputs["state"]
    size = 2 * before.stat().st_size if before.is_file() else 0
    lack = require_space(case.outputs["state"], size)
    return findings + ([case.finding("outputs.state", lack.text)] if lack else [])


def run(case: Case, context: RunContext) -> None:
    """Write the next state, its model and the report, from rank 0."""
    if context.comm.rank == 0:
        before = files.read(case.inputs["state"])
        state = advanced(before.state, case.inputs["gradient"])
        after = Inversion(state, before.grid, before.frame, before.carried)
        origin = context.provenance, context.fingerprint
        files.write(after, case.outputs["state"], case.outputs["model"], origin)
        if "best" in case.outputs:
            files.write_model(case.outputs["best"], after, state.best, origin)
        report = report_of(state) | {"provenance": context.provenance}
        write_report(case.outputs["report"], report)
        context.log(line(state))
    context.comm.Barrier()


def advanced(state: State, gradient: Path) -> State:
    """Advance a state by a gradient's file.

    Raises
    ------
    Diverged
        The start, or an accepted model, has a misfit that is no number.
    BadInput
        cg was given a misfit that is not quadratic.
    """
    heading = evaluated.read_heading(gradient)
    values, heard = evaluated.read_values(gradient)
    after = machine.advance(state, heading.misfit, values, heard)
    if after.why is Why.NOT_FINITE:
        msg = f"{gradient}  {after.why.value}: misfit {heading.misfit:g}"
        raise Diverged(msg)
    if after.why is Why.NOT_QUADRATIC and after.iteration == 0:
        text = f"{after.why.value}; take lbfgs, or the gradient of a linear problem"
        raise BadInput(Finding(str(gradient), None, text))
    return after
