"""The acoustic update on a GPU: the programs of `acoustic.cu` and `points.cu`.

Arrays live on the device of `backends.cuda`. Every call only queues work there and
returns at once. A cell rounds the same in every tile, so the result does not depend
on boxes and ranks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from anticline_solvers.acoustic.kernels import cuda_source
from anticline_solvers.acoustic.kernels.setup import Medium, Setup, Update
from anticline_solvers.acoustic.kernels.tiles import cut
from anticline_solvers.acoustic.memory import TABLE_COLUMNS, table
from anticline_solvers.backends import cuda
from anticline_solvers.domain.decomposition import Box
from anticline_solvers.domain.layout import Array

POINT_THREADS = 128


def kernel_source(setup: Setup) -> str:
    """Return the text that `build` compiles for this setup."""
    dtype = setup.layout.dtype.name
    return cuda_source.update_source(setup.ndim, setup.order, dtype, setup.terms)


def build(setup: Setup) -> Update:
    """Build the update of `kernels.setup.Update` for one rank."""
    device = cuda.device()
    program = device.program(kernel_source(setup))
    shape = cuda_source.shape_of(setup.ndim, setup.order, setup.layout.dtype.name)
    threads = (shape.threads_z, shape.threads_y)
    model = model_of(setup)
    profiles = device.to_device(setup.profiles().reshape(-1))
    known: dict[tuple[int, ...], tuple[Any, Any]] = {}

    def tiles_of(box: Box) -> tuple[Any, Any]:
        place = tuple(end for side in box for end in (side.start, side.stop))
        if place not in known:
            tiles = cut(box, setup.slabs, shape, device.multiprocessors)
            known[place] = (
                device.to_device(tiles.plain),
                device.to_device(tiles.layered),
            )
        return known[place]

    def update(
        previous: Array,
        current: Array,
        medium: Medium,
        old: Array,
        new: Array,
        box: Box,
    ) -> None:
        plain, layered = tiles_of(box)
        fields = (previous, current, medium.scale)
        if len(plain):
            program.launch("update_plain", len(plain), threads, (*fields, plain, model))
        if len(layered):
            more = (old, new, profiles, layered, model)
            program.launch("update_layers", len(layered), threads, (*fields, *more))

    return update


def model_of(setup: Setup) -> Array:
    """Give the struct Model of `acoustic.cu`, a structured array of one element."""
    real, weights = setup.layout.dtype, (setup.ndim, setup.reach + 1)
    kind = np.dtype(
        [
            ("second", real, weights),
            ("first", real, weights),
            ("sides", np.int64, (2 * setup.ndim, len(TABLE_COLUMNS))),
            ("place", np.int64),
            ("strides", np.int64, 2),
            ("profile_cells", np.int32),
            ("free_surface", np.int32),
        ],
        align=True,
    )
    layout, model = setup.layout, np.zeros(1, kind)
    model["second"], model["first"] = setup.second(), setup.first()
    model["sides"] = table(setup.slabs, layout)
    model["place"] = layout.first
    model["strides"] = layout.strides[0], layout.strides[1] if setup.ndim == 3 else 0
    model["profile_cells"] = setup.boundary.width + 3 * setup.reach
    model["free_surface"] = setup.boundary.free_surface
    return model


def inject(
    previous: Array,
    scale: Array,
    starts: Array,
    cells: Array,
    points: Array,
    weights: Array,
    values: Array,
) -> None:
    """previous[cell] -= scale weight value; see `kernels.cpu.inject`."""
    if cells.size == 0:
        return
    program = cuda.device().program(cuda_source.points_source(previous.dtype.name))
    n = np.int32(cells.size)
    arguments = (previous, scale, starts, cells, points, weights, values, n)
    program.launch(
        "inject", -(-cells.size // POINT_THREADS), (POINT_THREADS,), arguments
    )


def sample(
    current: Array, starts: Array, cells: Array, weights: Array, out: Array
) -> None:
    """out[i] = weighted sum of current; see `kernels.cpu.sample`."""
    if out.size == 0:
        return
    program = cuda.device().program(cuda_source.points_source(current.dtype.name))
    threads = (cuda_source.SAMPLE_THREADS,)
    program.launch("sample", out.size, threads, (current, starts, cells, weights, out))
