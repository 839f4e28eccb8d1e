"""Terms have exact gradients; smoothing and preconditioning are symmetric, positive."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from anticline_solvers.inversion.box import Box
from anticline_solvers.inversion.preconditioner import Preconditioner
from anticline_solvers.inversion.problem import Problem
from anticline_solvers.inversion.settings import Settings
from anticline_solvers.inversion.smoothing import Smoothing

SHAPES = [(13, 9), (5, 6, 7)]
TERMS = {
    "first differences": {"tikhonov": 3.0, "tikhonov_order": 1},
    "second differences": {"tikhonov": 3.0, "tikhonov_order": 2},
    "of the change": {"tikhonov": 3.0, "tikhonov_change": True},
    "total variation": {"total_variation": 2.0, "total_variation_epsilon": 0.1},
    "both": {"tikhonov": 1.0, "total_variation": 2.0},
}


def given_problem(shape, *, still=False, seed=0):
    random = np.random.default_rng(seed)
    start = 2000.0 + 300.0 * random.standard_normal(shape)
    box = Box.none(shape)
    if still:
        kept = random.random(shape) < 0.3
        box = Box(np.where(kept, start, -np.inf), np.where(kept, start, np.inf))
    reference = start + 100.0 * random.standard_normal(shape)
    return Problem(start, box, (25.0,) * len(shape), reference=reference)


@pytest.mark.parametrize("still", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", TERMS)
def test_the_taylor_remainder_of_a_term_falls_at_second_order(name, shape, still):
    found, settings = given_problem(shape, still=still), Settings(**TERMS[name])
    d = np.random.default_rng(1).standard_normal(shape)
    value, gradient = found.terms(settings, found.start)
    steps = 10.0 ** -np.arange(0.0, 3.1, 0.5)
    left = [
        abs(
            found.terms(settings, found.start + h * d)[0]
            - value
            - h * np.sum(gradient * d)
        )
        for h in steps
    ]
    slope = np.polyfit(np.log(steps), np.log(left), 1)[0]
    assert slope == pytest.approx(2.0, abs=0.1)


def test_a_term_does_not_change_when_the_grid_gets_finer():
    settings = Settings(tikhonov=1.0, total_variation=1.0)
    values = []
    for cells in (50, 200):
        depth = np.linspace(0.0, 1.0, cells)
        start = np.broadcast_to(2000.0 + 500.0 * depth**2, (cells, cells)).copy()
        found = Problem(start, Box.none(start.shape), (1000.0 / (cells - 1),) * 2)
        values.append(found.terms(settings, start)[0])
    assert values[0] == pytest.approx(values[1], rel=0.05)


def test_a_step_at_fixed_cells_costs_nothing():
    start = np.full((8, 12), 1500.0)
    start[:, 4:] = 3000.0
    still = np.zeros(start.shape, bool)
    still[:, :4] = True
    box = Box(np.where(still, start, -np.inf), np.where(still, start, np.inf))
    found = Problem(start, box, (10.0, 10.0))
    for order in (1, 2):
        settings = Settings(tikhonov=1.0, tikhonov_order=order, total_variation=1.0)
        value, gradient = found.terms(settings, start)
        assert value == 0.0
        assert not gradient.any()


def test_axes_weigh_as_asked():
    start = 2000.0 + np.arange(12.0)[:, None] * np.ones((12, 10))
    found = Problem(start, Box.none(start.shape), (10.0, 10.0))
    along, down = (
        found.terms(Settings(tikhonov=1.0, tikhonov_axes=axes), start)[0]
        for axes in ((2.0, 0.0), (0.0, 2.0))
    )
    one = found.terms(Settings(tikhonov=1.0), start)[0]
    assert (along, down) == (pytest.approx(4.0 * one), 0.0)


def operators(shape, seed):
    """Smoothing of one width, of many, and preconditioners."""
    random = np.random.default_rng(seed)
    spacing = (10.0,) * len(shape)
    uniform = Smoothing.uniform(random.uniform(0.0, 40.0, len(shape)), spacing)
    local = Smoothing.local(random.uniform(5.0, 60.0, shape), spacing)
    movable = random.random(shape) < 0.8
    heard = random.uniform(0.0, 5.0, shape)
    yield uniform.apply
    yield local.apply
    for smoothing in (None, uniform, local):
        made = Preconditioner.of(movable, heard, 0.01, smoothing)
        yield lambda v, made=made: made.apply(v, movable)


@given(seed=st.integers(0, 10**6), shape=st.sampled_from([(6, 5), (3, 4, 5)]))
@examples(max_examples=10)
def test_smoothing_and_preconditioning_are_symmetric_and_positive(seed, shape):
    size = int(np.prod(shape))
    for apply in operators(shape, seed):
        columns = [apply(column.reshape(shape)).ravel() for column in np.eye(size)]
        matrix = np.array(columns)
        largest = np.abs(matrix).max()
        assert np.abs(matrix - matrix.T).max() <= 1e-13 * largest
        assert np.linalg.eigvalsh(matrix).min() >= -1e-12 * largest


def test_smoothing_keeps_constants_and_has_the_width_asked_for():
    made = Smoothing.uniform([60.0, 30.0], [10.0, 10.0])
    assert made.apply(np.ones((80, 60))) == pytest.approx(1.0)
    spike = np.zeros((121, 121))
    spike[60, 60] = 1.0
    spread = made.apply(spike)
    away = 10.0 * (np.arange(121) - 60)
    widths = [np.sqrt(np.sum(spread.sum(axis) * away**2)) for axis in (1, 0)]
    assert widths == pytest.approx([60.0, 30.0], rel=0.01)


def test_local_smoothing_is_as_wide_as_each_cell_asks():
    sigma = np.where(np.arange(200) < 100, 20.0, 60.0)[:, None] * np.ones((200, 3))
    made = Smoothing.local(sigma, (10.0, 10.0))
    away = 10.0 * np.arange(200.0)
    for cell, wanted in ((50, 20.0), (150, 60.0)):
        spike = np.zeros((200, 3))
        spike[cell] = 1.0
        spread = made.apply(spike).sum(1) / 3.0
        width = np.sqrt(np.sum(spread * (away - away[cell]) ** 2) / spread.sum())
        assert width == pytest.approx(wanted, rel=0.02)


def test_what_is_poorly_lit_moves_more():
    heard = np.array([[1.0, 100.0, 0.0]])
    made = Preconditioner.of(np.ones((1, 3), bool), heard, 0.01)
    moved = made.apply(np.ones((1, 3)), np.ones((1, 3), bool))[0]
    assert moved[2] > moved[0] > moved[1]
    assert moved[2] <= 101.0 + 1e-9
