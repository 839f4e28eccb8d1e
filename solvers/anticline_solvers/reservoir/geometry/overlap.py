"""The part of a face that two cells on either side of it share.

Two columns of cells meet between pillars A and B. At the share s of the way from A
to B a cell reaches from t(s) to b(s), both linear, so that two cells share the height

    h(s) = max(0, min(b1, b2) - max(t1, t2)),

piecewise linear, with kinks only where one of these lines meets one of the other
cell. With X(s, z) the point of the face, the vector area is the integral of
dX/ds x dX/dz, a polynomial between the kinks, and Gauss points give it exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.reservoir.geometry.pillars import on_line

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_GAUSS = 0.5 + np.array([-0.5, 0.5]) / np.sqrt(3.0)
THINNEST_M = 1e-9


@dataclass(frozen=True)
class Meeting:
    """Columns that meet: m pairs of them, nz cells in each column.

    pillar : (m, 2, 2, 3) [m] the two pillars between them, each by two points.
    one, other : (m, nz, 2, 2) [m] depths of the cells on either side: top and bottom,
        at the first pillar and at the second.
    """

    pillar: Floats
    one: Floats
    other: Floats


@dataclass(frozen=True)
class Shared:
    """Shared faces: p of them.

    pair : (p,) of the meeting's columns. one, other : (p,) the cells' k.
    area : (p, 3) [m2] vector areas.
    """

    pair: Integers
    one: Integers
    other: Integers
    area: Floats


def shared_faces(meeting: Meeting) -> Shared:
    """Find the cells that share a face, and how much of it."""
    pairs, nz = meeting.one.shape[:2]
    everywhere = np.arange(pairs)
    matched = np.all(meeting.one == meeting.other, axis=(1, 2, 3))
    faulted = np.flatnonzero(~matched)
    found = []
    for offset in range(-nz + 1, nz):
        columns = everywhere if offset == 0 else faulted
        if columns.size:
            found.append(_candidates(meeting, columns, offset))
    pair, one, other = (np.concatenate(part) for part in zip(*found, strict=True))
    area = areas(
        meeting.pillar[pair], meeting.one[pair, one], meeting.other[pair, other]
    )
    kept = np.linalg.norm(area, axis=1) > THINNEST_M**2
    order = np.lexsort((other[kept], one[kept], pair[kept]))
    return Shared(*(part[kept][order] for part in (pair, one, other, area)))


def _candidates(
    meeting: Meeting, columns: Integers, offset: int
) -> tuple[Integers, Integers, Integers]:
    """Find cells k and k + offset whose heights overlap at a pillar or in between."""
    nz = meeting.one.shape[1]
    k = np.arange(max(0, -offset), min(nz, nz - offset))
    one = meeting.one[columns][:, k]
    other = meeting.other[columns][:, k + offset]
    apart = (one[..., 1, :] - other[..., 0, :] <= THINNEST_M).all(-1)
    apart |= (other[..., 1, :] - one[..., 0, :] <= THINNEST_M).all(-1)
    row, column = np.nonzero(~apart)
    return columns[row], k[column], k[column] + offset


def areas(pillar: Floats, one: Floats, other: Floats) -> Floats:
    """Vector areas shared: pillar (p, 2, 2, 3), one, other (p, 2, 2) -> (p, 3) [m2]."""
    kinks = _kinks(one, other)
    total = np.zeros((len(one), 3))
    for piece in range(kinks.shape[1] - 1):
        start, width = kinks[:, piece], kinks[:, piece + 1] - kinks[:, piece]
        for point in _GAUSS:
            s = start + point * width
            total += (width / 2)[:, None] * _strip(pillar, one, other, s)
    return total


def _kinks(one: Floats, other: Floats) -> Floats:
    """Shares of the way where lines of one cell meet lines of the other, sorted."""
    crossings = [np.zeros(len(one)), np.ones(len(one))]
    for mine in (0, 1):
        for theirs in (0, 1):
            first = one[:, mine, 0] - other[:, theirs, 0]
            last = one[:, mine, 1] - other[:, theirs, 1]
            slope = first - last
            at = first / np.where(slope == 0, 1.0, slope)
            crossings.append(np.clip(np.where(slope == 0, 0.0, at), 0.0, 1.0))
    return np.sort(np.stack(crossings, axis=1), axis=1)


def _strip(pillar: Floats, one: Floats, other: Floats, s: Floats) -> Floats:
    """Vector area per unit of s at s, (p, 3)."""
    here, there = (
        cell[..., 0] * (1 - s)[:, None] + cell[..., 1] * s[:, None]
        for cell in (one, other)
    )
    top = np.maximum(here[:, 0], there[:, 0])
    bottom = np.minimum(here[:, 1], there[:, 1])
    height, middle = np.maximum(bottom - top, 0.0), (top + bottom) / 2
    a, b = on_line(pillar[:, 0], middle), on_line(pillar[:, 1], middle)
    lean_a, lean_b = _lean(pillar[:, 0]), _lean(pillar[:, 1])
    by_s = np.concatenate([(b - a)[:, :2], np.zeros((len(s), 1))], axis=1)
    by_z = lean_a * (1 - s)[:, None] + lean_b * s[:, None]
    return np.asarray(height[:, None] * np.cross(by_s, by_z), np.float64)


def _lean(lines: Floats) -> Floats:
    """How a pillar's point moves with depth, (p, 3); its third part is 1."""
    along = lines[:, 1] - lines[:, 0]
    flat = along[:, 2] == 0
    lean = along / np.where(flat, 1.0, along[:, 2])[:, None]
    lean[flat] = (0.0, 0.0, 0.0)
    lean[:, 2] = 1.0
    return lean
