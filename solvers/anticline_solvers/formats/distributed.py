"""One array in one file, written by many ranks, each its own box of it.

Where h5py has MPI every rank writes its box collectively; where it has not, boxes
travel to rank 0 in slabs of bounded size. The call is the same and so is the data
set: layout, allocation and attributes do not depend on the way it was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import h5py
import numpy as np
from numpy.typing import DTypeLike, NDArray

Box = tuple[slice, ...]
Array = NDArray[Any]

SLAB_BYTES = 64 * 2**20
_TAG = 7701


def has_parallel_hdf5() -> bool:
    """Tell whether h5py writes one file from many ranks."""
    return bool(h5py.get_config().mpi)


def create_dataset(
    file: h5py.File | None,
    name: str,
    shape: Sequence[int],
    dtype: DTypeLike,
    unit: str,
    **attributes: object,
) -> None:
    """Make a data set to be filled by boxes; nothing where the file is None.

    shape : global; unit : kept as the attribute of that name, like `attributes`.
    Cells never written have no defined value: cover the array.
    """
    if file is None:
        return
    plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plan.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    plan.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    data = file.create_dataset(name, tuple(shape), np.dtype(dtype), dcpl=plan)
    data.attrs["unit"] = unit
    for key, value in attributes.items():
        data.attrs[key] = value


def write_distributed(
    comm: Any,
    file: h5py.File | None,
    name: str,
    global_shape: Sequence[int],
    box: Box,
    local: Array,
    *,
    unit: str,
    slab_bytes: int = SLAB_BYTES,
    **attributes: object,
) -> None:
    """Make the data set `name` and fill it, each rank of `comm` giving one box.

    file : from `write_new(..., comm=comm)`; None on ranks that do not write.
    box : start and stop for each axis of `global_shape`, maybe empty.
    local : array of the box's shape, the same dtype on every rank.

    Raises ValueError on every rank where the boxes do not tile the array.
    """
    boxes = comm.allgather(_bounds(box))
    _require_tiling(boxes, tuple(global_shape))
    create_dataset(file, name, global_shape, local.dtype, unit, **attributes)
    write_box(comm, file, name, box, local, slab_bytes=slab_bytes)


def write_box(
    comm: Any,
    file: h5py.File | None,
    name: str,
    box: Box,
    local: Array,
    *,
    slab_bytes: int = SLAB_BYTES,
) -> None:
    """Fill one box a rank of an existing data set; every rank of `comm` calls it.

    local : array of the box's shape; left as it is. Buffers on rank 0 stay below
    `slab_bytes` or one plane of the first axis, whichever is more.
    """
    wanted = tuple(s.stop - s.start for s in box)
    if local.shape != wanted:
        msg = f"array {local.shape} for a box of shape {wanted} of '{name}'"
        raise ValueError(msg)
    slabs = list(_slabs(_bounds(box), local.itemsize, slab_bytes))
    if comm.allreduce(int(file is None)) == 0 and comm.size > 1:
        _write_collectively(comm, file, name, box, local, slabs)
    else:
        _write_gathered(comm, file, name, box, local, slabs)


def _write_collectively(
    comm: Any,
    file: Any,
    name: str,
    box: Box,
    local: Array,
    slabs: list[Array],
) -> None:
    """Write rounds of slabs, as many on each rank as the one that has most."""
    data = file[name].id
    transfer = h5py.h5p.create(h5py.h5p.DATASET_XFER)
    transfer.set_dxpl_mpio(h5py.h5fd.MPIO_COLLECTIVE)
    rounds = max(comm.allgather(len(slabs)))
    empty = np.empty((0,) * local.ndim, local.dtype)
    for turn in range(rounds):
        target = data.get_space()
        if turn < len(slabs):
            bounds = slabs[turn]
            piece = _piece(local, box, bounds)
            target.select_hyperslab(
                tuple(int(b) for b in bounds[:, 0]), tuple(piece.shape)
            )
            memory = h5py.h5s.create_simple(piece.shape)
        else:
            piece = empty
            target.select_none()
            memory = h5py.h5s.create_simple((1,) * local.ndim)
            memory.select_none()
        data.write(memory, target, piece, dxpl=transfer)


def _write_gathered(
    comm: Any,
    file: h5py.File | None,
    name: str,
    box: Box,
    local: Array,
    slabs: list[Array],
) -> None:
    """Send slabs to rank 0, which holds one of another rank at a time."""
    everyone = comm.gather(slabs)
    if comm.rank != 0:
        for bounds in slabs:
            comm.Send(_piece(local, box, bounds).view(np.uint8), 0, _TAG)
        return
    assert everyone is not None
    assert file is not None
    data = file[name]
    for source, theirs in enumerate(everyone):
        for bounds in theirs:
            if source == 0:
                piece = _piece(local, box, bounds)
            else:
                piece = np.empty(tuple(bounds[:, 1] - bounds[:, 0]), local.dtype)
                comm.Recv(piece.view(np.uint8), source, _TAG)
            data[tuple(slice(int(a), int(b)) for a, b in bounds)] = piece


def _bounds(box: Box) -> Array:
    """Start and stop of each axis, int64 (ndim, 2)."""
    return np.array([(s.start, s.stop) for s in box], np.int64)


def _piece(local: Array, box: Box, bounds: Array) -> Array:
    """Contiguous part of the local array that lies in global `bounds`."""
    first = box[0].start
    return np.ascontiguousarray(local[bounds[0, 0] - first : bounds[0, 1] - first])


def _slabs(bounds: Array, itemsize: int, slab_bytes: int) -> Iterator[Array]:
    """Cut a box along its first axis; an empty box gives none."""
    lengths = bounds[:, 1] - bounds[:, 0]
    if lengths.min() <= 0:
        return
    plane = int(np.prod(lengths[1:])) * itemsize
    step = max(1, slab_bytes // plane)
    edges = [*range(int(bounds[0, 0]), int(bounds[0, 1]), step), int(bounds[0, 1])]
    for start, stop in pairwise(edges):
        yield np.vstack([[start, stop], bounds[1:]])


def _require_tiling(boxes: list[Array], shape: tuple[int, ...]) -> None:
    """Raise ValueError where boxes leave the array, overlap or leave a gap."""
    full = np.stack(boxes)
    lengths = np.maximum(full[..., 1] - full[..., 0], 0)
    solid = full[lengths.min(axis=1) > 0]
    inside = (solid[..., 0] >= 0).all() and (solid[..., 1] <= shape).all()
    count = int(lengths.prod(axis=1).sum())
    if not inside or count != int(np.prod(shape)) or _overlap(solid):
        msg = f"the ranks' boxes {full.tolist()} do not tile an array {shape}"
        raise ValueError(msg)


def _overlap(solid: Array) -> bool:
    """Tell whether any two boxes (n, ndim, 2) share a cell."""
    for one, box in enumerate(solid):
        rest = solid[one + 1 :]
        shared = (rest[..., 0] < box[:, 1]) & (box[:, 0] < rest[..., 1])
        if shared.all(axis=1).any():
            return True
    return False
