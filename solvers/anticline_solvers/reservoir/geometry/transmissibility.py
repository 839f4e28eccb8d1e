"""Who flows to whom, and how easily: two-point transmissibilities of a corner grid.

A cell of permeability K along a direction, with d from its centre to the centre of
its own face there and A the vector area that it shares with the neighbour, has the
half transmissibility

    t = K |A . d| / |d|^2   [m3],   and the two halves join as   T = 1 / (1/t1 + 1/t2)

times the multipliers of the two faces. Net-to-gross scales the horizontal halves.
Lie, An Introduction to Reservoir Simulation Using MATLAB/GNU Octave (2019), chapter
4, doi:10.1017/9781108591416; the centre of a face is that of the whole face.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.reservoir.geometry.overlap import Meeting, shared_faces
from anticline_solvers.reservoir.geometry.pillars import Pillars, centres

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LARGEST_GAP_M = 1e-6
FACES = ("I+", "I-", "J+", "J-", "K+", "K-")


@dataclass(frozen=True)
class Connections:
    """Pairs of cells: cells (m, 2) natural indices, transmissibility (m,) [m3].

    axis : (m,) 0, 1, 2 along i, j, k.
    """

    cells: Integers
    transmissibility: Floats
    axis: Integers


def connect(
    pillars: Pillars,
    corners: Floats,
    permeability: Floats,
    net_to_gross: Floats,
    multipliers: dict[str, Floats],
) -> Connections:
    """Join all cells that share a face.

    permeability : (3, cells) [m2] along i, j, k; 0 closes. net_to_gross : (cells,).
    multipliers : (cells,) by face, of `FACES`; those left out are 1.
    """
    middle = centres(corners).reshape(-1, 3)
    parts = []
    for axis, faces in enumerate((_along_i, _along_j, _along_k)):
        first, second, area = faces(pillars, corners)
        plus, minus = FACES[2 * axis], FACES[2 * axis + 1]
        halves = [
            _half(permeability[axis], net_to_gross, axis, cell, area, own, middle)
            for cell, own in (
                (first, _face_centres(corners, axis, 1)),
                (second, _face_centres(corners, axis, 0)),
            )
        ]
        both = (halves[0] > 0) & (halves[1] > 0)
        joined = np.zeros(len(first))
        joined[both] = 1 / (1 / halves[0][both] + 1 / halves[1][both])
        for face, cell in ((plus, first), (minus, second)):
            if face in multipliers:
                joined *= multipliers[face][cell]
        parts.append((np.stack([first, second], 1), joined, np.full(len(first), axis)))
    cells, joined, axes = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Connections(cells, joined, axes)


def _half(
    permeability: Floats,
    net_to_gross: Floats,
    axis: int,
    cell: Integers,
    area: Floats,
    face_centre: Floats,
    middle: Floats,
) -> Floats:
    way = face_centre[cell] - middle[cell]
    square = np.einsum("pc,pc->p", way, way)
    through = np.abs(np.einsum("pc,pc->p", area, way))
    half = permeability[cell] * through / np.where(square > 0, square, np.inf)
    scaled: Floats = half if axis == 2 else half * net_to_gross[cell]
    return scaled


def _face_centres(corners: Floats, axis: int, side: int) -> Floats:
    """Centres of all cells' faces on a side, (cells, 3)."""
    chosen = np.take(corners, side, axis=5 - axis)
    centre: Floats = chosen.mean(axis=(3, 4)).reshape(-1, 3)
    return centre


def _numbers(pillars: Pillars) -> Integers:
    nx, ny, nz = pillars.shape
    return np.arange(nx * ny * nz, dtype=np.int64).reshape(nz, ny, nx)


def _along_i(pillars: Pillars, corners: Floats) -> tuple[Integers, Integers, Floats]:
    nx, ny, nz = pillars.shape
    z = pillars.zcorn
    line = pillars.coord[:, 1:nx]
    between = np.stack([line[:ny], line[1:]], axis=2).reshape(-1, 2, 2, 3)
    one = z[:, :, : nx - 1, :, :, 1].transpose(1, 2, 0, 3, 4).reshape(-1, nz, 2, 2)
    other = z[:, :, 1:, :, :, 0].transpose(1, 2, 0, 3, 4).reshape(-1, nz, 2, 2)
    number = _numbers(pillars)
    return _met(Meeting(between, one, other), number[:, :, : nx - 1], number[:, :, 1:])


def _along_j(pillars: Pillars, corners: Floats) -> tuple[Integers, Integers, Floats]:
    nx, ny, nz = pillars.shape
    z = pillars.zcorn
    line = pillars.coord[1:ny]
    between = np.stack([line[:, :nx], line[:, 1:]], axis=2).reshape(-1, 2, 2, 3)
    one = z[:, : ny - 1, :, :, 1].transpose(1, 2, 0, 3, 4).reshape(-1, nz, 2, 2)
    other = z[:, 1:, :, :, 0].transpose(1, 2, 0, 3, 4).reshape(-1, nz, 2, 2)
    number = _numbers(pillars)
    return _met(Meeting(between, one, other), number[:, : ny - 1], number[:, 1:])


def _met(
    meeting: Meeting, first: Integers, second: Integers
) -> tuple[Integers, Integers, Floats]:
    if not len(meeting.one):
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, np.zeros((0, 3))
    shared = shared_faces(meeting)
    nz = first.shape[0]
    ours, theirs = (n.reshape(nz, -1) for n in (first, second))
    return ours[shared.one, shared.pair], theirs[shared.other, shared.pair], shared.area


def _along_k(pillars: Pillars, corners: Floats) -> tuple[Integers, Integers, Floats]:
    """Join what lies on one another without a gap."""
    nz = pillars.shape[2]
    below = pillars.zcorn[1:, :, :, 0] - pillars.zcorn[: nz - 1, :, :, 1]
    touching = (np.abs(below) <= LARGEST_GAP_M).all(axis=(-2, -1))
    face = corners[1:, :, :, 0]
    diagonals = (
        face[..., 1, 1, :] - face[..., 0, 0, :],
        (face[..., 0, 1, :] - face[..., 1, 0, :]),
    )
    area = np.cross(*diagonals) / 2
    number = _numbers(pillars)
    return number[: nz - 1][touching], number[1:][touching], area[touching]
