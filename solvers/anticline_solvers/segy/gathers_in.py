"""Component segy.import_gathers: a SEG-Y survey as gathers.

The survey is read from the trace headers (positions, depths, delays, with their
scalars), turned into the model's frame and given a wavelet, which SEG-Y has not. The
traces are copied shot by shot, or stay where they are and are read from there.
docs/reference/segy.md says what each parameter does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anticline.component import Case, RunContext
from anticline.errors import BadInput, Finding
from anticline_solvers.formats.gathers import write_gathers, write_index
from anticline_solvers.formats.hdf5 import finished, require_space
from anticline_solvers.formats.model import read_grid
from anticline_solvers.formats.segy import positions
from anticline_solvers.formats.segy.index import Index, identity
from anticline_solvers.formats.segy.linked import WHOLE, Link, LinkedTraces
from anticline_solvers.formats.segy.shots import Shots, group
from anticline_solvers.formats.segy.traces import TraceFile
from anticline_solvers.formats.survey import Shot, Survey, read_survey
from anticline_solvers.segy import findings, placing, reading
from anticline_solvers.seismic import checks
from anticline_solvers.seismic.acquisition import spreads as acquisition
from anticline_solvers.seismic.acquisition import wavelets

MICRO = 1e-6


@dataclass(frozen=True, eq=False)
class Plan:
    """What an import makes of a file: its survey, and where its traces lie."""

    survey: Survey
    link: Link
    index: Index


def check(case: Case, comm_size: int) -> list[Finding]:
    """Say everything that keeps the file from being imported."""
    if checks.is_finished(case, "gathers"):
        return []
    found = checks.output(case, "gathers")
    made = checks.attempt(lambda: plan(case), found)
    if made is not None and case.parameters["copy"]:
        survey = made.survey
        n_bytes = 4 * made.link.trace.size * survey.n_samples
        lack = require_space(case.outputs["gathers"], n_bytes)
        found += [case.finding("outputs.gathers", lack.text)] if lack else []
    return found


def run(case: Case, context: RunContext) -> None:
    """Write the gathers, from rank 0."""
    if context.comm.rank == 0:
        output = case.outputs["gathers"]
        if not finished(output, context.fingerprint):
            _write(case, context, plan(case))
    context.comm.Barrier()


def _write(case: Case, context: RunContext, made: Plan) -> None:
    survey, output = made.survey, case.outputs["gathers"]
    for text in findings.remarks(made.index):
        context.log(text)
    origin = (context.provenance, context.fingerprint)
    if case.parameters["copy"]:
        count = context.progress("shots", len(survey.shots))
        with LinkedTraces(made.link) as linked:

            def gather(position: int, shot: Shot) -> tuple[int, NDArray[np.float32]]:
                count.advance()
                return shot.id, linked.read(position, survey.n_samples)

            shots = (gather(k, shot) for k, shot in enumerate(survey.shots))
            write_gathers(output, survey, shots, *origin)
        count.close()
    else:
        write_index(output, survey, made.link, *origin)
    context.log(
        f"{len(survey.shots)} shots, {made.link.trace.size:,} traces of "
        f"{survey.n_samples} samples, "
        + ("copied" if case.parameters["copy"] else "left in the SEG-Y file")
    )


def plan(case: Case) -> Plan:
    """Read all headers and lay the survey out; BadInput with every finding."""
    p = case.parameters
    found: list[Finding] = []
    stated = p["sample_interval_s"]
    index = checks.attempt(
        lambda: reading.opened(case, stated and stated / MICRO), found
    )
    wave = checks.attempt(lambda: wavelet_of(case), found)
    if index is None or wave is None:
        raise BadInput(found)
    shots = group(index, p["shots_by"], tuple(p["trace_codes"]))
    if not shots.ids.size:
        codes = ", ".join(map(str, p["trace_codes"]))
        text = f"none of {index.n_traces:,} traces has a code (byte 29) of {codes}"
        raise index.layout.fault(text + "; state trace_codes")
    laid_out, strays = _shots(case, index, shots)
    found += [Finding(str(index.layout.path), None, text) for text in strays]
    found += _outside(case, laid_out)
    if found:
        raise BadInput(found)
    link = _link(index, shots)
    late = max(0.0, float(link.shift.max()))
    survey = Survey(
        laid_out,
        sample_interval_s=index.layout.interval * MICRO,
        n_samples=index.layout.n_samples + math.ceil(late - WHOLE),
        frame=placing.frame_of(case),
        **wave,
    )
    return Plan(survey, link, index)


def wavelet_of(case: Case) -> dict[str, Any]:
    """Give the wavelet and its band: of a survey, of a text file, or a Ricker."""
    p = case.parameters
    if "survey" in case.inputs:
        given = read_survey(case.inputs["survey"])
        return {
            "wavelet": given.wavelet,
            "wavelet_interval_s": given.wavelet_interval_s,
            "peak_frequency_hz": given.peak_frequency_hz,
            "maximum_frequency_hz": given.maximum_frequency_hz,
        }
    peak = p["peak_frequency_hz"]
    if peak is None:
        text = (
            "SEG-Y holds no wavelet; give the input survey, whose wavelet is taken, or "
            "peak_frequency_hz (of a Ricker, or of the input wavelet)"
        )
        raise BadInput([case.finding("parameters", text)])
    if "wavelet" in case.inputs:
        wave, interval_s = wavelets.read_wavelet(case.inputs["wavelet"])
    else:
        interval_s = 1.0 / (32.0 * peak)
        wave = wavelets.ricker(peak, interval_s)
    if texts := wavelets.check_wavelet(wave, interval_s):
        raise BadInput([case.finding("inputs.wavelet", text) for text in texts])
    return {
        "wavelet": wave,
        "wavelet_interval_s": interval_s,
        "peak_frequency_hz": peak,
        "maximum_frequency_hz": wavelets.maximum_frequency(wave, interval_s),
    }


def _shots(
    case: Case, index: Index, shots: Shots
) -> tuple[tuple[Shot, ...], list[str]]:
    """Place every shot; say which sources move within a shot and who strays."""
    p = case.parameters
    frame, line = placing.frame_of(case), p["dimensions"] == 2
    source_m, receiver_m = placing.depths(p)
    columns = index.columns(*positions.PLACES)
    unit_m = index.layout.length_unit_m
    made, distances, moving = [], [], []
    for k, number in enumerate(shots.ids.tolist()):
        traces = shots.of(k)
        mine = {name: column[traces] for name, column in columns.items()}
        places = positions.places(mine, unit_m, p["datum_m"])
        source, off_s = placing.placed(
            places.source, frame, source_m, line=line, snap_m=p["snap_m"]
        )
        receivers, off_r = placing.placed(
            places.receiver, frame, receiver_m, line=line, snap_m=p["snap_m"]
        )
        other = np.flatnonzero((source != source[0]).any(axis=1))
        if other.size:
            moving.append((number, int(traces[other[0]])))
        distances.append(np.maximum(off_s, off_r))
        made.append(Shot(number, source[0], receivers))
    texts = _moving(index, moving) + _strays(case, index, shots, distances)
    return tuple(made), texts


def _moving(index: Index, moving: list[tuple[int, int]]) -> list[str]:
    if not moving:
        return []
    shot, trace = moving[0]
    return [
        f"{len(moving):,} shots have more than one source position, the first is shot "
        f"{shot} at trace {trace + 1:,} (byte {index.layout.byte_of(trace, 73):,}); "
        "group by another number: shots_by: source_position, or map field_record to "
        "the bytes that number the shots"
    ]


def _strays(
    case: Case, index: Index, shots: Shots, distances: list[NDArray[np.float64]]
) -> list[str]:
    most, distance = case.parameters["line_tolerance_m"], np.concatenate(distances)
    bad = np.flatnonzero(distance > most)
    if not bad.size:
        return []
    worst = int(shots.trace[int(np.argmax(distance))])
    return [
        f"{bad.size:,} traces lie more than {most:g} m beside the line along +x, the "
        f"farthest is trace {worst + 1:,} (byte {index.layout.byte_of(worst):,}) at "
        f"{distance.max():.6g} m; state easting_m, northing_m and azimuth_deg of the "
        "line (anticline survey describe tells them), widen line_tolerance_m, or take "
        "dimensions: 3"
    ]


def _outside(case: Case, shots: tuple[Shot, ...]) -> list[Finding]:
    """Find positions outside the model, where one is given."""
    if "model" not in case.inputs:
        return []
    grid = read_grid(case.inputs["model"])
    if grid.ndim != case.parameters["dimensions"]:
        text = f"the model has {grid.ndim} axes; state dimensions: {grid.ndim}"
        return [case.finding("inputs.model", text)]
    texts = acquisition.outside(grid, shots)
    return [case.finding("inputs.segy", text) for text in texts]


def _link(index: Index, shots: Shots) -> Link:
    """Say where the traces lie, in the survey's order."""
    layout = index.layout
    delay_s = positions.delays(index.columns(*positions.TIMES))[shots.trace]
    weights = index.exponents()[shots.trace].astype(np.int16)
    shift = delay_s / (layout.interval * MICRO)
    if shift.max() > layout.n_samples * 100:
        worst = int(shots.trace[int(np.argmax(shift))])
        text = (
            f"trace {worst + 1:,} is delayed by {shift.max():.4g} samples "
            f"(byte {layout.byte_of(worst, 109):,}), {layout.n_samples:,} are "
            "recorded; correct its delay or map delay_time to another byte"
        )
        raise layout.fault(text)
    with TraceFile(layout) as file:
        state = identity(file)
    return Link(layout, dict(state), shots.first, shots.trace, shift, weights)
