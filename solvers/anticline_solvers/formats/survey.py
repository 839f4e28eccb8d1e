"""Surveys: `anticline-survey/1`, shots with their receivers, and one wavelet.

Receivers that several shots share are stored once. Sample k of the wavelet and of
every trace is at time k * interval; the wavelet starts at t = 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from anticline_solvers.formats import contents
from anticline_solvers.formats.geometry import (
    GROUP,
    Frame,
    frame_of,
    write_frame,
)
from anticline_solvers.formats.hdf5 import open_checked, write_new

FORMAT = "anticline-survey/1"
WITH_SURVEY = (FORMAT, "anticline-gathers/1", "anticline-gathers-index/1")

Positions = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Shot:
    """One firing of the source.

    id : its number, unique in a survey.
    source_m : (ndim,) float64 [m]; receivers_m : (n_receivers, ndim) float64 [m].
    """

    id: int
    source_m: Positions
    receivers_m: Positions


@dataclass(frozen=True, eq=False)
class Survey:
    """Everything about a recording but the medium.

    wavelet : (n,) float64, source f(t) of (1/v^2) p_tt - lap p = f(t) delta(x - xs)
        [Pa m] in 3-D, [Pa] in 2-D, sampled every `wavelet_interval_s`.
    sample_interval_s, n_samples : of every trace.
    peak_frequency_hz, maximum_frequency_hz : of the wavelet.
    """

    shots: tuple[Shot, ...]
    wavelet: NDArray[np.float64]
    wavelet_interval_s: float
    sample_interval_s: float
    n_samples: int
    peak_frequency_hz: float
    maximum_frequency_hz: float
    frame: Frame = field(default_factory=Frame)

    @property
    def ndim(self) -> int:
        """Number of axes of its positions."""
        return int(self.shots[0].source_m.size)

    @property
    def shot_ids(self) -> tuple[int, ...]:
        """Numbers of the shots, in the survey's order."""
        return tuple(shot.id for shot in self.shots)

    def shot(self, shot_id: int) -> Shot:
        """Find a shot by its number; KeyError where it is absent."""
        for shot in self.shots:
            if shot.id == shot_id:
                return shot
        msg = f"shot {shot_id} is not in the survey ({len(self.shots)} shots)"
        raise KeyError(msg)

    def only(self, shot_ids: Iterable[int]) -> Survey:
        """Give the same survey with some of its shots, in the order given."""
        return replace(self, shots=tuple(self.shot(number) for number in shot_ids))


def write_survey(
    path: Path,
    survey: Survey,
    provenance: Mapping[str, object] | None = None,
    fingerprint: str = "",
) -> None:
    """Write a survey file from one process."""
    with write_new(path, FORMAT, provenance or {}, fingerprint) as file:
        put_survey(file, survey)


def read_survey(path: Path) -> Survey:
    """Read the survey of a survey file or of gathers."""
    with open_checked(path, *WITH_SURVEY) as file:
        return get_survey(file)


def put_survey(file: h5py.File, survey: Survey) -> None:
    """Add the groups `survey` and `geometry` to an open file."""
    ids = survey.shot_ids
    if not ids or len(set(ids)) != len(ids):
        msg = f"a survey has one or more shots of different numbers, found {ids}"
        raise ValueError(msg)
    write_frame(file.create_group(GROUP), survey.frame)
    group = file.create_group("survey")
    group.attrs["sample_interval_s"] = float(survey.sample_interval_s)
    group.attrs["n_samples"] = int(survey.n_samples)
    group.attrs["peak_frequency_hz"] = float(survey.peak_frequency_hz)
    group.attrs["maximum_frequency_hz"] = float(survey.maximum_frequency_hz)
    _put_wavelet(group, survey)
    _put_positions(group, survey)


def _put_wavelet(group: h5py.Group, survey: Survey) -> None:
    data = group.create_dataset("wavelet", data=np.asarray(survey.wavelet, np.float64))
    data.attrs["unit"] = "Pa m" if survey.ndim == 3 else "Pa"
    data.attrs["interval_s"] = float(survey.wavelet_interval_s)


def _put_positions(group: h5py.Group, survey: Survey) -> None:
    """Write sources, and each different set of receivers once."""
    ndim = survey.ndim
    shapes = [np.asarray(s.receivers_m, np.float64) for s in survey.shots]
    spreads = [np.ascontiguousarray(r.reshape(-1, ndim)) for r in shapes]
    numbers: dict[bytes, int] = {}
    kept: list[Positions] = []
    for spread in spreads:
        if numbers.setdefault(spread.tobytes(), len(kept)) == len(kept):
            kept.append(spread)
    first = np.cumsum([0, *(len(spread) for spread in kept)])
    which = [numbers[spread.tobytes()] for spread in spreads]
    _put(group, "shot_id", np.array(survey.shot_ids, np.int64), "1")
    _put(group, "source", np.stack([s.source_m for s in survey.shots]), "m")
    _put(group, "receiver", np.concatenate(kept), "m")
    _put(group, "spread_first", first.astype(np.int64), "1")
    _put(group, "spread_of_shot", np.array(which, np.int64), "1")


def _put(group: h5py.Group, name: str, values: NDArray[np.generic], unit: str) -> None:
    group.create_dataset(name, data=values).attrs["unit"] = unit


def get_survey(file: h5py.File) -> Survey:
    """Read the group `survey` of an open file; shots share their receiver arrays.

    Raises BadInput that names the file and what is missing or contradicts itself.
    """
    group = contents.group(file, "survey")
    wavelet = contents.dataset(group, "wavelet")
    try:
        shots = _get_shots(group)
    except (ValueError, IndexError) as error:
        text = f"'survey' contradicts itself ({error}); make the file again"
        raise contents.faulty(file, text) from error
    if not shots:
        raise contents.faulty(file, "'survey' holds no shot; make the file again")
    return Survey(
        shots,
        wavelet[...],
        contents.number(wavelet, "interval_s"),
        contents.number(group, "sample_interval_s"),
        int(contents.number(group, "n_samples")),
        contents.number(group, "peak_frequency_hz"),
        contents.number(group, "maximum_frequency_hz"),
        frame_of(contents.group(file, GROUP)),
    )


def _get_shots(group: h5py.Group) -> tuple[Shot, ...]:
    ids, sources, receivers, first, which = (
        contents.dataset(group, name)[...]
        for name in ("shot_id", "source", "receiver", "spread_first", "spread_of_shot")
    )
    if not (np.isfinite(sources).all() and np.isfinite(receivers).all()):
        msg = "a position is not finite"
        raise ValueError(msg)
    spreads = [receivers[a:b] for a, b in pairwise(first)]
    return tuple(
        Shot(int(number), source, spreads[int(spread)])
        for number, source, spread in zip(ids, sources, which, strict=True)
    )
