"""Parameters that contradict themselves, each other or the survey.

Each function yields (parameter, text) pairs; `faults` gives them all. A driver's
check makes findings of them: case.finding(f"parameters.{parameter}", text).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from anticline_solvers.formats.survey import Shot, Survey
from anticline_solvers.seismic.acquisition.preparation import offsets_m
from anticline_solvers.seismic.conditioning import building, selection

Fault = tuple[str, str]


def faults(parameters: Mapping[str, Any], survey: Survey) -> list[Fault]:
    """Say all that is wrong with the parameters of CONDITIONING for a survey.

    survey : the whole one. A part of it may lack a shot that is named, and may keep
        no trace, and all is well.

    Whether any trace is left is asked only where nothing else is wrong.
    """
    found = [
        *band_faults(parameters, survey),
        *_times(parameters, survey),
        *_delays(parameters),
        *_offsets(parameters),
        *_names(parameters, survey),
    ]
    return found or list(_nothing_left(parameters, survey))


def band_faults(parameters: Mapping[str, Any], survey: Survey) -> Iterator[Fault]:
    """Find corners that are no corners, and bands that hold nothing.

    parameters : `low_cut_hz` and `high_cut_hz` are read.
    """
    sound = True
    for name in ("low_cut_hz", "high_cut_hz"):
        for text in _corner_faults(parameters[name], survey):
            sound = False
            yield name, text
    low, high = parameters["low_cut_hz"], parameters["high_cut_hz"]
    if not sound:
        return
    if low is not None and low[0] >= survey.maximum_frequency_hz:
        yield (
            "low_cut_hz",
            f"silent below {low[0]:g} Hz, and the wavelet holds nothing above "
            f"{survey.maximum_frequency_hz:.4g} Hz; lower the cut",
        )
    if low is not None and high is not None and low[1] > high[0]:
        yield (
            "high_cut_hz",
            f"falls from {high[0]:g} Hz on, and low_cut_hz rises up to {low[1]:g} Hz; "
            "no frequency passes whole: raise the one or lower the other",
        )


def _corner_faults(given: list[float] | None, survey: Survey) -> Iterator[str]:
    if given is None:
        return
    if len(given) != 2 or given[0] >= given[1]:
        yield f"{given} Hz; two rising frequencies are needed, such as [4, 5]"
        return
    nyquist = 0.5 / survey.sample_interval_s
    if given[1] > nyquist:
        yield (
            f"reaches {given[1]:g} Hz, and a sample interval of "
            f"{survey.sample_interval_s:g} s carries {nyquist:.4g} Hz; stay below"
        )
    finest = 1.0 / _duration_s(survey)
    if given[1] - given[0] < finest * (1.0 - 1e-9):
        yield (
            f"goes from 0 to 1 in {given[1] - given[0]:.3g} Hz, and rings longer than "
            f"the record of {_duration_s(survey):g} s; take at least {finest:.3g} Hz"
        )


def _times(parameters: Mapping[str, Any], survey: Survey) -> Iterator[Fault]:
    """Find a window outside of the record, or without room for its tapers."""
    duration = _duration_s(survey)
    first, last = parameters["time_from_s"], parameters["time_to_s"]
    for name in ("time_from_s", "time_to_s"):
        given = parameters[name]
        if given is not None and given > duration * (1.0 + 1e-9):
            yield name, f"{given:g} s, and the record ends at {duration:g} s"
    start, end = first or 0.0, duration if last is None else last
    tapers = (first is not None) + (last is not None)
    needed = tapers * building.taper_s(parameters, survey)
    if tapers and end - start <= needed and start <= duration:
        yield (
            "time_from_s" if last is None else "time_to_s",
            f"leaves {end - start:g} s from {start:g} s to {end:g} s, and the tapers "
            f"take {needed:g} s of them; widen the window or shorten time_taper_s",
        )


def _delays(parameters: Mapping[str, Any]) -> Iterator[Fault]:
    """Find a mute's delay without its velocity."""
    for side in ("top", "bottom"):
        delay, velocity = f"{side}_mute_delay_s", f"{side}_mute_velocity_m_s"
        if parameters[delay] is not None and parameters[velocity] is None:
            yield delay, f"mutes nothing without {velocity}; give both, or neither"


def _offsets(parameters: Mapping[str, Any]) -> Iterator[Fault]:
    """Find an offset window that is none."""
    first, last = parameters["offset_from_m"] or 0.0, parameters["offset_to_m"]
    if last is not None and first > last:
        yield "offset_to_m", f"{last:g} m is below offset_from_m, {first:g} m"


def _names(parameters: Mapping[str, Any], survey: Survey) -> Iterator[Fault]:
    for text in selection.name_faults(parameters["leave_out_traces"] or (), survey):
        yield "leave_out_traces", text


def _nothing_left(parameters: Mapping[str, Any], survey: Survey) -> Iterator[Fault]:
    """Find that no trace of the survey is left, or no sample of those."""
    reach = (offsets_m(shot) for shot in survey.shots)
    taken = [building.weights(parameters, shot) > 0.0 for shot in survey.shots]
    if not any(mask.any() for mask in taken):
        longest = max(float(h.max(initial=0.0)) for h in reach)
        first = parameters["offset_from_m"]
        windowed = first is not None or parameters["offset_to_m"] is not None
        yield (
            "offset_from_m" if windowed else "leave_out_traces",
            f"no trace of {len(survey.shots)} shots is left; their offsets reach "
            f"{longest:g} m",
        )
        return
    if not any(
        _open_s(parameters, shot, survey)[mask].max(initial=0.0) > 0.0
        for shot, mask in zip(survey.shots, taken, strict=True)
    ):
        side = "top" if parameters["bottom_mute_velocity_m_s"] is None else "bottom"
        yield (
            f"{side}_mute_velocity_m_s",
            "the mutes and the time window leave no sample of any trace; let the top "
            "mute end earlier or the bottom mute begin later",
        )


def _open_s(
    parameters: Mapping[str, Any], shot: Shot, survey: Survey
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Give how long each trace is heard between mutes and window, (n,) [s]."""
    h = offsets_m(shot)
    start = np.full(h.shape, parameters["time_from_s"] or 0.0)
    to_s = parameters["time_to_s"]
    end = np.full(h.shape, _duration_s(survey) if to_s is None else to_s)
    if (fast := parameters["top_mute_velocity_m_s"]) is not None:
        start = np.maximum(start, h / fast + (parameters["top_mute_delay_s"] or 0.0))
    if (slow := parameters["bottom_mute_velocity_m_s"]) is not None:
        end = np.minimum(end, h / slow + (parameters["bottom_mute_delay_s"] or 0.0))
    return np.asarray(end - start)


def _duration_s(survey: Survey) -> float:
    """Time of the last sample [s]."""
    return survey.sample_interval_s * (survey.n_samples - 1)
