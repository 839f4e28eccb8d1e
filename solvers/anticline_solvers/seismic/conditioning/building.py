"""The chain of a shot, from a component's parameters.

In this order: traces left out, band-pass, top mute, bottom mute, time window, decay.
Mutes come after the filter, which would ring into what they silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from anticline_solvers.formats.survey import Shot, Survey
from anticline_solvers.seismic.acquisition.preparation import offsets_m
from anticline_solvers.seismic.conditioning import mutes, offsets, selection, windows
from anticline_solvers.seismic.conditioning.band_pass import BandPass, corners
from anticline_solvers.seismic.conditioning.operators import Chain, Operator, Weights


def of(parameters: Mapping[str, Any], shot: Shot, survey: Survey) -> Chain:
    """Build the chain of a shot.

    parameters : hold every name of CONDITIONING; sound, as `checks` finds them.
    """
    operators = (
        *_frequencies(parameters, survey),
        *_mutes(parameters, shot, survey),
        *_windows(parameters, survey),
    )
    chain = Chain(operators, np.ones(len(shot.receivers_m)))
    return chain.weighted(weights(parameters, shot))


def taper_s(parameters: Mapping[str, Any], survey: Survey) -> float:
    """Duration of the tapers: as given, or a period of the peak frequency [s]."""
    given = parameters["time_taper_s"]
    return 1.0 / survey.peak_frequency_hz if given is None else float(given)


def weights(parameters: Mapping[str, Any], shot: Shot) -> Weights:
    """Give what each trace counts, (n_receivers,), 0 where it is left out."""
    p, h = parameters, offsets_m(shot)
    inside = offsets.offset_window(
        h, p["offset_from_m"], p["offset_to_m"], p["offset_taper_m"]
    )
    named = selection.left_out(p["leave_out_traces"] or (), shot.id, h.size)
    power = offsets.offset_power(h, p["offset_power"], p["offset_power_from_m"])
    return np.asarray(named * inside * power)


def _frequencies(parameters: Mapping[str, Any], survey: Survey) -> Iterator[Operator]:
    low, high = (corners(parameters[k]) for k in ("low_cut_hz", "high_cut_hz"))
    if low is not None or high is not None:
        yield BandPass(survey.sample_interval_s, low, high)


def _mutes(
    parameters: Mapping[str, Any], shot: Shot, survey: Survey
) -> Iterator[Operator]:
    for side, mute in (("top", mutes.top), ("bottom", mutes.bottom)):
        velocity_m_s = parameters[f"{side}_mute_velocity_m_s"]
        if velocity_m_s is not None:
            yield mute(
                offsets_m(shot),
                survey.n_samples,
                survey.sample_interval_s,
                velocity_m_s,
                parameters[f"{side}_mute_delay_s"] or 0.0,
                taper_s(parameters, survey),
            )


def _windows(parameters: Mapping[str, Any], survey: Survey) -> Iterator[Operator]:
    n, dt = survey.n_samples, survey.sample_interval_s
    from_s, to_s = parameters["time_from_s"], parameters["time_to_s"]
    if from_s is not None or to_s is not None:
        yield windows.window(n, dt, from_s, to_s, taper_s(parameters, survey))
    if parameters["time_decay_s"] is not None:
        yield windows.decay(n, dt, parameters["time_decay_s"])
