"""Each way of keeping the source wavefield gives the image of all in memory."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from mpi4py import MPI

from anticline_solvers.acoustic.propagator import AcousticPropagator
from anticline_solvers.domain.grid import Grid
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.numerics.stability import choose_time_step
from anticline_solvers.seismic.acquisition.wavelets import ricker
from anticline_solvers.seismic.imaging.conditions import Imaging
from anticline_solvers.seismic.imaging.correlation import Correlation
from anticline_solvers.seismic.imaging.keeping import Keeping, codec_tolerance
from anticline_solvers.seismic.imaging.migration import (
    ReceiverField,
    Series,
    SourceField,
)
from anticline_solvers.seismic.timeloop import propagate

WORLD = MPI.COMM_WORLD
LAYER = 10
SHAPES = {2: (90, 70), 3: (44, 40, 36)}
STEPS, EVERY = {2: 420, 3: 150}, 4
ORDER = 8


class Shot:
    """A small shot over a reflector, on all ranks."""

    def __init__(self, ndim, free_surface, condition, process_grid=None, source=None):
        shape = SHAPES[ndim]
        self.grid = Grid(shape, (10.0,) * ndim, (0.0,) * ndim)
        depth = np.arange(shape[-1]) * 10.0
        smooth = np.broadcast_to(1500.0 + 1.5 * depth, shape).astype(np.float32)
        sharp = smooth.copy()
        sharp[..., shape[-1] // 2 :] *= 1.2
        self.dt_s = choose_time_step(float(sharp.max()), self.grid.spacing_m, ORDER)
        self.options = {
            "space_order": ORDER,
            "boundary": Boundary(width=LAYER, free_surface=free_surface),
            "comm": WORLD,
            "process_grid": process_grid,
        }
        self.condition = condition
        steps = STEPS[ndim]
        self.wavelet = np.zeros((steps, 1), np.float32)
        pulse = ricker(12.0, self.dt_s)[:steps]
        self.wavelet[: pulse.size, 0] = pulse
        middle = [5.0 * n for n in shape[:-1]]
        self.source_m = np.array([[*middle, 23.0]] if source is None else [source])
        across = np.linspace(20.0, 10.0 * shape[0] - 40.0, 15)
        rest = [np.full(15, value) for value in (*middle[1:], 33.0)]
        self.receivers_m = np.stack([across, *rest], axis=1)
        self.propagator = self.made(smooth)
        data = self.traces(sharp) - self.traces(smooth)
        self.data = np.ascontiguousarray(data.T, np.float32)

    def made(self, velocity):
        return AcousticPropagator(self.grid, velocity, self.dt_s, **self.options)

    def traces(self, velocity):
        waves = self.made(velocity)
        points = waves.points(self.receivers_m)
        source = waves.points(self.source_m, density=True)
        mine = propagate(waves, source, self.wavelet.T, points)
        return WORLD.bcast(waves.placement.collect(points, mine))

    def image(self, storage, tolerance=1e-3, budget=1e12, folder=None):
        """Image and illumination on every rank, and the sweep that was used."""
        waves, grid = self.propagator, self.grid
        here = tuple(s.stop - s.start for s in waves.placement.physical_box)
        imaging = Imaging(self.condition, here, grid.spacing_m, ORDER)

        def at_step(n, state):
            assert np.isfinite(waves.view(state)).all()

        source = Series(waves.points(self.source_m, density=True), self.wavelet)
        data = Series(waves.points(self.receivers_m, density=True), self.data)
        forward = SourceField(waves, source, EVERY, imaging.extent, at_step)
        backward = ReceiverField(waves, data, at_step)
        n_imaging = -(-self.wavelet.shape[0] // EVERY)
        work = Correlation(imaging, forward, backward, EVERY, n_imaging)
        wishes = {
            "storage": storage,
            "storage_tolerance": tolerance,
            "storage_folder": None,
            "condition": self.condition,
        }
        keeping = Keeping.of(wishes, folder, codec_tolerance(wishes), budget)
        made = []

        def make(n, run):
            choice, sizes = keeping.choose(waves, imaging.extent, EVERY, n)
            made.append((choice, sizes))
            return keeping.sweep(choice, sizes, run, WORLD)

        work.run(make)
        whole = waves.placement.assemble(imaging.image)
        light = waves.placement.assemble(imaging.illumination)
        return WORLD.bcast((whole, light)), made[0]


@cache
def shot(ndim, free_surface=False, condition="inverse_scattering", process_grid=None):
    return Shot(ndim, free_surface, condition, process_grid)


@cache
def reference(ndim, free_surface=False, condition="inverse_scattering"):
    return shot(ndim, free_surface, condition).image("memory")[0]


def difference(found, expected):
    return np.linalg.norm(found - expected) / np.linalg.norm(expected)


def assert_within(found, expected, tolerance):
    for one, other in zip(found, expected, strict=True):
        assert np.abs(other).max() > 0
        assert difference(one.astype(float), other.astype(float)) <= tolerance


CASES = [(2, False), (2, True), (3, False), (3, True)]


@pytest.mark.parallel([1, 2, 3, 4])
@pytest.mark.parametrize(("ndim", "free_surface"), CASES)
def test_states_and_repeated_segments_give_the_same_bits(ndim, free_surface):
    _, (_, sizes) = shot(ndim, free_surface).image("checkpoints")
    budget = sizes.state + 3 * sizes.snapshot
    found, (choice, _) = shot(ndim, free_surface).image("checkpoints", budget=budget)
    assert not choice.plan.in_memory
    for one, other in zip(found, reference(ndim, free_surface), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parallel([1, 2, 3, 4])
@pytest.mark.parametrize(("ndim", "free_surface"), CASES)
def test_boundaries_give_the_image_to_rounding(ndim, free_surface):
    found, (choice, _) = shot(ndim, free_surface).image("boundaries", tolerance=0.0)
    assert choice.policy == "boundaries"
    assert_within(found, reference(ndim, free_surface), 2e-4)


@pytest.mark.parallel([1, 2, 3, 4])
@pytest.mark.parametrize("storage", ["compressed", "boundaries", "disk"])
@pytest.mark.parametrize(("ndim", "free_surface"), CASES)
@pytest.mark.parametrize("tolerance", [1e-2, 1e-3])
def test_what_is_encoded_gives_the_image_to_its_tolerance(
    ndim, free_surface, storage, tolerance, tmp_path
):
    found, (choice, _) = shot(ndim, free_surface).image(
        storage, tolerance, folder=tmp_path
    )
    assert choice.policy == storage
    assert_within(found, reference(ndim, free_surface), tolerance)
    assert not list(tmp_path.iterdir())


@pytest.mark.parallel([1, 2])
@pytest.mark.parametrize("condition", ["cross_correlation", "laplacian"])
@pytest.mark.parametrize("storage", ["compressed", "boundaries"])
def test_the_tolerance_holds_for_every_condition(condition, storage):
    found, _ = shot(2, False, condition).image(storage, 1e-3)
    assert_within(found, reference(2, False, condition), 1e-3)


@pytest.mark.parallel([1, 3])
@pytest.mark.parametrize("ndim", [2, 3])
def test_encoded_snapshots_in_segments_give_the_bits_of_those_in_one(ndim):
    expected, (_, sizes) = shot(ndim).image("compressed")
    least = int(1.7 * sizes.snapshot) + 2 * sizes.state + int(5 * sizes.encoded)
    found, (choice, _) = shot(ndim).image("compressed", budget=least)
    assert choice.extra > 0
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parallel(1)
@pytest.mark.parametrize("ndim", [2, 3])
def test_the_disk_without_a_tolerance_gives_the_same_bits(ndim, tmp_path):
    found, _ = shot(ndim).image("disk", 0.0, folder=tmp_path)
    for one, other in zip(found, reference(ndim), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parallel(4)
@pytest.mark.parametrize("process_grid", [(4, 1), (1, 4)])
def test_boundaries_do_not_depend_on_the_process_grid(process_grid):
    found, _ = shot(3, False, "inverse_scattering", process_grid).image(
        "boundaries", tolerance=0.0
    )
    expected, _ = shot(3).image("boundaries", tolerance=0.0)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parallel([1, 3])
@pytest.mark.parametrize("free_surface", [False, True])
@pytest.mark.parametrize("source", [[4.0, 7.0], [893.0, 351.0], [447.0, 688.0]])
def test_a_source_beside_a_layer_is_taken_back_too(free_surface, source):
    one = Shot(2, free_surface, "inverse_scattering", source=source)
    expected, _ = one.image("memory")
    found, _ = one.image("boundaries", tolerance=0.0)
    assert_within(found, expected, 2e-4)


def test_the_codec_is_finer_than_the_image_asks():
    for condition in ("cross_correlation", "inverse_scattering", "laplacian"):
        wishes = {"storage_tolerance": 1e-3, "condition": condition}
        assert codec_tolerance(wishes) < 1e-3
    wishes["storage_tolerance"] = 0.0
    assert codec_tolerance(wishes) == 0.0
