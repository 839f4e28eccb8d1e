"""Speed of the GPU as ratios: to the device's copy bandwidth, measured in the same run.

    python benchmarks/gpu.py [--quick] [--shapes] [--cells N] [--steps N]
                             [--results FILE]

Prints, and appends as JSON lines to FILE (benchmarks/results/gpu.jsonl):

    update   bytes that a time step must move over what a copy moves in that time, for
             space orders 8 and 12, without and with layers of 20 cells
    shot     one migrated shot over the time of its time steps alone

A step must move 16 bytes a cell (p^n, p^(n-1), scale, p^(n+1)) and 16 a cell of a
layer's slab (psi and zeta, read and written). `--shapes` also tries blocks of other
shapes. Needs CuPy and a device; no Numba.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from anticline_solvers.acoustic.kernels import cuda_source
from anticline_solvers.acoustic.kernels.cuda_source import Shape
from anticline_solvers.acoustic.propagator import AcousticPropagator
from anticline_solvers.backends import cuda
from anticline_solvers.domain.grid import Grid
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.numerics.stability import maximum_time_step
from anticline_solvers.numerics.storage import Segments, Snapshots, StoragePlan
from anticline_solvers.seismic.imaging.conditions import INVERSE_SCATTERING, Imaging
from anticline_solvers.seismic.imaging.migration import (
    ReceiverField,
    Series,
    SourceField,
)

RESULTS = Path(__file__).parent / "results" / "gpu.jsonl"
ROUNDS = 5
SPEED_M_S, SPACING_M = 2000.0, 10.0
SHAPES = (
    Shape(32, 8, 1, 4, 2),
    Shape(32, 8, 2, 3, 3),
    Shape(32, 8, 2, 4, 1),
    Shape(32, 8, 2, 4, 2),
    Shape(32, 16, 2, 2, 2),
    Shape(64, 4, 2, 4, 2),
    Shape(64, 8, 2, 2, 2),
    Shape(32, 8, 4, 2, 1),
)


def seconds(work: Callable[[], None]) -> float:
    """Median time of a piece of work on the device, once run before [s]."""
    device, found = cuda.device(), []
    work()
    for _ in range(ROUNDS):
        device.synchronize()
        begun = time.perf_counter()
        work()
        device.synchronize()
        found.append(time.perf_counter() - begun)
    return statistics.median(found)


def copy_bandwidth(elements: int) -> float:
    """Bytes a second that a copy on the device reads and writes."""
    device = cuda.device()
    one, other = (device.empty((elements,), np.float32) for _ in range(2))
    one[...] = 1.0

    def copies() -> None:
        for _ in range(10):
            other[...] = one

    return 10 * 2 * 4 * elements / seconds(copies)


def waves(cells: int, order: int, width: int) -> AcousticPropagator:
    """Build a cube of about so many cells along each axis, layers included."""
    inner = cells - 2 * width
    shape, spacing = (inner,) * 3, (SPACING_M,) * 3
    dt_s = 0.9 * maximum_time_step(SPEED_M_S, spacing, order)
    return AcousticPropagator(
        Grid(shape, spacing, (0.0,) * 3),
        lambda box: np.full([s.stop - s.start for s in box], SPEED_M_S, np.float32),
        dt_s,
        space_order=order,
        boundary=Boundary(width=width),
        backend="cuda",
    )


def bytes_of_step(model: AcousticPropagator) -> int:
    """Bytes that one time step must move."""
    shape = model.placement.shape
    slabs = sum(
        (slab.stop - slab.start) * int(np.prod(shape)) // shape[slab.axis]
        for slab in model.slabs
    )
    return 16 * (int(np.prod(shape)) + slabs)


def step_seconds(model: AcousticPropagator, steps: int) -> float:
    """Time of one step of a wavefield that is not at rest [s]."""
    state = model.start()
    rough = np.random.default_rng(1).normal(size=state.current.shape)
    state.current[...] = model.memory.to_device(rough.astype(np.float32))

    def run() -> None:
        for _ in range(steps):
            model.step(state)

    return seconds(run) / steps


def updates(cells: int, steps: int, copy: float) -> Iterator[dict[str, Any]]:
    """Measure the update against the copy."""
    for order in (8, 12):
        for width in (0, 20):
            model = waves(cells, order, width)
            taken = step_seconds(model, steps)
            yield {
                "what": "update",
                "order": order,
                "layer_cells": width,
                "cells": list(model.placement.shape),
                "cells_a_second": float(np.prod(model.placement.shape)) / taken,
                "fraction_of_copy": bytes_of_step(model) / taken / copy,
            }


def shapes(cells: int, steps: int, copy: float) -> Iterator[dict[str, Any]]:
    """Measure order 8 without layers in blocks of other shapes."""
    usual = cuda_source.shape_of
    for shape in SHAPES:
        cuda_source.shape_of = lambda *_, chosen=shape: chosen
        model = waves(cells, 8, 0)
        fraction = bytes_of_step(model) / step_seconds(model, steps) / copy
        yield {"what": "shape", "shape": vars(shape), "fraction_of_copy": fraction}
    cuda_source.shape_of = usual


def unwatched(n: int, state: Any) -> None:
    """Look at no time step."""


def shot(cells: int, steps: int, every: int = 8) -> dict[str, Any]:
    """Migrate one shot, snapshots on the device, against its time steps alone."""
    model = waves(cells, 8, 20)
    extent = model.grid.extent_m[0]
    line = np.linspace(0.1, 0.9, 64) * extent
    receivers = np.stack(np.meshgrid(line, line, [50.0]), axis=-1).reshape(-1, 3)
    series = np.sin(0.1 * np.arange(steps, dtype=np.float32))[:, None]
    imaging = Imaging(
        INVERSE_SCATTERING, model.grid.shape, model.grid.spacing_m, 8, "cuda"
    )
    points = model.points([(0.5 * extent, 0.5 * extent, 50.0)], density=True)
    data = Series(
        model.points(receivers, density=True), np.repeat(series, len(receivers), 1)
    )
    n_imaging = -(-steps // every)

    def migrate() -> None:
        source = SourceField(
            model, Series(points, series), every, imaging.extent, unwatched
        )
        receiver = ReceiverField(model, data, unwatched)
        sweep = Segments(
            StoragePlan(n_imaging, n_imaging, 0), source, Snapshots(n_imaging)
        )
        sweep.run(lambda k, s: imaging.add(s, receiver.at(k * every, imaging.extent)))
        sweep.close()

    taken = seconds(migrate)
    alone = 2 * steps * step_seconds(model, steps)
    assert np.isfinite(imaging.partial()["image"]).all()
    return {
        "what": "shot",
        "cells": list(model.placement.shape),
        "time_steps": steps,
        "receivers": len(receivers),
        "over_its_time_steps": taken / alone,
    }


def measurements(given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Give every record of a run, the copy first."""
    copy = copy_bandwidth(given.cells**3)
    yield {"what": "copy", "bytes_a_second": copy}
    yield from updates(given.cells, given.steps, copy)
    if given.shapes:
        yield from shapes(given.cells, given.steps, copy)
    yield shot(max(given.cells // 2, 60), 5 * given.steps)


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a small cube, few steps")
    parser.add_argument("--cells", type=int, help="along each axis (640; quick 64)")
    parser.add_argument("--steps", type=int, help="of a measurement (50; quick 2)")
    parser.add_argument("--shapes", action="store_true", help="try other blocks")
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args()
    given.cells = given.cells or (64 if given.quick else 640)
    given.steps = given.steps or (2 if given.quick else 50)
    if lack := cuda.lacking():
        print(lack, file=sys.stderr)
        return 1
    with given.results.open("a") as file:
        for record in measurements(given):
            print(json.dumps(record), flush=True)
            file.write(json.dumps(record) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
