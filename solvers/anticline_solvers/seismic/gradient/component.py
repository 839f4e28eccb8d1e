"""Component seismic.gradient: the misfit of a model and its exact gradient.

For each shot the wavelet is propagated through the model and the traces recorded are
compared with the observed ones; the derivative of the misfit by the traces is sent
back from the receivers by the exact transpose of the propagator, and what both
wavefields make together (`gradient.sums`) is the derivative by the model.
docs/reference/gradient.md says what each parameter does.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

from anticline.component import Case, RunContext
from anticline.errors import Finding
from anticline_solvers.formats.gathers import GatherReader, Traces
from anticline_solvers.formats.model import summary
from anticline_solvers.formats.survey import Shot, Survey, read_survey
from anticline_solvers.seismic import capacity, checks, fitness
from anticline_solvers.seismic.conditioning import building, trace_faults
from anticline_solvers.seismic.conditioning import checks as conditioning
from anticline_solvers.seismic.conditioning.declaration import REFUSE
from anticline_solvers.seismic.gradient import output, records, shots
from anticline_solvers.seismic.gradient.job import Job, kept_of
from anticline_solvers.seismic.imaging import job
from anticline_solvers.seismic.misfits import checks as misfits


def outputs_of(case: Case) -> list[str]:
    """Name the outputs that the case asks for."""
    return [output.PORT, *records.asked(case)]


def check(case: Case, comm_size: int) -> list[Finding]:
    """Say everything that keeps the case from running."""
    outputs = outputs_of(case)
    if all(checks.is_finished(case, name) for name in outputs):
        return []
    findings = [found for name in outputs for found in checks.output(case, name)]
    survey, unreadable = checks.survey_of(case, "gathers", partial(shots.taken, case))
    findings += unreadable
    findings += checks.modelling(case, survey, comm_size)
    if survey is None:
        return findings
    findings += checks.kept_shots(case, survey)
    if checks.recorded(survey):
        return findings
    whole = read_survey(case.inputs["gathers"])  # a shot may be named in any part
    wrong = conditioning.faults(case.parameters, whole)
    if "misfit" in case.parameters:
        wrong += misfits.faults(case.parameters, survey)
    findings += [case.finding(f"parameters.{name}", text) for name, text in wrong]
    apart = list(_unfit(case, survey))
    findings += apart
    findings += _traces(case, survey, sound=not wrong and not apart)
    findings += checks.imaging(case, survey, comm_size, kept_of(case))
    return findings + _space(case, survey)


def _unfit(case: Case, survey: Survey) -> Iterator[Finding]:
    """Find units, positions and times that no wave joins with the model."""
    path = case.inputs["model"]
    grid = checks.attempt(lambda: checks.velocity_grid(path), [])
    if grid is None or grid.ndim != survey.ndim:
        return
    if (found := summary(path))["first_bad"] is None:
        for name, text in fitness.unfit(grid, survey, found["min"], found["max"]):
            yield case.finding(f"inputs.{name}", text)


def _fastest_m_s(case: Case) -> float | None:
    """Velocity of the model that no wave exceeds; None where the model is at fault."""
    found = checks.attempt(lambda: summary(case.inputs["model"]), [])
    return None if found is None or found["first_bad"] is not None else found["max"]


def _traces(case: Case, survey: Survey, *, sound: bool) -> list[Finding]:
    """Find traces that are absent or of another shape, and faulty ones that count.

    sound : the parameters are; faulty traces are looked for only then.
    """
    findings: list[Finding] = []
    weights = checks.attempt(lambda: shots.weights_of(case), findings) or {}
    fastest_m_s, path = _fastest_m_s(case), case.inputs["gathers"]
    reader = checks.attempt(lambda: GatherReader(path, complete=False), findings)
    if reader is None:
        return findings
    with reader:
        for shot in survey.shots:
            if fault := reader.shape_fault(shot):
                findings.append(Finding(str(path), None, fault))
                continue
            if not sound or case.parameters["bad_traces"] != REFUSE:
                continue
            traces = checks.attempt(partial(reader.read, shot.id), findings)
            if traces is None:
                continue
            counted = building.weights(case.parameters, shot) > 0.0
            counted &= weights.get(shot.id, counted) > 0.0
            texts = trace_faults.find(shot.id, traces).among(counted).texts()
            if not texts and fastest_m_s is not None:
                texts = _beyond(case, survey, shot, traces, fastest_m_s)
            findings += [Finding(str(path), None, text) for text in texts]
    return findings


def _beyond(
    case: Case, survey: Survey, shot: Shot, traces: Traces, fastest_m_s: float
) -> list[str]:
    """Say that a shot's traces, as compared, hold what no wave of the model makes."""
    chain = building.of(case.parameters, shot, survey)
    compared = chain.apply(trace_faults.cleaned(traces))
    return fitness.shot_texts(shot, compared, survey, fastest_m_s)


def _space(case: Case, survey: Survey) -> list[Finding]:
    """Find a disk that has no room for the gradient, its shots and their traces."""
    grid = checks.attempt(lambda: checks.velocity_grid(case.inputs["model"]), [])
    if grid is None or grid.ndim != survey.ndim:
        return []
    cells = sum(map(math.prod, capacity.windows(case, grid, survey)))
    samples = survey.n_samples * sum(len(s.receivers_m) for s in survey.shots)
    traces = 2 * len(records.asked(case)) * samples
    whole = 2 * capacity.FLOAT64 * math.prod(grid.shape)
    needed = capacity.FLOAT32 * (2 * cells + traces) + whole
    return capacity.space(case, output.PORT, needed)


def run(case: Case, context: RunContext) -> None:
    """Do every shot of its part that is not done yet, then add them up."""
    job.run(case, context, outputs_of(case), Job.of)
