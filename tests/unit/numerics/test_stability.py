"""Time steps and spacings: what is refused, and what is advised instead."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline_solvers.numerics.stability import (
    carried_frequency,
    check_sampling,
    choose_time_step,
    maximum_time_step,
    points_per_wavelength,
    symbol,
)
from anticline_solvers.numerics.stencils import ORDERS, second_derivative


def largest_after(steps, fraction_of_limit, order, spacing_m):
    """Largest amplitude of random noise on a periodic grid after some steps."""
    velocity, shape = 2000.0, (16, 16)
    dt = fraction_of_limit * maximum_time_step(velocity, spacing_m, order)
    weights = second_derivative(order)
    now = np.random.default_rng(3).normal(size=shape)
    before = now.copy()
    for _ in range(steps):
        lap = np.zeros(shape)
        for axis, h in enumerate(spacing_m):
            lap += weights[0] * now / h**2
            for j in range(1, len(weights)):
                pair = np.roll(now, j, axis) + np.roll(now, -j, axis)
                lap += weights[j] * pair / h**2
        before, now = now, 2 * now - before + (velocity * dt) ** 2 * lap
    return np.abs(now).max()


@pytest.mark.parametrize("order", ORDERS)
def test_noise_stays_bounded_below_the_time_step_limit_and_grows_above(order):
    spacing_m = (10.0, 6.0)
    assert largest_after(2000, 0.995, order, spacing_m) < 1e3
    assert largest_after(2000, 1.005, order, spacing_m) > 1e20


@pytest.mark.parametrize("order", ORDERS)
def test_the_largest_symbol_is_at_two_cells_per_wavelength(order):
    values = [symbol(order, theta) for theta in np.linspace(0.0, math.pi, 500)]
    assert max(values) == values[-1]


@pytest.mark.parametrize(
    ("order", "points"),
    list(zip(ORDERS, [18.1, 6.31, 4.48, 3.78, 3.4, 3.17, 3.01, 2.89], strict=True)),
)
def test_the_documented_points_per_wavelength_hold_half_a_percent(order, points):
    assert points_per_wavelength(order) == pytest.approx(points, rel=2e-3)
    for wavelength in np.linspace(points_per_wavelength(order), 40.0, 200):
        theta = 2 * math.pi / wavelength
        assert 1 - math.sqrt(symbol(order, theta)) / theta <= 0.005 * (1 + 1e-9)


@given(
    vmax=st.floats(300.0, 8000.0),
    spacing=st.lists(st.floats(0.5, 100.0), min_size=2, max_size=3),
    order=st.sampled_from(ORDERS),
    interval=st.floats(1e-4, 0.1),
)
def test_the_chosen_time_step_is_stable_and_divides_the_sample_interval(
    vmax, spacing, order, interval
):
    limit = maximum_time_step(vmax, spacing, order)
    assert choose_time_step(vmax, spacing, order) == pytest.approx(0.9 * limit)
    step = choose_time_step(vmax, spacing, order, interval)
    assert step <= 0.9 * limit * (1 + 1e-6)
    assert interval / step == pytest.approx(round(interval / step))


def test_an_admissible_run_has_no_findings():
    assert check_sampling(1500.0, 4500.0, (10.0, 10.0), 8, 25.0, 1e-3) == []


def numbers_advised(text):
    return [float(n) for n in re.findall(r"([\d.e+-]+) (?:s|m|Hz)\b", text)]


@given(
    vmin=st.floats(300.0, 3000.0),
    contrast=st.floats(1.0, 4.0),
    h=st.floats(1.0, 50.0),
    order=st.sampled_from(ORDERS),
    f_max=st.floats(1.0, 500.0),
)
def test_every_number_advised_is_admissible_itself(vmin, contrast, h, order, f_max):
    spacing = (h, 0.8 * h)
    dt = 1.0
    unstable, *coarse = check_sampling(vmin, contrast * vmin, spacing, order, f_max, dt)
    advised = numbers_advised(unstable)[-1]
    stable = (vmin, contrast * vmin, spacing, order)
    assert not [t for t in check_sampling(*stable, 1e-9, advised) if "stable" in t]
    for text in coarse:
        cell, top = numbers_advised(text.split("use")[1])[:2]
        fine = check_sampling(vmin, vmin, (cell, cell), order, f_max, 1e-9)
        slow = check_sampling(vmin, vmin, spacing, order, top, 1e-9)
        assert fine == slow == []


def test_a_step_over_the_limit_and_a_coarse_grid_are_both_reported_with_numbers():
    findings = check_sampling(1028.0, 4700.0, (20.0, 20.0), 8, 22.1, 0.004)
    assert len(findings) == 2
    assert "use 0.00212 s" in findings[0]
    assert "cells of at most 12.3 m" in findings[1]
    assert "top frequency of at most 13.6 Hz" in findings[1]


def test_a_higher_space_order_is_advised_where_it_helps():
    (finding,) = check_sampling(1500.0, 1500.0, (10.0, 10.0), 4, 30.0, 1e-4)
    assert finding.endswith("or space order 6")
    assert not check_sampling(1500.0, 1500.0, (10.0, 10.0), 6, 30.0, 1e-4)


def test_the_coarsest_axis_limits_the_frequency():
    assert carried_frequency(1500.0, (5.0, 10.0), 8) == carried_frequency(
        1500.0, (10.0, 10.0), 8
    )


@pytest.mark.parametrize("vmin", [0.0, -5.0, math.nan, math.inf])
def test_velocities_must_be_positive_and_finite(vmin):
    (finding,) = check_sampling(vmin, 4000.0, (10.0, 10.0), 8, 20.0, 1e-3)
    assert "positive and finite" in finding


@pytest.mark.parametrize("dt", [0.0, -1e-3, math.nan])
def test_a_time_step_that_is_no_positive_number_is_refused(dt):
    (finding,) = check_sampling(1500.0, 4500.0, (10.0, 10.0), 8, 20.0, dt)
    assert "stable above 0" in finding
