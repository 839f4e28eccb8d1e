"""What an exchange between devices sends: planes in place, and faces to be packed.

Planes along x that lie together in memory are sent as they are; all other boxes for
one neighbour are packed into one buffer, in the order of the fields' tags, which is
the same on both sides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.domain.decomposition import Box, is_empty, shift
from anticline_solvers.domain.halo import Field

PLANES_BYTES = 65536
"""Planes of at least this size travel alone; smaller ones are packed with the rest."""

PART = np.dtype(
    [
        ("array", np.uint64),
        ("first", np.int64),
        ("stride_x", np.int64),
        ("stride_y", np.int64),
        ("buffer", np.int64),
        ("nx", np.int32),
        ("ny", np.int32),
        ("row", np.int32),
    ],
    align=True,
)
"""The struct Part of `halo.cu`."""


@dataclass(frozen=True)
class Face:
    """Whole rows of one field for one neighbour, as local cells of its array.

    rows : slices along the split axes of the field's array.
    """

    field: Field
    peer: int
    rows: Box

    @property
    def size(self) -> int:
        """Elements."""
        rows: int = prod(side.stop - side.start for side in self.rows)
        return rows * self.row

    @property
    def row(self) -> int:
        """Elements of a row."""
        return int(self.field.array.shape[-1])

    @property
    def first(self) -> int:
        """Flat index of the first element."""
        return sum(
            side.start * stride
            for side, stride in zip(self.rows, self.strides, strict=True)
        )

    @property
    def strides(self) -> tuple[int, ...]:
        """Elements from one row to the next along each split axis."""
        shape = self.field.array.shape
        return tuple(prod(shape[i + 1 :]) for i in range(len(shape) - 1))

    @property
    def travels_alone(self) -> bool:
        """Tell whether the rows lie together and are worth a message of their own."""
        whole = all(
            side.stop - side.start == n
            for side, n in zip(self.rows[1:], self.field.array.shape[1:], strict=False)
        )
        return whole and self.size * self.field.array.itemsize >= PLANES_BYTES

    def part(self, address: int, buffer: int) -> tuple[int, ...]:
        """Give a row of a table of PART; address of the array, place in the buffer."""
        sides = [side.stop - side.start for side in self.rows]
        ny, stride_y = (sides[1], self.strides[1]) if len(sides) == 2 else (1, 0)
        place = (address, self.first, self.strides[0], stride_y, buffer)
        return (*place, sides[0], ny, self.row)


def faces(fields: tuple[Field, ...], sending: bool) -> list[Face]:
    """List what this rank sends (or receives), by neighbour and tag."""
    found = [face for field in fields for face in _of_field(field, sending)]
    return sorted(found, key=lambda face: (face.peer, face.field.tag))


def _of_field(field: Field, sending: bool) -> Iterator[Face]:
    undivided = _undivided(field)
    for transfer in field.transfers:
        box = transfer.send if sending else transfer.receive
        if is_empty(box):
            continue
        rows = list(shift(box[:-1], field.origin))
        for axis in undivided:
            rows[axis] = slice(0, field.array.shape[axis])
        yield Face(field, transfer.peer, tuple(rows))


def _undivided(field: Field) -> list[int]:
    """Find the axes behind x that no rank boundary divides.

    Along those all boxes are the same, and what the array holds beside them is zero
    on every rank: sending it too keeps planes whole.
    """
    boxes = [box for t in field.transfers for box in (t.send, t.receive)]
    there = [box for box in boxes if not is_empty(box)]
    axes = range(1, field.array.ndim - 1)
    return [
        axis
        for axis in axes
        if len({(box[axis].start, box[axis].stop) for box in there}) == 1
    ]


def table(found: list[Face], addresses: list[int]) -> NDArray[np.void]:
    """Tabulate faces for `halo.cu`, one after the other in the buffer."""
    starts = np.cumsum([0, *(face.size for face in found)])
    rows = [
        face.part(address, int(start))
        for face, address, start in zip(found, addresses, starts, strict=False)
    ]
    return np.array(rows, PART)
