"""The component seismic.band: a band of gathers on as few samples as it needs.

Waves are linear: gathers filtered by H are those of a wavelet filtered by H. With the
band taken out of both, modelling needs no finer grid than the band does, and what it
predicts compares with the gathers as it did before.

H has zero phase and begins to ring before the wavelet does. Traces and wavelet are
told later by the same lead, after which the wavelet begins at rest; time 0 is its first
sample, as ever. The record keeps its duration, so that the last lead of it is gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anticline.component import Case, Finding, RunContext
from anticline_solvers.formats.gathers import GatherReader, trace_faults, write_gathers
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.formats.survey import Survey, read_survey, write_survey
from anticline_solvers.seismic import capacity, checks
from anticline_solvers.seismic.acquisition import wavelets
from anticline_solvers.seismic.conditioning.band_pass import BandPass, corners
from anticline_solvers.seismic.conditioning.checks import band_faults
from anticline_solvers.seismic.gathers.resampling import Resampling

QUIET = 8e-4
"""Of the filtered wavelet's peak: what is below before it begins is cut off."""

SAMPLES_PER_PERIOD = 4.0
"""Of the highest frequency; the squares that misfits make of traces fit as well."""

SPARE = 0.9
"""Share of the Nyquist frequency that modelled traces carry untouched."""


def band_of(parameters: Mapping[str, Any], survey: Survey) -> BandPass:
    """Give the filter of the parameters."""
    low, high = (corners(parameters[k]) for k in ("low_cut_hz", "high_cut_hz"))
    return BandPass(survey.sample_interval_s, low, high)


def lead_s(band: BandPass, survey: Survey) -> float:
    """Time by which the filtered wavelet must be late to begin at rest [s].

    A whole number of samples of the wavelet.
    """
    wavelet, dt = survey.wavelet, survey.wavelet_interval_s
    before = round(survey.n_samples * survey.sample_interval_s / dt)
    n = 2 * before + wavelet.size
    early = Resampling(band, before * dt, dt, wavelet.size, dt, n).apply(wavelet)
    size = np.abs(early)
    loud = int(np.flatnonzero(size > QUIET * size.max())[0])
    return float(max(0, before - loud + 1) * dt)


def filtered_wavelet(
    band: BandPass, survey: Survey, lead: float
) -> NDArray[np.float64]:
    """Give the wavelet in the band, `lead` [s] later, up to where it has died out."""
    wavelet, dt = survey.wavelet, survey.wavelet_interval_s
    longest = round((survey.n_samples * survey.sample_interval_s + lead) / dt)
    n = wavelet.size + longest
    made = Resampling(band, lead, dt, wavelet.size, dt, n).apply(wavelet)
    size = np.abs(made)
    last = int(np.flatnonzero(size > QUIET * size.max())[-1])
    return np.ascontiguousarray(made[: last + 2])


def in_band(survey: Survey, parameters: Mapping[str, Any]) -> tuple[Survey, float]:
    """Give the survey of the band, and the lead [s] of its traces."""
    band = band_of(parameters, survey)
    lead = lead_s(band, survey)
    wavelet, dt = filtered_wavelet(band, survey, lead), survey.wavelet_interval_s
    top = wavelets.maximum_frequency(wavelet, dt)
    interval = parameters["sample_interval_s"] or max(
        survey.sample_interval_s, 1.0 / (SAMPLES_PER_PERIOD * top)
    )
    duration = (survey.n_samples - 1) * survey.sample_interval_s
    return (
        replace(
            survey,
            wavelet=wavelet,
            sample_interval_s=interval,
            n_samples=int(duration / interval + 1e-6) + 1,
            peak_frequency_hz=wavelets.peak_frequency(wavelet, dt),
            maximum_frequency_hz=top,
        ),
        lead,
    )


def check(case: Case, comm_size: int) -> list[Finding]:
    """Say everything that keeps the band from being taken."""
    if all(checks.is_finished(case, port) for port in case.outputs):
        return []
    findings = [f for port in case.outputs for f in checks.output(case, port)]
    survey = checks.attempt(lambda: read_survey(case.inputs["gathers"]), findings)
    if survey is None:
        return findings
    wrong = [case.finding("inputs.gathers", t) for t in checks.recorded(survey)]
    wrong += [
        case.finding(f"parameters.{name}", text)
        for name, text in band_faults(case.parameters, survey)
    ]
    findings += wrong or _sampling_faults(case, survey)
    return findings + trace_faults(case.inputs["gathers"], survey)


def _sampling_faults(case: Case, survey: Survey) -> list[Finding]:
    """Find an interval that the band does not fit, a record too short, a full disk."""
    made, lead = in_band(survey, case.parameters)
    longest = SPARE * 0.5 / made.maximum_frequency_hz
    found = []
    if made.sample_interval_s > longest * (1.0 + 1e-9):
        text = (
            f"sample interval {made.sample_interval_s:g} s; the band holds "
            f"{made.maximum_frequency_hz:.4g} Hz and needs at most {longest:.4g} s"
        )
        found.append(case.finding("parameters.sample_interval_s", text))
    duration = survey.n_samples * survey.sample_interval_s
    if lead > 0.5 * duration:
        text = (
            f"the filter rings {lead:.3g} s before the wavelet begins, and the record "
            f"lasts {duration:.3g} s; take corners further apart"
        )
        found.append(case.finding("parameters", text))
    traces = sum(len(shot.receivers_m) for shot in survey.shots)
    return found + capacity.space(case, "gathers", 4 * traces * made.n_samples)


def run(case: Case, context: RunContext) -> None:
    """Write the gathers, and the survey where it is asked for, from rank 0."""
    done = all(finished(path, context.fingerprint) for path in case.outputs.values())
    if context.comm.rank == 0 and not done:
        made = context.provenance, context.fingerprint
        with GatherReader(case.inputs["gathers"]) as reader:
            survey, lead = in_band(reader.survey, case.parameters)
            if "survey" in case.outputs:
                write_survey(case.outputs["survey"], survey, *made)
            gathers = filtered(reader, survey, lead, case.parameters)
            write_gathers(case.outputs["gathers"], survey, gathers, *made)
        context.log(
            f"up to {survey.maximum_frequency_hz:.4g} Hz, {survey.n_samples} samples "
            f"of {1e3 * survey.sample_interval_s:.4g} ms, {1e3 * lead:.4g} ms later"
        )
    context.comm.Barrier()


def filtered(
    reader: GatherReader, made: Survey, lead: float, parameters: Mapping[str, Any]
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Give each shot's number and traces of the band.

    made, lead : of `in_band`.
    """
    whole = reader.survey
    operator = Resampling(
        band_of(parameters, whole),
        lead,
        whole.sample_interval_s,
        whole.n_samples,
        made.sample_interval_s,
        made.n_samples,
    )
    for shot_id in reader.shot_ids:
        yield shot_id, operator.apply(reader.read(shot_id)).astype(np.float32)
