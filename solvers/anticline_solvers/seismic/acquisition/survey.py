"""Component seismic.survey: sources, receivers and a wavelet from a few numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anticline.component import Case, RunContext
from anticline.errors import Finding
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.geometry import Frame
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.formats.model import read_frame, read_grid
from anticline_solvers.formats.survey import Shot, Survey, write_survey
from anticline_solvers.seismic import checks
from anticline_solvers.seismic.acquisition import spreads as acquisition
from anticline_solvers.seismic.acquisition import wavelets
from anticline_solvers.seismic.acquisition.spreads import ROLLING, Line, Spread

ROLES = ("source", "receiver")
LINE = ("first_m", "last_m", "interval_m")
MOST_SAMPLES = 10_000_000  # of a trace


def check(case: Case, comm_size: int) -> list[Finding]:
    """Say everything that keeps the survey from being made."""
    if checks.is_finished(case, "survey"):
        return []
    findings = checks.output(case, "survey")
    findings += _wavelet_findings(case) + _length_findings(case)
    shots, wrong = _shots_or_findings(case)
    findings += wrong
    grid = None
    if "model" in case.inputs:
        grid = checks.attempt(
            lambda: checks.velocity_grid(case.inputs["model"]), findings
        )
    if grid is not None and shots is not None:
        findings += _misplaced(case, grid, shots)
    elif grid is not None and "positions" not in case.inputs:
        findings += _misplaced_alone(case, grid)
    return findings


def run(case: Case, context: RunContext) -> None:
    """Write the survey, from rank 0."""
    if context.comm.rank == 0:
        output = case.outputs["survey"]
        if not finished(output, context.fingerprint):
            survey = make_survey(case)
            write_survey(output, survey, context.provenance, context.fingerprint)
            receivers = sum(len(shot.receivers_m) for shot in survey.shots)
            context.log(
                f"{len(survey.shots)} shots, {receivers} traces of {survey.n_samples} "
                f"samples, frequencies up to {survey.maximum_frequency_hz:.4g} Hz"
            )
    context.comm.Barrier()


def make_survey(case: Case) -> Survey:
    """Build the survey that a checked case describes."""
    p = case.parameters
    wavelet, interval_s = _wavelet(case)
    return Survey(
        shots=_shots(case),
        wavelet=wavelet,
        wavelet_interval_s=interval_s,
        sample_interval_s=p["sample_interval_s"],
        n_samples=_n_samples(case),
        peak_frequency_hz=p["peak_frequency_hz"],
        maximum_frequency_hz=wavelets.maximum_frequency(wavelet, interval_s),
        frame=_frame(case),
    )


def _n_samples(case: Case) -> int:
    p = case.parameters
    return int(p["duration_s"] / p["sample_interval_s"] + 1e-6) + 1


def _frame(case: Case) -> Frame:
    model = case.inputs.get("model")
    return read_frame(model) if model else Frame()


def _wavelet(case: Case) -> tuple[wavelets.Wavelet, float]:
    """Read the wavelet's file, or make a Ricker sampled at 1/32 of its period."""
    if "wavelet" in case.inputs:
        return wavelets.read_wavelet(case.inputs["wavelet"])
    peak = case.parameters["peak_frequency_hz"]
    interval_s = 1.0 / (32.0 * peak)
    return wavelets.ricker(peak, interval_s), interval_s


def _wavelet_findings(case: Case) -> list[Finding]:
    findings: list[Finding] = []
    made = checks.attempt(lambda: _wavelet(case), findings)
    texts = wavelets.check_wavelet(*made) if made else []
    findings += [case.finding("inputs.wavelet", text) for text in texts]
    return findings + (_band_findings(case, *made) if made and not texts else [])


def _length_findings(case: Case) -> list[Finding]:
    count = _n_samples(case)
    if count <= MOST_SAMPLES:
        return []
    text = f"{count:.3g} samples a trace, at most {MOST_SAMPLES:,} are taken"
    return [case.finding("parameters.duration_s", text)]


