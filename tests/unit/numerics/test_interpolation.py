"""Off-grid points: the Kaiser-windowed sinc and its image at a free surface."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline_solvers.numerics.interpolation import (
    SHAPE,
    fold_at_surface,
    kaiser_sinc,
)

FRACTIONS = np.linspace(0.0, 1.0, 201)
FIVE_POINTS = 2 * np.pi / 5


def worst_error(half_width, shortest_wavelength):
    """Largest error of a harmonic wave read at any fraction of a cell."""
    first, weights = kaiser_sinc(FRACTIONS[:, None], half_width)
    cell = first[:, 0, None] + np.arange(2 * half_width)
    worst = 0.0
    for k in np.linspace(0.0, 2 * np.pi / shortest_wavelength, 100):
        read = (weights[:, 0] * np.exp(1j * k * cell)).sum(axis=1)
        worst = max(worst, np.abs(read - np.exp(1j * k * FRACTIONS)).max())
    return worst


@pytest.mark.parametrize("half_width", [3, 4, 5, 6, 7, 8])
def test_a_wave_at_five_points_per_wavelength_is_read_within_half_a_percent(half_width):
    assert worst_error(half_width, 5.0) < 5e-3


def test_three_is_the_narrowest_half_width_with_half_a_percent():
    assert worst_error(2, 5.0) > 5e-3


def test_each_wider_window_reads_better():
    errors = [worst_error(half_width, 5.0) for half_width in sorted(SHAPE)]
    assert all(b < a / 3 for a, b in pairwise(errors))
    np.testing.assert_allclose(
        errors, [1.2e-2, 2.6e-3, 3.7e-4, 5.4e-5, 6.1e-6, 1e-6, 1.4e-7], rtol=0.1
    )


@pytest.mark.parametrize("half_width", [3, 4, 6])
def test_the_shape_is_the_best_one_for_its_half_width(half_width):
    def error(b):
        first, weights = kaiser_sinc(FRACTIONS[:, None], half_width, b)
        cell = first[:, 0, None] + np.arange(2 * half_width)
        k = np.linspace(0.0, FIVE_POINTS, 60)[:, None, None]
        read = (weights[:, 0] * np.exp(1j * k * cell)).sum(axis=-1)
        return np.abs(read - np.exp(1j * k[..., 0] * FRACTIONS)).max()

    best = error(SHAPE[half_width])
    assert best < error(SHAPE[half_width] - 0.3)
    assert best < error(SHAPE[half_width] + 0.3)


def test_a_plane_wave_in_three_dimensions_is_read_within_half_a_percent():
    rng = np.random.default_rng(7)
    points = rng.uniform(10.0, 20.0, (200, 3))
    direction = rng.normal(size=3)
    k = FIVE_POINTS * direction / np.linalg.norm(direction)
    first, weights = kaiser_sinc(points)
    read = np.ones(len(points), complex)
    for axis in range(3):
        cell = first[:, axis, None] + np.arange(8)
        read *= (weights[:, axis] * np.exp(1j * k[axis] * cell)).sum(axis=1)
    assert np.abs(read - np.exp(1j * points @ k)).max() < 5e-3


@given(
    cell=st.integers(-1000, 1000),
    shift=st.floats(-9e-10, 9e-10),
    half_width=st.sampled_from(sorted(SHAPE)),
)
def test_a_point_on_a_cell_has_exactly_one_weight(cell, shift, half_width):
    first, weights = kaiser_sinc([[cell + shift]], half_width)
    assert first[0, 0] + np.flatnonzero(weights[0, 0]) == [cell]
    assert weights[0, 0].max() == 1.0


@given(at=st.floats(0.0, 100.0), half_width=st.sampled_from(sorted(SHAPE)))
def test_the_footprint_surrounds_its_point(at, half_width):
    first, weights = kaiser_sinc([[at]], half_width)
    assert weights.shape == (1, 1, 2 * half_width)
    cell = first[0, 0] + np.arange(2 * half_width)
    used = cell[weights[0, 0] != 0.0]
    assert np.all(np.abs(used - at) < half_width)


@given(depth=st.floats(0.0, 20.0), surface=st.integers(-3, 3))
def test_a_folded_point_reads_an_odd_field_as_the_full_footprint_does(depth, surface):
    first, weights = kaiser_sinc([[4.3, surface + depth]])
    folded = fold_at_surface(first, weights, surface_cell=surface)
    cell = first[0, 1] + np.arange(8)
    field = np.sin(0.7 * (cell - surface)) * (1 + 0.1 * np.abs(cell - surface))
    below = np.where(cell > surface, field, np.nan)
    kept = folded[0, 1] != 0.0
    assert np.all(cell[kept] > surface)
    expected = weights[0, 1] @ field
    assert folded[0, 1][kept] @ below[kept] == pytest.approx(expected, abs=1e-12)
    np.testing.assert_array_equal(folded[0, 0], weights[0, 0])


def test_a_point_on_the_free_surface_is_silent():
    first, weights = kaiser_sinc([[3.2, 0.0]])
    assert not fold_at_surface(first, weights)[0, 1].any()


def test_a_point_above_the_free_surface_is_refused():
    first, weights = kaiser_sinc([[3.2, -0.5]])
    with pytest.raises(ValueError, match="above the free surface"):
        fold_at_surface(first, weights)


def test_an_unknown_half_width_is_refused():
    with pytest.raises(ValueError, match="half width 9"):
        kaiser_sinc([[0.0]], half_width=9)


def test_points_need_one_column_an_axis():
    with pytest.raises(ValueError, match="shape"):
        kaiser_sinc([1.0, 2.0])
