"""Shot gathers: `anticline-gathers/1`, one data set a shot, with their survey.

`shots/000012` is float32 (n_receivers, n_samples) [Pa] of the shot with number 12,
receivers in the survey's order, sample k at time k * sample_interval_s.

In `anticline-gathers-index/1` the traces stay in a SEG-Y file and are read from there,
one shot at a time (`formats.segy.linked`); readers do not tell the difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType

import h5py
import numpy as np
from numpy.typing import NDArray

from anticline.errors import BadInput, Finding
from anticline_solvers.formats.hdf5 import open_checked, write_new
from anticline_solvers.formats.segy.linked import (
    Link,
    LinkedTraces,
    read_link,
    write_link,
)
from anticline_solvers.formats.survey import Shot, Survey, get_survey, put_survey

FORMAT = "anticline-gathers/1"
INDEX_FORMAT = "anticline-gathers-index/1"

Traces = NDArray[np.float32]


def dataset_of(shot_id: int) -> str:
    """Name of a shot's data set."""
    return f"shots/{shot_id:06d}"


def write_shot(
    path: Path,
    survey: Survey,
    shot_id: int,
    traces: Traces,
    provenance: Mapping[str, object] | None = None,
    fingerprint: str = "",
) -> None:
    """Write a file of one shot: `traces` (n_receivers, n_samples) [Pa].

    Its survey holds that shot alone; `combine` joins such files.
    """
    cut = survey.only([shot_id])
    write_gathers(path, cut, [(shot_id, traces)], provenance, fingerprint)


def write_gathers(
    path: Path,
    survey: Survey,
    gathers: Iterable[tuple[int, Traces]],
    provenance: Mapping[str, object] | None = None,
    fingerprint: str = "",
) -> None:
    """Write the gathers of every shot of `survey`, one in memory at a time.

    Raises ValueError, and leaves no file, where a shot is missing or unknown or
    its traces are not (n_receivers, n_samples).
    """
    with write_new(path, FORMAT, provenance or {}, fingerprint) as file:
        put_survey(file, survey)
        for shot_id, traces in gathers:
            _put_traces(file, survey, shot_id, traces)
        missing = set(survey.shot_ids) - set(_stored(file))
        if missing:
            msg = f"no traces for the shots {sorted(missing)} of the survey"
            raise ValueError(msg)


def _put_traces(file: h5py.File, survey: Survey, shot_id: int, traces: Traces) -> None:
    wanted = (len(survey.shot(shot_id).receivers_m), survey.n_samples)
    if traces.shape != wanted:
        msg = f"shot {shot_id}: traces {traces.shape}, the survey asks for {wanted}"
        raise ValueError(msg)
    data = file.create_dataset(dataset_of(shot_id), data=np.asarray(traces, np.float32))
    data.attrs["unit"] = "Pa"


def _stored(file: h5py.File) -> tuple[int, ...]:
    return tuple(int(name) for name in file["shots"]) if "shots" in file else ()


def write_index(
    path: Path,
    survey: Survey,
    link: Link,
    provenance: Mapping[str, object] | None = None,
    fingerprint: str = "",
) -> None:
    """Write gathers whose traces stay in a SEG-Y file."""
    with write_new(path, INDEX_FORMAT, provenance or {}, fingerprint) as file:
        put_survey(file, survey)
        write_link(file, link)


def _shape_fault(file: h5py.File, shot: Shot, n_samples: int) -> str:
    """Say how a shot's traces fail the survey, or nothing."""
    name = dataset_of(shot.id)
    if name not in file:
        return f"shot {shot.id} of its survey has no traces '{name}'"
    found, wanted = file[name].shape, (len(shot.receivers_m), n_samples)
    if found == wanted:
        return ""
    return f"shot {shot.id}: traces {found}, its survey asks for {wanted}"


def _link_fault(link: Link, survey: Survey) -> str:
    """Say how a link fails its survey, or nothing."""
    found = np.diff(link.first).tolist()
    wanted = [len(shot.receivers_m) for shot in survey.shots]
    return "" if found == wanted else "its traces do not fit its survey; make it again"


def trace_faults(path: Path, survey: Survey) -> list[Finding]:
    """Find traces that are absent, of another shape or not finite, shot by shot.

    survey : of the same file. Reads every trace once, one shot in memory at a time.
    """
    try:
        reader = GatherReader(path, complete=False)
    except BadInput as error:
        return list(error.findings)
    findings: list[Finding] = []
    with reader:
        for shot in survey.shots:
            try:
                fault = reader.shape_fault(shot)
                text = fault or _not_finite(shot, reader.read(shot.id))
            except BadInput as error:
                findings += error.findings
                continue
            findings += [Finding(str(path), None, text)] if text else []
    return findings


