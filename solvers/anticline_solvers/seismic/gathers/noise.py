"""The component seismic.noise: random noise of a stated strength, and dead traces.

    R = 10 log10( sum s^2 / sum n^2 ) dB

sums over the traces of a shot that are not dead and over the samples of a window; n is
Gaussian, white between the corners of a band, and scaled until R is just what is asked
for. A shot's noise follows from the seed and the shot's number and from nothing else,
so shots may come in any order and in any parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anticline.component import Case, Finding, RunContext
from anticline.errors import BadInput
from anticline_solvers.formats.gathers import GatherReader, trace_faults, write_gathers
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.formats.survey import Survey, read_survey
from anticline_solvers.seismic import capacity, checks
from anticline_solvers.seismic.conditioning import selection
from anticline_solvers.seismic.conditioning.band_pass import BandPass, corners
from anticline_solvers.seismic.conditioning.checks import band_faults

Traces = NDArray[np.float64]

TOP_RAMP = 0.8
"""Where noise begins to fall, of the wavelet's highest frequency, where it ends."""


def band_of(parameters: Mapping[str, Any], survey: Survey) -> BandPass:
    """Give the band of the noise: the parameters', up to the wavelet's own."""
    low, high = (corners(parameters[k]) for k in ("low_cut_hz", "high_cut_hz"))
    top = min(survey.maximum_frequency_hz, 0.5 / survey.sample_interval_s)
    return BandPass(survey.sample_interval_s, low, high or (TOP_RAMP * top, top))


def white(seed: int, shot_id: int, shape: tuple[int, int], band: BandPass) -> Traces:
    """Make noise of a band, float64 of `shape`, of no particular strength.

    It is made longer by half on either side, so that the filter finds no ends.
    """
    receivers, samples = shape
    edge = samples // 2 + 1
    source = np.random.default_rng([seed, shot_id])
    long = source.standard_normal((receivers, samples + 2 * edge))
    return band.apply(long)[:, edge : edge + samples]


def noisy(
    traces: NDArray[np.floating[Any]],
    noise: Traces,
    ratio_db: float,
    window: slice,
    alive: NDArray[np.bool_],
) -> Traces:
    """Add noise at a ratio of energies; traces that are not alive become zero.

    traces, noise : (receivers, samples). window : samples whose energy counts.
    Raises ValueError where there is no signal to compare with.
    """
    signal = np.where(alive[:, None], traces, 0.0).astype(np.float64)
    chosen = np.where(alive[:, None], noise, 0.0)
    heard, added = ((part[:, window] ** 2).sum() for part in (signal, chosen))
    if not heard > 0.0:
        msg = "no signal in the window"
        raise ValueError(msg)
    return np.asarray(signal + chosen * np.sqrt(heard / added / 10 ** (ratio_db / 10)))


def check(case: Case, comm_size: int) -> list[Finding]:
    """Say everything that keeps noise from being added."""
    if checks.is_finished(case, "gathers"):
        return []
    findings = checks.output(case, "gathers")
    path = case.inputs["gathers"]
    survey = checks.attempt(lambda: read_survey(path), findings)
    if survey is None:
        return findings
    wrong = [*band_faults(case.parameters, survey), *_window_faults(case, survey)]
    findings += [case.finding(f"parameters.{name}", text) for name, text in wrong]
    findings += [
        case.finding("parameters.dead_traces", text)
        for text in selection.name_faults(_named_here(case, survey), survey)
    ]
    traces = sum(len(shot.receivers_m) for shot in survey.shots)
    findings += capacity.space(case, "gathers", 4 * traces * survey.n_samples)
    return findings + trace_faults(path, survey)


def _named_here(case: Case, survey: Survey) -> list[str]:
    """Names of dead traces but those of shots that are in another part."""
    named = case.parameters["dead_traces"] or ()
    shots = [text.partition(":")[0] for text in named]
    return [
        text
        for text, shot in zip(named, shots, strict=True)
        if not shot.isdecimal() or int(shot) in survey.shot_ids
    ]


def _window_faults(case: Case, survey: Survey) -> Iterator[tuple[str, str]]:
    window = window_of(case.parameters, survey)
    if window.stop <= window.start:
        last = (survey.n_samples - 1) * survey.sample_interval_s
        text = f"the window holds no sample; the record lasts from 0 to {last:g} s"
        yield (
            "time_to_s"
            if case.parameters["time_to_s"] is not None
            else ("time_from_s"),
            text,
        )


def window_of(parameters: Mapping[str, Any], survey: Survey) -> slice:
    """Give the samples from `time_from_s` up to `time_to_s`, both included."""
    dt, last = survey.sample_interval_s, parameters["time_to_s"]
    first = int(np.ceil((parameters["time_from_s"] or 0.0) / dt - 1e-6))
    end = survey.n_samples if last is None else int(last / dt + 1e-6) + 1
    return slice(first, min(end, survey.n_samples))


def run(case: Case, context: RunContext) -> None:
    """Write the gathers, from rank 0."""
    out = case.outputs["gathers"]
    if context.comm.rank == 0 and not finished(out, context.fingerprint):
        with GatherReader(case.inputs["gathers"]) as reader:
            gathers = _noisy_shots(case, reader)
            made = context.provenance, context.fingerprint
            write_gathers(out, reader.survey, gathers, *made)
        ratio = case.parameters["signal_to_noise_db"]
        context.log(f"{len(reader.shot_ids)} shots, signal to noise {ratio:g} dB")
    context.comm.Barrier()


def _noisy_shots(
    case: Case, reader: GatherReader
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Give each shot's number and traces; BadInput names a shot without signal."""
    p, survey = case.parameters, reader.survey
    band, window = band_of(p, survey), window_of(p, survey)
    for shot_id in reader.shot_ids:
        traces = reader.read(shot_id)
        noise = white(p["seed"], shot_id, traces.shape, band)
        named = p["dead_traces"] or ()
        alive = selection.left_out(named, shot_id, len(traces)) > 0.0
        try:
            made = noisy(traces, noise, p["signal_to_noise_db"], window, alive)
        except ValueError as error:
            text = f"shot {shot_id}: {error}, which noise is measured by; widen it"
            raise BadInput([Finding(str(reader.path), None, text)]) from error
        yield shot_id, made.astype(np.float32)
