"""The component seismic.wavelet: the source, from observed and predicted gathers.

Waves are linear in the source: where the model is right, observed traces are the
predicted ones filtered by what turns the first wavelet into the true one. The filter
that does so best over all traces (`matching`) makes the new wavelet (`shaping`).
docs/reference/wavelet.md says what each parameter does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anticline.component import Case, Finding, RunContext
from anticline.errors import BadInput
from anticline_solvers.formats.gathers import trace_faults, write_gathers
from anticline_solvers.formats.hdf5 import part_of
from anticline_solvers.formats.report import finished, other_cases, write_report
from anticline_solvers.formats.survey import Survey, write_survey
from anticline_solvers.seismic import capacity, checks
from anticline_solvers.seismic.acquisition import wavelets
from anticline_solvers.seismic.conditioning import checks as conditioning
from anticline_solvers.seismic.fitness import differences
from anticline_solvers.seismic.gathers.several import SeveralGathers
from anticline_solvers.seismic.wavelet_estimation.estimation import (
    Fit,
    Pairs,
    estimated,
    fit_of,
    ratio,
)
from anticline_solvers.seismic.wavelet_estimation.shaping import Shaped, shape, shift_s

Real = NDArray[np.float64]

FORMAT = "anticline-wavelet/1"
PORTS = ("gathers", "modelled")
PERIODS, QUARTER = 2.0, 0.25


@dataclass(frozen=True, eq=False)
class Settings:
    """What the parameters come to.

    longest : lags of the filter either way [samples]. length_s, taper_s : of the new
    wavelet. damping : of the normal equations.
    """

    longest: int
    length_s: float
    taper_s: float
    damping: float

    @classmethod
    def of(cls, case: Case, survey: Survey) -> Settings:
        """Fill in what is left out, from the survey of the predicted gathers."""
        p, period_s = case.parameters, 1.0 / survey.peak_frequency_hz
        lag_s = p["longest_lag_s"]
        lag_s = PERIODS * period_s if lag_s is None else lag_s
        first_s = (survey.wavelet.size - 1) * survey.wavelet_interval_s
        length_s, taper_s = p["length_s"], p["taper_s"]
        return cls(
            round(lag_s / survey.sample_interval_s),
            first_s + lag_s if length_s is None else length_s,
            QUARTER * period_s if taper_s is None else taper_s,
            p["damping"],
        )


def check(case: Case, comm_size: int) -> list[Finding]:
    """Say everything that keeps the wavelet from being estimated."""
    findings = other_cases(case)
    for port in ("survey", "gathers"):
        if port in case.outputs:
            findings += checks.output(case, port)
    if not findings and finished(case):
        return []
    surveys = {port: _survey(case, port, findings) for port in PORTS}
    observed, predicted = surveys["gathers"], surveys["modelled"]
    if observed is None or predicted is None:
        return findings
    findings += [case.finding("inputs.modelled", t) for t in checks.recorded(predicted)]
    apart = differences(observed, predicted)
    findings += [case.finding("inputs.modelled", text) for text in apart]
    wrong = [*conditioning.faults(case.parameters, observed)]
    findings += [case.finding(f"parameters.{name}", text) for name, text in wrong]
    if not findings:
        findings = _length_faults(case, predicted)
        for path in case.lists["modelled"]:
            findings += _unsound(path)
    return findings


def _survey(case: Case, port: str, findings: list[Finding]) -> Survey | None:
    try:
        with SeveralGathers(case.lists[port]) as gathers:
            return gathers.survey
    except BadInput as error:
        findings += error.findings
        return None


def _unsound(path: Path) -> list[Finding]:
    with SeveralGathers([path]) as gathers:
        return trace_faults(path, gathers.survey)


def _length_faults(case: Case, survey: Survey) -> list[Finding]:
    """Find lags longer than the record, a wavelet shorter than its tapers, no room."""
    made, found = Settings.of(case, survey), []
    if made.longest > survey.n_samples // 2:
        half_s = survey.n_samples // 2 * survey.sample_interval_s
        text = f"lags longer than half the record, {half_s:g} s; take fewer"
        found.append(case.finding("parameters.longest_lag_s", text))
    if made.length_s <= 2.0 * made.taper_s:
        text = (
            f"{made.length_s:g} s hold two tapers of {made.taper_s:g} s and nothing "
            "between; take a longer wavelet or shorter tapers"
        )
        found.append(case.finding("parameters.length_s", text))
    if "gathers" in case.outputs:
        traces = sum(len(shot.receivers_m) for shot in survey.shots)
        found += capacity.space(case, "gathers", 4 * traces * survey.n_samples)
    return found


def run(case: Case, context: RunContext) -> None:
    """Estimate and write, from rank 0."""
    if context.comm.rank == 0 and not finished(case):
        with (
            SeveralGathers(case.lists["gathers"]) as observed,
            SeveralGathers(case.lists["modelled"]) as predicted,
        ):
            _run(case, context, Pairs(observed, predicted, case.parameters))
    context.comm.Barrier()


def _run(case: Case, context: RunContext, pairs: Pairs) -> None:
    first = pairs.predicted.survey
    settings = Settings.of(case, first)
    try:
        taps = estimated(pairs, settings.longest, settings.damping)
    except ValueError as error:
        text = f"{error}; widen the windows, or model gathers that hear the source"
        raise BadInput([case.finding("inputs.modelled", text)]) from error
    shaped = shape(
        first.wavelet,
        first.wavelet_interval_s,
        taps,
        first.sample_interval_s,
        settings.length_s,
        settings.taper_s,
    )
    survey = with_wavelet(pairs.observed.survey, shaped)
    fits = [fit_of(pair, taps) for pair in pairs]
    report = report_of(first, shaped, survey, fits)
    report["provenance"] = context.provenance
    _write(case, context, pairs, survey)
    if "picture" in case.outputs:
        from anticline_solvers.seismic.wavelet_estimation.picture import draw

        draw(pairs, taps, first, shaped, report, case.outputs["picture"])
    write_report(case.outputs["report"], report)
    context.log(
        f"residual {report['residual_before']:.4f} before, "
        f"{report['residual_after']:.4f} after; the wavelet is "
        f"{1e3 * report['shift_s']:.4g} ms later and {report['scale']:.4g} times "
        "as large"
    )


def with_wavelet(survey: Survey, shaped: Shaped) -> Survey:
    """Give a survey the new wavelet, and the band that goes with it."""
    samples, dt = shaped.samples, shaped.interval_s
    return replace(
        survey,
        wavelet=samples,
        wavelet_interval_s=dt,
        peak_frequency_hz=wavelets.peak_frequency(samples, dt),
        maximum_frequency_hz=wavelets.maximum_frequency(samples, dt),
    )


def report_of(
    first: Survey, shaped: Shaped, survey: Survey, fits: list[Fit]
) -> dict[str, Any]:
    """Put the numbers together.

    first : survey of the predicted gathers. survey : with the new wavelet.
    """
    observed, before, after = (
        sum(getattr(fit, name) for fit in fits)
        for name in ("observed", "before", "after")
    )
    sizes = [float(np.linalg.norm(w)) for w in (first.wavelet, shaped.samples)]
    return {
        "format": FORMAT,
        "residual_before": ratio(before, observed),
        "residual_after": ratio(after, observed),
        "shift_s": shift_s(first.wavelet, shaped.samples, shaped.interval_s),
        "scale": sizes[1] / sizes[0],
        "cut_share": shaped.cut_share,
        "peak_frequency_hz": survey.peak_frequency_hz,
        "maximum_frequency_hz": survey.maximum_frequency_hz,
        "traces": sum(fit.traces for fit in fits),
        "shots": [fit.numbers() for fit in fits],
    }


def _write(case: Case, context: RunContext, pairs: Pairs, survey: Survey) -> None:
    """Write what the new wavelet goes into: survey, text and gathers."""
    made = context.provenance, context.fingerprint
    write_survey(case.outputs["survey"], survey, *made)
    if "wavelet" in case.outputs:
        write_text(case.outputs["wavelet"], survey.wavelet, survey.wavelet_interval_s)
    if "gathers" in case.outputs:
        shots = ((k, pairs.observed.read(k)) for k in survey.shot_ids)
        write_gathers(case.outputs["gathers"], survey, shots, *made)


def write_text(path: Path, samples: Real, interval_s: float) -> None:
    """Write a wavelet as `acquisition.wavelets.read_wavelet` reads it."""
    times = interval_s * np.arange(samples.size)
    part = part_of(path)
    header = "time [s]  amplitude; estimated by seismic.wavelet"
    np.savetxt(part, np.column_stack([times, samples]), "%.17g", header=header)
    part.replace(path)
