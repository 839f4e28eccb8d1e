"""Whether observed gathers, predicted ones and a model can belong together.

`seismic.checks` finds what keeps a case from running; this module what lets it run and
makes the result meaningless: units mistaken for others, records that no wave reaches,
signal before any wave can arrive or beyond the wavelet's band, gathers of another
survey. Functions give texts, one a fault, with what was found, needed and to be done.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft, rfftfreq

from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.survey import Shot, Survey
from anticline_solvers.seismic.acquisition.preparation import offsets_m

Traces = NDArray[np.floating[Any]]

SLOWEST_M_S, FASTEST_M_S = 100.0, 20_000.0
"""Bounds of velocities in the ground: soils to the mantle."""

MOST = 0.5
"""Share of a shot's energy that may lie where no wave of the model can be."""

SAME_PLACE_M = 1e-3


def differences(observed: Survey, modelled: Survey) -> list[str]:
    """Say how modelled gathers differ from the observed ones they are compared with."""
    texts = []
    lost = [n for n in observed.shot_ids if n not in modelled.shot_ids]
    if lost:
        texts.append(
            f"lacks {len(lost)} of the observed shots, the first is {lost[0]}; model it"
        )
    sampled = [(s.sample_interval_s, s.n_samples) for s in (observed, modelled)]
    if sampled[0] != sampled[1]:
        found, needed = (f"{n} samples of {dt:g} s" for dt, n in reversed(sampled))
        texts.append(f"has {found}, the observed gathers {needed}; model these")
    both = [n for n in observed.shot_ids if n not in lost]
    moved = [n for n in both if _moved(observed.shot(n), modelled.shot(n))]
    if moved:
        texts.append(
            f"shot {moved[0]} has other receivers, or another source, than the "
            f"observed one, and so have {len(moved) - 1} more; model the same survey"
        )
    return texts


def _moved(one: Shot, other: Shot) -> bool:
    """Tell whether source or receivers differ by more than SAME_PLACE_M."""
    pairs = (
        (one.source_m, other.source_m),
        (one.receivers_m, other.receivers_m),
    )
    return any(
        a.shape != b.shape or not np.allclose(a, b, rtol=0.0, atol=SAME_PLACE_M)
        for a, b in pairs
    )


def velocity_unit(slowest_m_s: float, fastest_m_s: float) -> str | None:
    """Say that velocities are none of the ground in m/s, and which unit they look like.

    slowest_m_s, fastest_m_s : of the model, positive.
    """
    if slowest_m_s >= SLOWEST_M_S and fastest_m_s <= FASTEST_M_S:
        return None
    likely = ""
    if slowest_m_s * 1000 >= SLOWEST_M_S and fastest_m_s * 1000 <= FASTEST_M_S:
        likely = " (km/s, it seems: multiply by 1000)"
    elif slowest_m_s >= 3 * SLOWEST_M_S and fastest_m_s * 0.3048 <= FASTEST_M_S:
        likely = " (ft/s, it seems: multiply by 0.3048)"
    return (
        f"velocities from {slowest_m_s:.4g} to {fastest_m_s:.4g} m/s; in the ground "
        f"{SLOWEST_M_S:g} to {FASTEST_M_S:g} are possible; bring the model to "
        f"m/s{likely}"
    )


def spread_unit(grid: Grid, shots: Sequence[Shot]) -> str | None:
    """Say that all sources and receivers lie in one cell, as those in km would."""
    places = np.concatenate(
        [np.vstack([shot.source_m, shot.receivers_m]) for shot in shots]
    )
    extent = np.ptp(places, axis=0)
    several = len(np.unique(places, axis=0)) > 2
    if not several or (extent >= np.asarray(grid.spacing_m)).any():
        return None
    return (
        f"sources and receivers lie within {extent.max():g} m of each other, and cells "
        f"are {max(grid.spacing_m):g} m; give positions in m (multiply km by 1000)"
    )


def silent_records(survey: Survey, fastest_m_s: float) -> list[str]:
    """Say which shots end before any wave reaches their nearest receiver."""
    end_s = (survey.n_samples - 1) * survey.sample_interval_s
    late = [
        (shot.id, float(nearest))
        for shot in survey.shots
        if (nearest := offsets_m(shot).min(initial=math.inf)) > end_s * fastest_m_s
    ]
    if not late:
        return []
    shot_id, nearest = late[0]
    return [
        f"the record ends at {end_s:g} s, and at {fastest_m_s:g} m/s nothing reaches "
        f"the nearest receiver of shot {shot_id} before {nearest / fastest_m_s:.4g} s, "
        f"nor those of {len(late) - 1} more shots; give times in s (divide ms by "
        "1000), lengths in m, or record longer"
    ]


def unfit(
    grid: Grid, survey: Survey, slowest_m_s: float, fastest_m_s: float
) -> Iterator[tuple[str, str]]:
    """Say of the model, or of the gathers, why they cannot belong together.

    slowest_m_s, fastest_m_s : of the model, positive. Yields (input, text).
    """
    if text := velocity_unit(slowest_m_s, fastest_m_s):
        yield "model", text
        return  # what follows is judged by these velocities
    if text := spread_unit(grid, survey.shots):
        yield "gathers", text
        return
    for text in silent_records(survey, fastest_m_s):
        yield "gathers", text


def shot_texts(
    shot: Shot, traces: Traces, survey: Survey, fastest_m_s: float
) -> list[str]:
    """Say that a shot's observed traces hold what no wave in the model can make.

    traces : (n_receivers, n_samples), finite; as conditioned, where a misfit compares
        them so. A silent shot has no faults.
    """
    energy = np.square(np.asarray(traces, np.float64))
    whole = float(energy.sum())
    if not whole > 0.0:
        return []
    found = []
    early = _early_share(energy, shot, survey, fastest_m_s) / whole
    if early > MOST:
        found.append(
            f"shot {shot.id}: {early:.0%} of its energy comes before a wave of "
            f"{fastest_m_s:g} m/s can arrive; look at the sample interval, at time 0 "
            "(the wavelet's first sample) and at the offsets"
        )
    beyond = _share_beyond(traces, survey)
    if beyond > MOST:
        found.append(
            f"shot {shot.id}: {beyond:.0%} of its energy is above "
            f"{survey.maximum_frequency_hz:.4g} Hz, where the wavelet ends; filter the "
            "gathers (seismic.band) or give the wavelet that made them"
        )
    return found


def _early_share(
    energy: Traces, shot: Shot, survey: Survey, fastest_m_s: float
) -> float:
    """Sum the energy before the first possible arrival, less one period."""
    arrival_s = offsets_m(shot) / fastest_m_s - 1.0 / survey.peak_frequency_hz
    times = survey.sample_interval_s * np.arange(energy.shape[1])
    return float(energy[times[None, :] < arrival_s[:, None]].sum())


def _share_beyond(traces: Traces, survey: Survey) -> float:
    """Share of the energy above the wavelet's highest frequency."""
    power = (np.abs(rfft(np.asarray(traces, np.float64), axis=-1)) ** 2).sum(axis=0)
    hertz = rfftfreq(traces.shape[-1], survey.sample_interval_s)
    return float(power[hertz > survey.maximum_frequency_hz].sum() / power.sum())
