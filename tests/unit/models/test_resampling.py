"""Resampling, smoothing and reflectivity keep what they promise to keep."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline_solvers.domain.grid import Grid
from anticline_solvers.models.reflectivity import band_limited
from anticline_solvers.models.resampling import (
    on_spacing,
    resample,
    resample_in_layers,
)
from anticline_solvers.models.smoothing import smooth
from anticline_solvers.models.spacing import RICKER_TOP, band_spacing
from anticline_solvers.models.water import water_layer
from anticline_solvers.numerics.stability import points_per_wavelength


def _beds(n: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.repeat(rng.uniform(1500, 4500, (n // 5 + 1)), 5)[:n].astype(np.float32)


def _grid(shape: tuple[int, ...], spacing_m: float) -> Grid:
    return Grid(shape, (spacing_m,) * len(shape), (0.0,) * len(shape))


@pytest.mark.parametrize("order", [1, 3])
def test_a_field_on_its_own_grid_stays_as_it_is(order: int) -> None:
    field = np.tile(_beds(40), (8, 1))
    grid = _grid(field.shape, 10.0)
    assert np.allclose(resample(field, grid, grid, order), field, rtol=1e-6)


@pytest.mark.parametrize("order", [1, 3])
def test_a_finer_grid_keeps_the_values_at_the_old_cells(order: int) -> None:
    field = np.tile(_beds(40), (8, 1))
    grid = _grid(field.shape, 20.0)
    fine = on_spacing(grid, 10.0)
    assert fine.shape == (15, 79)
    made = resample(field, grid, fine, order)
    assert np.allclose(made[::2, ::2], field, rtol=1e-5)
    assert field.min() <= made.min() <= made.max() <= field.max()


@given(seed=st.integers(0, 1000), factor=st.sampled_from([2, 3, 4, 5]))
def test_a_coarser_grid_keeps_the_travel_time(seed: int, factor: int) -> None:
    column = _beds(60 * factor, seed)
    field = np.tile(column, (3, 1))
    source = Grid(field.shape, (10.0, 10.0), (0.0, 0.0))
    target = Grid((3, 60), (10.0, 10.0 * factor), (0.0, 10.0 * (factor - 1) / 2))
    made = resample(field, source, target)
    fine, coarse = (10.0 / field).sum(axis=1), (10.0 * factor / made).sum(axis=1)
    assert np.allclose(fine, coarse, rtol=1e-5)


def test_what_a_coarse_grid_cannot_carry_is_not_folded_back() -> None:
    field = np.full((4, 400), 2000, np.float32)
    field[:, ::2] = 3000  # alternates cell by cell
    source = _grid(field.shape, 5.0)
    made = resample(field, source, Grid((4, 80), (5.0, 25.0), (0.0, 10.0)))
    assert np.ptp(made) < 250
    assert abs(made.mean() - 2400) < 10


def test_a_three_dimensional_field_is_resampled_on_every_axis() -> None:
    grid = _grid((9, 7, 11), 20.0)
    x, y, z = (grid.coordinates(i) for i in range(3))
    slowness = 1e-3 + 1e-7 * x[:, None, None] + 2e-7 * y[:, None] + 3e-7 * z
    field = (1 / slowness).astype(np.float32)
    fine = on_spacing(grid, 10.0)
    made = resample(field, grid, fine)
    x, y, z = (fine.coordinates(i) for i in range(3))
    truth = 1 / (1e-3 + 1e-7 * x[:, None, None] + 2e-7 * y[:, None] + 3e-7 * z)
    assert np.allclose(made, truth, rtol=1e-6)


def test_smoothing_keeps_a_constant_and_the_mean_slowness() -> None:
    constant = np.full((20, 30), 2500, np.float32)
    assert np.allclose(smooth(constant, [3, 3]), 2500)
    field = np.tile(_beds(300), (4, 1))
    made = smooth(field, [0, 12])
    inner = slice(60, 240)
    assert (1 / made[0, inner]).mean() == pytest.approx(
        (1 / field[0, inner]).mean(), rel=0.03
    )
    assert np.abs(np.diff(made, axis=1)).max() < np.abs(np.diff(field, axis=1)).max()


def test_water_stays_sharp_and_does_not_leak() -> None:
    field = np.full((10, 60), 3000, np.float32)
    field[:, :20] = 1500
    water = water_layer(field, 1510.0)
    assert water.sum() == 200
    made = smooth(field, [5, 5], water)
    assert np.array_equal(made, field)
    assert smooth(field, [5, 5])[0, 25] < 2900


def test_slow_rock_under_a_fast_bed_is_no_water() -> None:
    column = np.array([[1500, 1500, 2000, 1400, 1500]], np.float32)
    assert water_layer(column, 1510.0).tolist() == [[True, True, False, False, False]]


def test_a_lone_boundary_shows_its_reflection_coefficient_at_its_depth() -> None:
    vp = np.full((2, 200), 2000, np.float32)
    vp[:, 100:] = 3000
    image = band_limited(vp, 5.0, 15.0)
    assert int(np.argmax(image[0])) in (99, 100)
    assert image.max() == pytest.approx(0.2, abs=0.02)
    assert np.abs(image[:, :40]).max() < 1e-3


def test_the_wavelet_is_as_wide_as_the_local_velocity_makes_it() -> None:
    widths = []
    for base in (1500.0, 3000.0):
        vp = np.full((1, 801), base, np.float32)
        vp[:, 401:] = base * 1.01
        image = band_limited(vp, 2.5, 10.0)[0]
        widths.append(int((image > 0.5 * image.max()).sum()))
    assert widths[1] / widths[0] == pytest.approx(2.0, rel=0.1)


def test_reflections_add_up() -> None:
    def image(first: float, second: float) -> np.ndarray:
        slow = np.full((1, 300), 2000, np.float32)
        slow[:, 100:] += first
        slow[:, 150:] += second
        return band_limited(slow, 5.0, 20.0)

    both, one, other = image(20, 20), image(20, 0), image(0, 20)
    assert np.abs(both - one - other).max() < 0.03 * np.abs(both).max()


def test_a_band_asks_for_the_spacing_that_carries_it() -> None:
    assert band_spacing(1028.0, 8.0 * RICKER_TOP, 8) == 10.0
    for order in (4, 8, 16):
        for peak in (3.0, 8.0, 31.0):
            spacing = band_spacing(1500.0, peak * RICKER_TOP, order)
            limit = 1500.0 / (2.764 * peak) / points_per_wavelength(order)
            assert 0.7 * limit < spacing <= limit


SLOPE = Grid((50, 40), (20.0, 10.0), (0.0, 0.0))


def _sea() -> np.ndarray:
    x, z = np.meshgrid(SLOPE.coordinates(0), SLOPE.coordinates(1), indexing="ij")
    return np.where(z < 95.0 + 0.1 * x, 1500.0, 2500.0 + z).astype(np.float32)


@given(spacing=st.sampled_from([4.0, 7.0, 12.5, 25.0, 33.0]))
def test_a_cell_of_the_new_grid_is_water_or_rock_and_nothing_between(spacing) -> None:
    target = on_spacing(SLOPE, spacing, cover=True)
    water = water_layer(_sea(), 1510.0)
    made = resample_in_layers(_sea(), SLOPE, target, 1, water)
    x, z = np.meshgrid(target.coordinates(0), target.coordinates(1), indexing="ij")
    wet = made == 1500.0
    assert made[~wet].min() > 2590.0
    assert np.array_equal(wet, np.logical_and.accumulate(wet, axis=1))
    bottom = 95.0 + 0.1 * np.minimum(x, 980.0)
    assert wet[z < bottom - 10.0].all()
    assert not wet[z > bottom + 10.0].any()


def test_a_model_without_water_is_resampled_as_ever() -> None:
    target = on_spacing(SLOPE, 15.0)
    nothing = np.zeros(SLOPE.shape, bool)
    made = resample_in_layers(_sea(), SLOPE, target, 1, nothing)
    assert np.array_equal(made, resample(_sea(), SLOPE, target))


def test_to_a_coarse_grid_and_back_the_sea_bottom_moves_by_less_than_a_cell() -> None:
    coarse = on_spacing(SLOPE, 25.0, cover=True)
    down = resample_in_layers(_sea(), SLOPE, coarse, 1, water_layer(_sea(), 1510.0))
    back = resample_in_layers(down, coarse, SLOPE, 1, water_layer(down, 1510.0))
    cells = [(field == 1500.0).sum(axis=1) for field in (_sea(), back)]
    assert np.abs(cells[0] - cells[1]).max() * 10.0 <= 20.0


@given(spacing=st.floats(1.0, 90.0))
def test_a_grid_that_covers_ends_less_than_a_cell_beyond(spacing) -> None:
    grid = on_spacing(SLOPE, spacing, cover=True)
    for old, new in zip(SLOPE.extent_m, grid.extent_m, strict=True):
        assert old - 1e-5 * spacing <= new < old + spacing
