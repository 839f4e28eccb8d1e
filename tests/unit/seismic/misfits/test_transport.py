from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anticline_solvers.seismic.misfits.transport import (
    cells_of,
    distance,
    masses,
    quantiles,
)

shapes = st.tuples(st.integers(1, 5), st.integers(2, 60), st.integers(0, 10**6))


def random_masses(rows, n, seed):
    rng = np.random.default_rng(seed)
    return masses(3.0 * rng.normal(size=(rows, n)))[0]


def exact_distance(mass, target, interval_s):
    """Half the squared distance of two step densities, by quantiles merged exactly."""
    edges = interval_s * np.arange(mass.size + 1)
    level_p, level_d = (np.append(0.0, np.cumsum(m)) for m in (mass, target))
    levels = np.union1d(level_p, level_d)
    middle, width = 0.5 * (levels[1:] + levels[:-1]), np.diff(levels)
    ends = [
        np.interp(x, level_p, edges) - np.interp(x, level_d, edges)
        for x in (levels[:-1] + 1e-15, middle, levels[1:] - 1e-15)
    ]
    simpson = (ends[0] ** 2 + 4.0 * ends[1] ** 2 + ends[2] ** 2) / 6.0
    return 0.5 * float((width * simpson).sum())


def test_the_distance_is_that_of_the_quantiles():
    time_s = 0.01 * np.arange(400)
    bells = [
        np.exp(-(((time_s - at) / wide) ** 2)) + 0.01
        for at, wide in ((1.0, 0.3), (2.2, 0.5))
    ]
    mass, target = (bell / bell.sum() for bell in bells)
    found, _ = distance(mass[None], target[None], 0.01)
    assert found[0] == pytest.approx(exact_distance(mass, target, 0.01), rel=1e-4)


def test_a_mass_moved_by_a_time_is_half_its_square_away():
    mass = np.zeros((1, 300)) + 1e-12
    mass[0, 50:70] = np.hanning(20)
    mass /= mass.sum()
    for samples in (10, 100, 200):
        found, _ = distance(np.roll(mass, samples), mass, 0.004)
        assert found[0] == pytest.approx(0.5 * (0.004 * samples) ** 2, rel=2e-3)


@settings(max_examples=40)
@given(shape=shapes)
def test_the_derivative_of_the_distance_is_that_of_differences(shape):
    rows, n, seed = shape
    mass, target = random_masses(rows, n, seed), random_masses(rows, n, seed + 1)
    rng = np.random.default_rng(seed + 2)
    change = 1e-6 * mass * rng.uniform(-1.0, 1.0, mass.shape)
    _, by_mass = distance(mass, target, 0.01)
    ahead, behind = (distance(mass + s * change, target, 0.01)[0] for s in (1, -1))
    rate = (by_mass * change).sum(axis=-1)
    size = np.abs(by_mass * change).sum(axis=-1)
    assert (np.abs((ahead - behind) / 2.0 - rate) <= 1e-5 * size + 1e-18).all()


@settings(max_examples=40)
@given(shape=shapes)
def test_all_rows_are_searched_as_each_alone(shape):
    rows, n, seed = shape
    mass, target = random_masses(rows, n, seed), random_masses(rows, n, seed + 1)
    middle, edge = np.cumsum(mass, axis=-1) - 0.5 * mass, np.cumsum(target, axis=-1)
    alone = [
        np.minimum(np.searchsorted(e, m, "right"), n - 1)
        for m, e in zip(middle, edge, strict=True)
    ]
    assert (cells_of(middle, edge) == alone).all()


@settings(max_examples=40)
@given(shape=shapes, sharpness=st.floats(0.1, 10.0))
def test_the_quantiles_rise_with_the_levels_and_stay_in_the_record(shape, sharpness):
    rows, n, seed = shape
    rng = np.random.default_rng(seed)
    target, _ = masses(sharpness * rng.uniform(-1.0, 1.0, (rows, n)))
    levels = np.sort(rng.uniform(0.0, 1.0, (rows, 50)), axis=-1)
    reached, rate = quantiles(levels, target)
    assert (np.diff(reached, axis=-1) > -1e-9).all()
    assert (rate > 0.0).all()
    assert reached.min() >= 0.0
    assert reached.max() <= n
