"""Rounded fields add up to the same bits in any order and grouping."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from anticline_solvers.domain.fixed_point import BITS, rounded

SEEDS = st.integers(0, 2**32)


def rough(seed, n, spread):
    """Fields whose cells range over many decades, their peaks over 2^spread."""
    draw = np.random.default_rng(seed)
    sizes = 10.0 ** draw.uniform(-12.0, 0.0, (n, 50)) * draw.choice([-1, 1], (n, 50))
    sizes[:, 0] = 1.0
    return sizes * 2.0 ** draw.uniform(0.0, spread, (n, 1))


@given(SEEDS, st.integers(2, 60))
def test_sums_in_float64_are_exact(seed, n):
    fields = [rounded(field) for field in rough(seed, n, 10.0)]
    total = np.zeros(50)
    for field in fields:
        total += field
    for cell in range(50):
        assert total[cell] == math.fsum(float(field[cell]) for field in fields)


@given(SEEDS)
def test_rounding_moves_a_cell_by_less_than_single_precision_of_the_peak(seed):
    (field,) = rough(seed, 1, 0.0)
    found = rounded(field)
    assert found.dtype == np.float32
    moved = np.abs(found - field)
    assert (moved <= 2.0**-24 * np.abs(field) + 2.0**-BITS * 2.0).all()
    np.testing.assert_array_equal(rounded(found), found)


def test_a_field_of_zeros_stays_so():
    assert not rounded(np.zeros((3, 4))).any()
    assert rounded(np.zeros((0, 4))).shape == (0, 4)
