"""What `anticline survey describe` tells of a file, as a value that JSON holds.

    {"format": "anticline-survey-description/1", "file": ..., "kind": "SEG-Y",
     "layout": {...}, "sampling": {...}, "geometry": {...},
     "findings": [...], "notes": [...]}

A finding is something wrong, a note something unusual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from anticline.errors import BadInput, Finding
from anticline_solvers.formats.gathers import FORMAT as GATHERS
from anticline_solvers.formats.gathers import INDEX_FORMAT
from anticline_solvers.formats.hdf5 import HDF5_SIGNATURE, format_of
from anticline_solvers.formats.segy import positions, samples, text
from anticline_solvers.formats.segy.binary import ORDER_NAMES, TEXT_BYTES, Stated
from anticline_solvers.formats.segy.index import Index, index_of
from anticline_solvers.formats.segy.layout import Layout, read_layout
from anticline_solvers.formats.segy.shots import group, sensible_key
from anticline_solvers.formats.survey import FORMAT as SURVEY
from anticline_solvers.formats.survey import Survey, read_survey
from anticline_solvers.segy import findings
from anticline_solvers.segy.extents import Extents, Piece
from anticline_solvers.segy.inspection import inspected
from anticline_solvers.segy.lattice import line_of, plane_of

FORMAT = "anticline-survey-description/1"
MICRO = 1e-6

Pieces = Callable[[], Iterator[Piece]]


@dataclass(frozen=True, eq=False)
class Description:
    """What is told of a file, and its traces once more for the fold map.

    facts : the JSON value. pieces : the traces, again at each call.
    """

    facts: dict[str, Any]
    pieces: Pieces
    extents: Extents


def describe(path: Path, stated: Stated | None = None) -> Description:
    """Describe a SEG-Y file, gathers or a survey; BadInput where it is none."""
    with _opened(path) as stream:
        start = stream.read(len(HDF5_SIGNATURE))
    if start == HDF5_SIGNATURE:
        return _of_survey(path)
    layout = read_layout(path, stated)
    return _of_segy(layout, stated or Stated())


def _opened(path: Path) -> Any:
    try:
        return path.open("rb")
    except OSError as error:
        told = f"cannot be read ({error.strerror}); correct the path"
        raise BadInput([Finding(str(path), None, told)]) from error


def _of_survey(path: Path) -> Description:
    kind = format_of(path)
    if kind not in (SURVEY, GATHERS, INDEX_FORMAT):
        told = f"is {kind or 'HDF5 of others'}; described are SEG-Y, surveys, gathers"
        raise BadInput([Finding(str(path), None, told)])
    survey = read_survey(path)

    def pieces() -> Iterator[Piece]:
        return (_piece_of(survey, k) for k in range(len(survey.shots)))

    extents = _gathered(pieces())
    receivers = [len(shot.receivers_m) for shot in survey.shots]
    facts = {
        "format": FORMAT,
        "file": str(path),
        "kind": kind,
        "layout": {"bytes": path.stat().st_size, "traces": sum(receivers)},
        "sampling": _sampling(survey.sample_interval_s, survey.n_samples)
        | {
            "peak_frequency_hz": survey.peak_frequency_hz,
            "maximum_frequency_hz": survey.maximum_frequency_hz,
        },
        "geometry": _shots(np.array(receivers)) | _geometry(extents),
        "findings": [],
        "notes": [],
    }
    return Description(facts, pieces, extents)


def _piece_of(survey: Survey, k: int) -> Piece:
    """Put a shot on the map."""
    shot, frame = survey.shots[k], survey.frame
    receiver = np.column_stack(
        [frame.to_map(shot.receivers_m), shot.receivers_m[:, -1]]
    )
    point = np.append(frame.to_map(shot.source_m)[0], shot.source_m[-1])
    source = np.broadcast_to(point, receiver.shape)
    return Piece.unstacked(source, receiver)


def _of_segy(layout: Layout, stated: Stated) -> Description:
    index = index_of(layout)
    stacked = findings.is_stacked(index)

    def pieces() -> Iterator[Piece]:
        return _segy_pieces(index, stacked=stacked)

    extents = _gathered(pieces())
    shots = group(index, sensible_key(index))
    samples_told, wrong, odd = inspected(layout)
    doubts = findings.doubts(index, stated, units_are_lengths=False)
    facts = {
        "format": FORMAT,
        "file": str(layout.path),
        "kind": "SEG-Y, stacked or in depth" if stacked else "SEG-Y",
        "layout": _layout(layout),
        "sampling": _sampling(layout.interval * MICRO, layout.n_samples)
        | _delay(index)
        | samples_told,
        "geometry": _stacked(index, extents)
        if stacked
        else _shots(np.diff(shots.first), sensible_key(index)) | _geometry(extents),
        "findings": [*layout.doubts, *doubts, *wrong, *findings.remarks(index)],
        "notes": [*layout.notes, *odd],
    }
    return Description(facts, pieces, extents)


def _segy_pieces(index: Index, *, stacked: bool) -> Iterator[Piece]:
    unit_m = index.layout.length_unit_m
    for part in index.parts():
        columns = index.columns(*positions.PLACES, "cdp_x", "cdp_y", part=part)
        places = positions.places(columns, unit_m)
        if stacked:
            middle = positions.bins(columns, unit_m)
            here = np.column_stack([middle, places.source[:, 2]])
            yield Piece(here, here, middle)
        else:
            yield Piece.unstacked(places.source, places.receiver)


def _gathered(pieces: Iterator[Piece]) -> Extents:
    extents = Extents()
    for piece in pieces:
        if len(piece.middle):
            extents.add(piece)
    return extents


def _layout(layout: Layout) -> dict[str, Any]:
    with layout.path.open("rb") as stream:
        lines = text.lines_of(stream.read(TEXT_BYTES))
    return {
        "bytes": layout.size,
        "revision": layout.revision,
        "byte_order": ORDER_NAMES[layout.order],
        "sample_format": layout.code,
        "sample_format_name": samples.NAMES[layout.code],
        "traces": layout.n_traces,
        "trace_bytes": layout.trace_bytes,
        "first_trace_byte": layout.first_byte + 1,
        "length_unit_m": layout.length_unit_m,
        "text": [line for line in lines if line[3:].strip()],
    }


def _sampling(interval_s: float, n_samples: int) -> dict[str, Any]:
    return {
        "sample_interval_s": round(interval_s, 12),
        "n_samples": n_samples,
        "duration_s": round(interval_s * (n_samples - 1), 9),
    }


def _delay(index: Index) -> dict[str, Any]:
    late = positions.delays(index.columns(*positions.TIMES))
    return {"delay_s": [float(late.min()), float(late.max())]}


def _shots(traces: Any, key: str = "") -> dict[str, Any]:
    told: dict[str, Any] = {"shots": int(traces.size)}
    if key:
        told["shots_by"] = key
    if traces.size:
        told["traces_per_shot"] = [int(traces.min()), int(traces.max())]
    return told


def _geometry(extents: Extents) -> dict[str, Any]:
    low, high = extents.offset
    return {
        "receivers": extents.receivers,
        "offset_m": [round(low, 4), round(high, 4)],
        "azimuth_deg": extents.azimuth_deg,
        **extents.bounds(),
    }


def _stacked(index: Index, extents: Extents) -> dict[str, Any]:
    """Tell bounds and lattice of traces that are bins."""
    bounds = extents.bounds()
    told: dict[str, Any] = {
        f"cdp_{n}_m": bounds[f"source_{n}_m"] for n in ("easting", "northing")
    }
    numbers = index.columns("inline", "crossline")
    for name, column in numbers.items():
        told[name] = [int(column.min()), int(column.max())]
    on_map = positions.bins(
        index.columns("cdp_x", "cdp_y", "coordinate_scalar"),
        index.layout.length_unit_m,
    )
    try:
        if all(np.ptp(column) for column in numbers.values()):
            fitted = plane_of(on_map, numbers["inline"], numbers["crossline"])
        else:
            fitted = line_of(on_map)
    except ValueError as error:
        return told | {"azimuth_deg": extents.azimuth_deg, "grid": str(error)}
    return told | {
        "azimuth_deg": round(fitted.frame.azimuth_deg, 6),
        "spacing_m": [round(step, 4) for step in fitted.spacing_m],
    }
