"""The texts that a GPU runs, thread for thread on the CPU: tiles, boxes, barriers."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from accuracy import waves
from anticline_solvers.acoustic.kernels import cuda as cuda_kernels
from anticline_solvers.acoustic.kernels import cuda_source, tiles
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.seismic.timeloop import propagate

SHAPES = {2: (24, 214), 3: (20, 40, 100)}
STEPS = 6
KINDS = pytest.mark.parametrize(
    ("ndim", "order", "dtype", "transpose"),
    [
        (2, 8, "float32", False),
        (3, 8, "float32", False),
        (3, 8, "float32", True),
        pytest.param(3, 2, "float64", False, marks=pytest.mark.slow),
        pytest.param(3, 16, "float32", False, marks=pytest.mark.slow),
        pytest.param(3, 12, "float64", True, marks=pytest.mark.slow),
    ],
)


def build(ndim, order, dtype, backend="cuda", **options):
    return waves.propagator(
        waves.rough(SHAPES[ndim]).astype(dtype),
        space_order=order,
        dtype=dtype,
        backend=backend,
        boundary=Boundary(width=4, free_surface=True),
        **options,
    )


def tiles_of(model):
    shape = cuda_source.shape_of(model.grid.ndim, model.space_order, model.dtype.name)
    box = tuple(slice(0, n) for n in model.placement.shape)
    origin = model.layout.origin
    local = tuple(slice(s.start - o, s.stop - o) for s, o in zip(box, origin, strict=1))
    return tiles.cut(local, model.slabs, shape, 1)


def excited(model, transpose, steps=STEPS):
    """Everything that a step writes, after a few steps from a rough wavefield."""
    rng = np.random.default_rng(2)
    extent = np.array(model.grid.extent_m)
    source = model.points(rng.uniform(0.4, 0.6, (2, extent.size)) * extent)
    receivers = model.points(rng.uniform(0.0, 1.0, (3, extent.size)) * extent)
    state, start = model.start(), model.save(model.start())
    for name in ("current", "previous"):
        cells = model.layout.cells(start[name])
        cells[...] = rng.normal(size=cells.shape)
        inside = tuple(slice(s, -s) for s in model.layout.halo)
        cells[...] *= np.pad(
            np.ones(cells[inside].shape),
            [(s, s) for s in (*model.layout.halo, 0)],
        )
        cells[..., 0] = 0
    model.load(state, start)
    series = rng.normal(size=(2, steps))
    traces = propagate(
        model, source, series, receivers, transpose=transpose, state=state
    )
    saved = model.save(state)
    return traces, saved["current"], saved["previous"], saved["memory"]


def same(one, other):
    return all(a.tobytes() == b.tobytes() for a, b in zip(one, other, strict=True))


@KINDS
def test_tiles_beside_layers_and_others_agree_with_the_reference(
    ndim, order, dtype, transpose, cuda_on_cpu
):
    model = build(ndim, order, dtype)
    plain, layered = tiles_of(model)
    assert len(plain) > 0
    assert len(layered) > 0
    found = excited(model, transpose)
    expected = excited(build(ndim, order, dtype, "reference"), transpose)
    for part, whole in zip(found, expected, strict=True):
        error = np.abs(part - whole).max() / np.abs(whole).max()
        assert np.abs(whole).max() > 0
        assert error < (1e-5 if dtype == "float32" else 1e-12)


@KINDS
def test_a_cell_has_the_same_bits_in_every_tile(
    ndim, order, dtype, transpose, cuda_on_cpu, monkeypatch
):
    """All cells as if beside layers, and in tiles of another length."""
    expected = excited(build(ndim, order, dtype), transpose)

    def otherwise(box, slabs, shape, multiprocessors):
        cut = tiles.cut(box, slabs, shape, 100 * multiprocessors)
        rest = [
            (*tile[:2], y, min(y + shape.threads_y, tile[3]), *tile[4:])
            for tile in cut.plain
            for y in range(tile[2], tile[3], shape.threads_y)
        ]
        return tiles.Tiles(
            cut.plain[:0], np.array([*cut.layered.tolist(), *rest], np.int32)
        )

    monkeypatch.setattr(tiles, "SHORTEST", {2: 3, 3: 5})
    monkeypatch.setattr(cuda_kernels, "cut", otherwise)
    assert same(excited(build(ndim, order, dtype), transpose), expected)


@KINDS
def test_the_order_of_blocks_and_threads_does_not_matter(
    ndim, order, dtype, transpose, cuda_on_cpu
):
    """Between barriers; a kernel that lacks one gives other bits backwards."""
    model = build(ndim, order, dtype)
    expected = excited(model, transpose)
    cuda_on_cpu.reversed = True
    assert same(excited(model, transpose), expected)


@KINDS
def test_a_box_in_pieces_gives_the_bits_of_the_whole(
    ndim, order, dtype, transpose, cuda_on_cpu
):
    """As rims and rest are updated one after the other, whatever their size."""
    model = build(ndim, order, dtype)
    whole = excited(model, transpose)
    update = model._update(transpose)

    def in_pieces(previous, current, medium, old, new, box):
        for piece in pieces(box):
            update(previous, current, medium, old, new, piece)

    model._rank_updates[transpose] = in_pieces
    assert same(excited(model, transpose), whole)


def pieces(box):
    """Cut along x at odd places, and each part along y."""
    ends = [box[0].start, box[0].start + 3, box[0].stop - 1, box[0].stop]
    for start, stop in pairwise(ends):
        if len(box) == 2:
            yield (slice(start, stop), box[1])
        else:
            y = box[1]
            middle = y.start + 1 + start % 7
            yield (slice(start, stop), slice(y.start, middle), box[2])
            yield (slice(start, stop), slice(middle, y.stop), box[2])


def test_a_missing_barrier_is_found(cuda_on_cpu, monkeypatch):
    """The proof above can fail: without its barriers the update gives other bits."""
    text = cuda_source.update_source

    def careless(*arguments):
        return text(*arguments).replace("__syncthreads();", ";")

    monkeypatch.setattr(cuda_source, "update_source", careless)
    model = build(2, 8, "float32")
    expected = excited(model, False)
    cuda_on_cpu.reversed = True
    assert not same(excited(model, False), expected)


@pytest.mark.slow
def test_no_kernel_reads_or_writes_beyond_its_arrays(needs):
    """The same tests with the compiler's address and undefined-behaviour checks."""
    compiler = needs.command("g++")
    libraries = [
        subprocess.run(
            [compiler, f"-print-file-name={name}"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for name in ("libasan.so", "libubsan.so")
    ]
    here = Path(__file__).parent
    flags = "-fsanitize=address,undefined -fno-sanitize-recover=all -g -O1"
    settings = "detect_leaks=0:detect_stack_use_after_return=0:abort_on_error=1"
    environment = os.environ | {
        "LD_PRELOAD": " ".join(libraries),
        "ASAN_OPTIONS": settings,
        "CUDA_ON_CPU_FLAGS": flags,
    }
    tests = [here / name for name in ("test_cuda_texts.py", "test_imaging_kernels.py")]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:faulthandler", *tests]
    chosen = ["-m", "not slow and not gpu", "-k", "reference and cuda or pieces"]
    done = subprocess.run(
        [*command, *chosen],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert " passed" in done.stdout
