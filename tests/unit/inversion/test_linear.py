"""Conjugate gradients solve a linear problem, an evaluation an iteration."""

from __future__ import annotations

import numpy as np
import pytest

from anticline_solvers.inversion import machine
from anticline_solvers.inversion.settings import Settings
from anticline_solvers.inversion.state import Why
from unit.inversion.bowls import invert, problem

RANDOM = np.random.default_rng(11)
OPERATOR = RANDOM.standard_normal((60, 20)) @ np.diag(np.geomspace(0.1, 10.0, 20))
DATA = RANDOM.standard_normal(60)
LONG = Settings(method="cg", iterations=200, evaluations=400, relative_gradient=1e-9)


def misfit(x):
    apart = OPERATOR @ x - DATA
    return 0.5 * float(apart @ apart), OPERATOR.T @ apart


@pytest.mark.parametrize("start", [np.zeros(20), RANDOM.standard_normal(20)])
def test_the_result_is_the_least_squares_solution(start):
    states = invert(misfit, problem(start), LONG)
    wanted = np.linalg.lstsq(OPERATOR, DATA, rcond=None)[0]
    assert states[-1].asked == pytest.approx(wanted, abs=1e-4)
    assert states[-1].here.value == pytest.approx(misfit(wanted)[0], rel=1e-9)
    rows = states[-1].history
    assert len(rows) == states[-1].iteration + 1
    assert all(row.accepted for row in rows)


def test_its_misfits_are_those_of_its_models():
    state = machine.begin(problem(np.zeros(20)), LONG)
    for _ in range(6):
        state = machine.advance(state, *misfit(state.asked))
        assert state.here.value == pytest.approx(misfit(state.here.x)[0], rel=1e-9)
        assert state.here.gradient == pytest.approx(misfit(state.here.x)[1], abs=1e-7)


def test_damping_gives_the_damped_solution():
    settings = Settings(
        method="cg", damping=0.02, iterations=200, relative_gradient=1e-10
    )
    states = invert(misfit, problem(np.zeros(20)), settings)
    first = misfit(np.zeros(20))[1]
    curvature = np.sum((OPERATOR @ first) ** 2) / np.sum(first**2)
    normal = OPERATOR.T @ OPERATOR + 0.02 * curvature * np.eye(20)
    wanted = np.linalg.solve(normal, OPERATOR.T @ DATA)
    assert states[-1].asked == pytest.approx(wanted, abs=1e-6)


def test_tikhonovs_term_belongs_to_the_parabola():
    settings = Settings(
        method="cg", tikhonov=0.5, iterations=300, relative_gradient=1e-10
    )
    given = problem(np.zeros(20))
    last = invert(misfit, given, settings)[-1]
    value, slope = given.terms(settings, last.asked)
    whole = misfit(last.asked)[1] + last.unit * slope
    assert np.abs(whole).max() <= 1e-7 * np.abs(misfit(np.zeros(20))[1]).max()
    assert last.here.model == pytest.approx(last.unit * value, rel=1e-9)


def test_a_model_held_as_float32_costs_little_accuracy():
    states = invert(misfit, problem(np.zeros(20), parameter="perturbation"), LONG)
    wanted = np.linalg.lstsq(OPERATOR, DATA, rcond=None)[0]
    assert np.abs(states[-1].asked - wanted).max() <= 1e-3 * np.abs(wanted).max()


def test_a_misfit_that_is_not_quadratic_is_told():
    states = invert(
        lambda x: (float(np.sum(x**4 - x)), 4 * x**3 - 1),
        problem(np.zeros(5)),
        LONG,
    )
    assert states[-1].why is Why.NOT_QUADRATIC


def test_a_gradient_that_is_not_the_misfits_own_is_told():
    states = invert(
        lambda x: (misfit(x)[0], 0.5 * misfit(x)[1]), problem(np.zeros(20)), LONG
    )
    assert states[-1].why is Why.NOT_QUADRATIC
