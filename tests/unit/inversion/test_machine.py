"""Searches end at the minimum within bounds, ask for nothing out of them, and stop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from scipy.optimize import minimize, rosen, rosen_der

from anticline_solvers.inversion import machine
from anticline_solvers.inversion.box import Box
from anticline_solvers.inversion.settings import CONJUGACY, Settings
from anticline_solvers.inversion.state import Phase, Why
from unit.inversion.bowls import invert, problem, quadratic, random_box

LONG = {"iterations": 4000, "evaluations": 8000, "search_evaluations": 20}
SEARCHED = [("lbfgs", "hager_zhang"), *(("nlcg", name) for name in CONJUGACY)]


def valley(x):
    return float(rosen(x)), rosen_der(x)


@given(seed=st.integers(0, 10**6), cells=st.integers(1, 15))
@pytest.mark.parametrize(("method", "conjugacy"), SEARCHED)
@examples(max_examples=15)
def test_iterates_keep_their_bounds_and_end_where_no_cell_can_go_downhill(
    method, conjugacy, seed, cells
):
    misfit, box = quadratic(seed, cells), random_box(seed, cells)
    start = box.clip(np.zeros(cells))
    first = float(np.linalg.norm(box.projected(start, misfit(start)[1])))
    settings = Settings(
        method=method, conjugacy=conjugacy, relative_gradient=1e-6, **LONG
    )
    states = invert(misfit, problem(start, box), settings)
    assert all(box.holds(state.asked).all() for state in states)
    left = box.projected(states[-1].asked, misfit(states[-1].asked)[1])
    assert np.linalg.norm(left) <= 1e-6 * first
    values = [row.misfit for row in states[-1].history if row.accepted]
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize("seed", range(12))
def test_the_minimum_is_that_of_l_bfgs_b_for_no_more_evaluations(seed):
    cells = 4 + 2 * seed
    misfit, box = quadratic(seed, cells), random_box(seed, cells)
    start = box.clip(np.zeros(cells))
    first = float(np.linalg.norm(misfit(start)[1]))
    settings = Settings(memory=10, relative_gradient=1e-6 / first, **LONG)
    states = invert(misfit, problem(start, box), settings)
    peer = minimize(
        misfit,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=list(zip(box.lower, box.upper, strict=True)),
        options={"maxcor": 10, "ftol": 1e-16, "gtol": 1e-6, "maxfun": 9000},
    )
    assert np.abs(states[-1].asked - peer.x).max() <= 1e-4
    assert len(states) - 1 <= 1.5 * peer.nfev


@pytest.mark.parametrize("limits", [(-np.inf, np.inf), (-2.0, 0.8)])
@pytest.mark.parametrize("cells", [5, 10, 50])
def test_the_bottom_of_rosenbrocks_valley_is_that_of_l_bfgs_b(limits, cells):
    start = np.full(cells, -1.2)
    start[1::2] = min(1.0, limits[1])
    box = Box(*(np.full(cells, end) for end in limits))
    tight = 1e-6 * float(np.linalg.norm(valley(start)[1]))
    settings = Settings(memory=10, relative_gradient=1e-6, **LONG)
    states = invert(valley, problem(start, box), settings)
    peer = minimize(
        valley,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[limits] * cells,
        options={"maxcor": 10, "ftol": 1e-16, "gtol": tight / cells**0.5},
    )
    assert states[-1].here.value == pytest.approx(peer.fun, rel=1e-6, abs=1e-6)
    assert len(states) - 1 <= 1.5 * peer.nfev


@pytest.mark.parametrize(("method", "conjugacy"), SEARCHED)
def test_a_misfit_that_is_no_number_is_stepped_back_from(method, conjugacy):
    def walled(x):
        value = float(0.5 * np.sum(x * x)) if (x > -1.0).all() else np.nan
        return value, x if np.isfinite(value) else np.full_like(x, np.nan)

    settings = Settings(
        method=method, conjugacy=conjugacy, first_change=9.0, relative_gradient=1e-5
    )
    states = invert(walled, problem(np.linspace(1.0, 3.0, 5)), settings)
    assert not np.isfinite(states[-1].history[1].misfit)
    assert states[-1].why is Why.GRADIENT


def test_a_start_without_a_misfit_ends_at_once():
    state = machine.begin(problem(np.zeros(3)), Settings())
    state = machine.advance(state, np.nan, np.zeros(3))
    assert (state.why, state.ended) == (Why.NOT_FINITE, True)
    with pytest.raises(ValueError, match="has ended"):
        machine.advance(state, 0.0, np.zeros(3))


def test_where_no_step_lowers_the_misfit_it_ends_with_the_best_model():
    def lying(x):
        return 1.0 + float(np.abs(x).sum()), -np.ones_like(x)

    states = invert(lying, problem(np.zeros(4)), Settings(search_evaluations=5))
    assert states[-1].why is Why.NO_PROGRESS
    assert states[-1].asked.tolist() == [0.0] * 4


def test_a_failed_search_is_made_again_downhill_before_it_ends():
    calls = []

    def spoilt(x):
        """The quadratic, but for one search in the middle."""
        calls.append(x)
        value, slope = quadratic(3, 8)(x)
        return (value + 1e6 if 6 <= len(calls) < 11 else value), slope

    settings = Settings(search_evaluations=5, relative_gradient=1e-5, iterations=500)
    states = invert(spoilt, problem(np.zeros(8)), settings)
    assert states[-1].why is Why.GRADIENT
    steps = [row.step for row in states[-1].history[5:10]]
    assert steps == sorted(steps, reverse=True)
    assert not any(row.accepted for row in states[-1].history[5:10])


@pytest.mark.parametrize(
    ("limit", "why"),
    [
        ({"iterations": 3}, Why.ITERATIONS),
        ({"iterations": 0}, Why.ITERATIONS),
        ({"evaluations": 7}, Why.EVALUATIONS),
        ({"evaluations": 1}, Why.EVALUATIONS),
        ({"relative_misfit": 0.1}, Why.MISFIT),
        ({"relative_gradient": 0.05}, Why.GRADIENT),
        ({"least_decrease": 0.2}, Why.DECREASE),
    ],
)
@pytest.mark.parametrize("method", ["lbfgs", "nlcg"])
def test_each_limit_ends_it_with_the_last_accepted_model(method, limit, why):
    settings = Settings(method=method, search_evaluations=20, **limit)
    last = invert(valley, problem(np.array([-1.2, 1.0])), settings)[-1]
    accepted = [row for row in last.history if row.accepted]
    assert last.why is why
    assert valley(last.asked)[0] == accepted[-1].misfit
    assert last.iteration == accepted[-1].iteration == len(accepted) - 1
    assert len(last.history) <= limit.get("evaluations", 1000)


def test_the_first_step_changes_no_velocity_by_more_than_asked():
    start = np.linspace(1500.0, 4000.0, 30)
    settings = Settings(first_change=0.015)
    for parameter in ("vp", "slowness", "squared_slowness"):
        power = {"vp": 1, "slowness": -1, "squared_slowness": -2}[parameter]
        x = start.astype(np.float32).astype(float) ** power
        given_problem = problem(x, parameter=parameter)
        state = machine.begin(given_problem, settings)
        state = machine.advance(state, 1.0, np.sin(np.arange(30.0)))
        change = np.abs(state.asked ** (1 / power) / start - 1.0).max()
        assert 0.01 < change < 0.016


def test_with_subsets_an_accepted_model_is_evaluated_anew():
    def misfit(state):
        return quadratic(state.iteration % 3, 6)(state.asked)

    state = machine.begin(problem(np.zeros(6)), Settings(subsets=True, iterations=8))
    while not state.ended:
        before, state = state, machine.advance(state, *misfit(state))
        if before.phase is Phase.SEARCH and state.phase is Phase.RENEWAL:
            assert np.array_equal(before.asked, state.asked)
            assert state.iteration == before.iteration + 1
        if state.memory.pairs and state.phase is Phase.RENEWAL:
            _, y = state.memory.pairs[-1]
            s = state.memory.pairs[-1][0]
            slopes = [
                quadratic(before.iteration % 3, 6)(x)[1]
                for x in (state.asked, state.asked - s)
            ]
            assert y == pytest.approx(slopes[0] - slopes[1], abs=1e-9)
    assert state.why is Why.ITERATIONS


def test_cells_whose_bounds_are_equal_never_move():
    misfit, start = quadratic(5, 10), np.linspace(-1.0, 1.0, 10)
    still = np.arange(10) % 3 == 0
    box = Box(np.where(still, start, -np.inf), np.where(still, start, np.inf))
    for method in ("lbfgs", "nlcg", "cg"):
        states = invert(misfit, problem(start, box), Settings(method=method))
        assert np.array_equal(states[-1].asked[still], start[still])
        assert not np.array_equal(states[-1].asked, start)


def test_bounds_and_starts_that_make_no_sense_are_told():
    with pytest.raises(ValueError, match="out of bounds in 2 cells"):
        problem(np.array([0.0, 2.0, -2.0]), Box(np.full(3, -1.0), np.full(3, 1.0)))
    with pytest.raises(ValueError, match="1 cells have a lower bound above"):
        Box(np.array([0.0, 1.0]), np.array([0.5, 0.5]))
    with pytest.raises(ValueError, match="cg takes no bounds"):
        machine.begin(
            problem(np.zeros(2), Box(np.full(2, -1.0), np.ones(2))),
            Settings(method="cg"),
        )
    with pytest.raises(ValueError, match="method newton; memory 0"):
        Settings(method="newton", memory=0)
