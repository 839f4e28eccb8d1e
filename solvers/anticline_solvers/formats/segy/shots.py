"""Traces grouped into shots, whatever order they lie in.

A shot is the traces of one field record (byte 9), of one source point (byte 17), or
of one source position. Within a shot, traces stay in the order of the file.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.formats.segy.index import Index

BY = ("field_record", "source_point", "source_position")
LIVE_CODES = (0, 1, 11)
"""Unknown, time domain seismic data, pressure sensor."""

_POSITION = (
    "source_x",
    "source_y",
    "coordinate_scalar",
    "source_elevation",
    "source_depth",
)
Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Shots:
    """Which traces belong to which shot.

    ids : int64 (shots,), ascending, each once.
    trace : int64 (traces,), numbers of traces in the file, shot after shot.
    first : int64 (shots + 1,): shot k has trace[first[k] : first[k + 1]].
    """

    ids: Numbers
    trace: Numbers
    first: Numbers

    def of(self, position: int) -> Numbers:
        """Traces of the shot at a position of `ids`."""
        return self.trace[self.first[position] : self.first[position + 1]]


def group(index: Index, by: str, codes: tuple[int, ...] = LIVE_CODES) -> Shots:
    """Group the traces whose identification code (byte 29) is one of `codes`.

    by : one of BY. Positions are numbered from 1 as they come.
    """
    live = np.flatnonzero(np.isin(index.column("trace_code"), codes))
    keys = _by_position(index)[live] if by == BY[2] else index.column(by)[live]
    order = np.argsort(keys, kind="stable")
    ids, first = np.unique(keys[order], return_index=True)
    edges = np.append(first, live.size).astype(np.int64)
    return Shots(ids.astype(np.int64), live[order], edges)


def sensible_key(index: Index) -> str:
    """Choose how to group where nobody says: the first number that varies."""
    for name in BY[:2]:
        numbers = index.column(name)
        if numbers.min() != numbers.max():
            return name
    return BY[2]


def _by_position(index: Index) -> Numbers:
    """Give each trace its source position's number, from 1 as they come, (n,)."""
    columns = index.columns(*_POSITION)
    rows = np.stack([columns[name] for name in _POSITION], axis=1)
    _, first, number = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    return np.asarray(rank[number.reshape(-1)] + 1, np.int64)