def _not_finite(shot: Shot, traces: Traces) -> str:
    """Say which traces of a shot hold a NaN or an infinity, or nothing."""
    bad = ~np.isfinite(traces).all(axis=1)
    if not bad.any():
        return ""
    return (
        f"shot {shot.id}: {int(bad.sum()):,} of {bad.size:,} traces hold values that "
        f"are not finite, the first is trace {int(np.argmax(bad))} (counted from 0); "
        "repair or drop them"
    )


class GatherReader:
    """An open file of gathers, or of an index of them; a context manager.

    survey : the file's survey.
    shot_ids : numbers of its shots, in the survey's order.

    Raises BadInput where a shot of the survey has no traces, or of another shape
    (unless ``complete`` is false), and where a SEG-Y file is not the one that was
    indexed.
    """

    def __init__(self, path: Path, *, complete: bool = True) -> None:
        self.path = Path(path)
        self._file = open_checked(self.path, FORMAT, INDEX_FORMAT)
        self._linked: LinkedTraces | None = None
        try:
            self.survey = get_survey(self._file)
            if self._file.attrs["format"] == INDEX_FORMAT:
                self._linked = self._open_link()
            elif complete and (findings := self._misshapen()):
                raise BadInput(findings)
        except BadInput:
            self.close()
            raise
        self.shot_ids = self.survey.shot_ids

    def _misshapen(self) -> list[Finding]:
        """Find shots of the survey whose traces are absent or of another shape."""
        return [
            Finding(str(self.path), None, text)
            for shot in self.survey.shots
            if (text := self.shape_fault(shot))
        ]

    def shape_fault(self, shot: Shot) -> str:
        """Say how a shot's traces fail the survey, or nothing."""
        if self._linked is not None:
            return ""
        return _shape_fault(self._file, shot, self.survey.n_samples)

    def _open_link(self) -> LinkedTraces:
        link = read_link(self._file)
        if fault := _link_fault(link, self.survey):
            raise BadInput([Finding(str(self.path), None, fault)])
        return LinkedTraces(link)

    def read(self, shot_id: int) -> Traces:
        """Traces of a shot, float32 (n_receivers, n_samples) [Pa]."""
        if self._linked is not None:
            position = self.shot_ids.index(shot_id)
            return self._linked.read(position, self.survey.n_samples)
        try:
            traces: Traces = self._file[dataset_of(shot_id)][...]
        except (OSError, TypeError) as error:
            text = f"shot {shot_id}: its traces cannot be read ({error}); "
            text += "make them again"
            raise BadInput([Finding(str(self.path), None, text)]) from error
        return traces

    def close(self) -> None:
        """Let the file go."""
        if self._linked is not None:
            self._linked.close()
        self._file.close()

    def __enter__(self) -> GatherReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def read_shot(path: Path, shot_id: int) -> Traces:
    """Read one shot's traces, float32 (n_receivers, n_samples) [Pa]."""
    with open_checked(path, FORMAT, INDEX_FORMAT) as file:
        if file.attrs["format"] == FORMAT:
            name = dataset_of(shot_id)
            if name not in file:
                text = f"has no shot {shot_id}; it holds {_stored(file)}"
                raise BadInput([Finding(str(path), None, text)])
            traces: Traces = file[name][...]
            return traces
    with GatherReader(path) as reader:
        if shot_id in reader.shot_ids:
            return reader.read(shot_id)
        text = f"has no shot {shot_id}; it holds {reader.shot_ids}"
    raise BadInput([Finding(str(path), None, text)])


def combine(
    parts: Iterable[Path],
    out: Path,
    survey: Survey,
    provenance: Mapping[str, object] | None = None,
    fingerprint: str = "",
) -> None:
    """Join files of some shots each into the gathers of `survey`.

    One shot is in memory at a time; the order of the parts does not matter. A shot
    found twice is taken once, from the first part that has it.
    """
    where: dict[int, Path] = {}
    for part in parts:
        with open_checked(part, FORMAT) as file:
            for shot_id in _stored(file):
                where.setdefault(shot_id, part)
    absent = [number for number in survey.shot_ids if number not in where]
    if absent:
        text = f"cannot be joined: no part holds the shots {absent}"
        raise BadInput([Finding(str(out), None, text)])
    shots = ((number, read_shot(where[number], number)) for number in survey.shot_ids)
    write_gathers(out, survey, shots, provenance, fingerprint)
