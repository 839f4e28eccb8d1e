"""Tiles of GPU blocks cover a box once, and those beside layers are told apart."""

from __future__ import annotations

import numpy as np
import pytest

from accuracy import waves
from anticline_solvers.acoustic.kernels import cuda_source, tiles
from anticline_solvers.numerics.absorbing import Boundary


def cut(shape, width, multiprocessors, box=None, free_surface=False):
    model = waves.propagator(
        2000.0,
        shape=shape,
        dtype="float32",
        boundary=Boundary(width=width, free_surface=free_surface),
        backend="reference",
    )
    layout = model.layout
    local = box or tuple(
        slice(side.start - o, side.stop - o)
        for side, o in zip(layout.box, layout.origin, strict=True)
    )
    block = cuda_source.shape_of(len(shape), 8, "float32")
    return model, local, block, tiles.cut(local, model.slabs, block, multiprocessors)


@pytest.mark.parametrize("multiprocessors", [1, 132])
@pytest.mark.parametrize("shape", [(40, 130), (30, 44, 80)])
def test_every_cell_lies_in_one_tile(shape, multiprocessors):
    _, local, block, found = cut(shape, 5, multiprocessors)
    count = np.zeros([max(side.stop for side in local)] * 3, int)
    for name, heights in (("plain", block.rows), ("layered", 1)):
        for x0, x1, y0, y1, z0, z1 in getattr(found, name):
            count[x0:x1, y0:y1, z0:z1] += 1
            assert y1 - y0 <= heights * block.threads_y
            assert z1 - z0 <= block.threads_z
    inside = local if len(local) == 3 else (local[0], slice(0, 1), local[1])
    assert (count[inside] == 1).all()
    assert count.sum() == count[inside].size


@pytest.mark.parametrize("shape", [(40, 230), (30, 60, 140)])
def test_plain_tiles_touch_no_slab(shape):
    model, _, _, found = cut(shape, 5, 1)
    assert len(found.plain) > 0
    last = len(shape) - 1
    for tile in found.plain:
        spans = {0: tile[0:2], last: tile[4:6]} | ({1: tile[2:4]} if last == 2 else {})
        for slab in model.slabs:
            low, high = spans[slab.axis]
            assert high <= slab.start or low >= slab.stop


def test_without_layers_all_tiles_are_plain():
    _, _, _, found = cut((40, 60), 0, 1)
    assert len(found.layered) == 0
    assert len(found.plain) > 0


def test_an_empty_side_has_no_tile():
    box = (slice(7, 7), slice(0, 44), slice(0, 80))
    _, _, _, found = cut((30, 44, 80), 5, 1, box)
    assert len(found.plain) == len(found.layered) == 0