def _band_findings(
    case: Case, wavelet: wavelets.Wavelet, interval_s: float
) -> list[Finding]:
    """Find a sample interval too long for the wavelet's band."""
    top = wavelets.maximum_frequency(wavelet, interval_s)
    fault = checks.interval_fault(case.parameters["sample_interval_s"], top)
    return [case.finding("parameters.sample_interval_s", fault)] if fault else []


def _shots(case: Case) -> tuple[Shot, ...]:
    if "positions" in case.inputs:
        return acquisition.read_positions(case.inputs["positions"])
    p = case.parameters
    sources = _spread(p, "source")
    receivers = _spread(p, "receiver")
    if p["spread"] == ROLLING:
        model = case.inputs.get("model")
        grid = read_grid(model) if model else None
        return acquisition.rolling_spread(sources, receivers, grid)
    return acquisition.fixed_spread(sources, receivers)


def _spread(parameters: Mapping[str, Any], role: str) -> Spread:
    x, y = (
        [parameters[f"{role}_{axis}{end}"] for end in LINE] for axis in ("", "line_")
    )
    lines = None if None in y else Line(*y)
    return Spread(Line(*x), lines, parameters[f"{role}_depth_m"])


def _shots_or_findings(
    case: Case,
) -> tuple[tuple[Shot, ...] | None, list[Finding]]:
    findings: list[Finding] = []
    if "positions" not in case.inputs:
        findings = [f for role in ROLES for f in _role_findings(case, role)]
        findings += _half_3d(case)
    if not findings and "positions" not in case.inputs:
        findings = _too_many(case)
    if findings:
        return None, findings
    return checks.attempt(lambda: _shots(case), findings), findings


def _role_findings(case: Case, role: str) -> list[Finding]:
    """Find numbers of sources or receivers that are missing, or make no line."""
    findings = []
    for along in (role, f"{role}_line"):
        numbers = {f"{along}_{end}": case.parameters[f"{along}_{end}"] for end in LINE}
        missing = [name for name, value in numbers.items() if value is None]
        if missing and along == role:
            findings += [
                case.finding(
                    "parameters", f"'{name}' is missing, and no table of positions"
                )
                for name in missing
            ]
        if missing:
            continue
        try:
            Line(*numbers.values()).count  # noqa: B018
        except ValueError as error:
            key = f"parameters.{along}_interval_m"
            findings.append(case.finding(key, f"{along}: {error}"))
    return findings


def _too_many(case: Case) -> list[Finding]:
    sources, receivers = (_spread(case.parameters, role) for role in ROLES)
    rolling = case.parameters["spread"] == ROLLING
    texts = acquisition.too_many(sources, receivers, rolling)
    return [case.finding("parameters", text) for text in texts]


def _half_3d(case: Case) -> list[Finding]:
    """Find lines along y that are given in part."""
    given = [
        case.parameters[f"{role}_line_{end}"] is not None
        for role in ROLES
        for end in LINE
    ]
    if all(given) or not any(given):
        return []
    text = (
        "a 3-D survey needs first, last and interval of both source_line and "
        "receiver_line; a 2-D one none of them"
    )
    return [case.finding("parameters", text)]


def _misplaced_alone(case: Case, grid: Grid) -> list[Finding]:
    """Find sources, or receivers, outside the model where the others are faulty."""
    rolling = case.parameters["spread"] == ROLLING
    texts = []
    for role, most in zip(ROLES, acquisition.MOST, strict=True):
        if _role_findings(case, role):
            continue
        spread = _spread(case.parameters, role)
        if spread.count <= most:
            rolls = rolling and role == "receiver"
            texts += acquisition.outside_alone(grid, role, spread, rolls)
    return [case.finding("parameters", text) for text in texts]


def _misplaced(case: Case, grid: Grid, shots: tuple[Shot, ...]) -> list[Finding]:
    place = "inputs.positions" if "positions" in case.inputs else "parameters"
    ndim = shots[0].source_m.size
    if ndim != grid.ndim:
        text = f"the model has {grid.ndim} axes, the positions {ndim}"
        return [case.finding(place, text)]
    texts = acquisition.outside(grid, shots) + acquisition.empty_spreads(shots)
    return [case.finding(place, text) for text in texts]
