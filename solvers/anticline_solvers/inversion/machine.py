r"""Inversion by reverse communication: what is to be evaluated next, one by one.

    state = begin(problem, settings)
    while not state.ended:
        data, gradient = ...                 # of state.asked
        state = advance(state, data, gradient)

Nothing is read, written or timed here: the same evaluations give the same states, bit
for bit. Every model asked for is within bounds. From an accepted model x a direction d
is made (`directions`), and a step a of the path x(a) = P(x + a d) is searched
(`line_search`). A search that fails is made again along -M g; where that fails too,
the inversion ends. cg has no search (`linear`).

The methods are projected quasi-Newton ones: Bertsekas 1982, doi:10.1137/0320018;
Schmidt, Kim and Sra 2011, doi:10.7551/mitpress/8996.003.0013.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from anticline_solvers.inversion import linear, parameterisation, stopping
from anticline_solvers.inversion.arithmetic import Array, finite, inner, largest, norm
from anticline_solvers.inversion.directions import curved, direction
from anticline_solvers.inversion.line_search import Search, Trial, Verdict, judge
from anticline_solvers.inversion.problem import Problem
from anticline_solvers.inversion.settings import Settings
from anticline_solvers.inversion.state import Memory, Phase, Point, Row, State, Why

MOST_HALVINGS = 60
KEPT_STEPS = 10.0
"""A first step is at most so many times longer than nlcg's last one."""


def begin(problem: Problem, settings: Settings) -> State:
    """Ask for the start.

    Raises ValueError where cg is given bounds.
    """
    if settings.method == "cg" and problem.box.bounded:
        msg = "cg takes no bounds; fix cells or take lbfgs"
        raise ValueError(msg)
    start = problem.feasible(problem.start)
    return State(settings, problem, Phase.FIRST, start)


def advance(
    state: State, data: float, gradient: Array, illumination: Array | None = None
) -> State:
    """Take the data misfit of the model asked for, and its gradient.

    gradient : d misfit / d x, float64, of the model's shape. illumination : likewise,
    zero or positive.

    Raises ValueError where the inversion has ended, or a shape is another one.
    """
    if state.ended:
        msg = f"the inversion has ended: {state.why.value if state.why else ''}"
        raise ValueError(msg)
    for array in (gradient, illumination):
        if array is not None and array.shape != state.asked.shape:
            msg = f"the gradient is {array.shape}, the model {state.asked.shape}"
            raise ValueError(msg)
    state, seen = _seen(state, data, gradient, illumination)
    if state.phase is Phase.SEARCH:
        return _searched(state, seen)
    if state.phase is Phase.PROBE:
        return linear.probed(state, seen)
    return _arrived(state, seen)


def _seen(
    state: State, data: float, gradient: Array, illumination: Array | None
) -> tuple[State, Point]:
    """Add the terms of the model; their unit is settled by the first misfit."""
    settings = state.settings
    if state.phase is Phase.FIRST and not settings.absolute_weights and finite(data):
        state = state.but(unit=float(data))
    model, slope = state.problem.terms(settings, state.asked)
    whole = np.asarray(gradient, np.float64) + state.unit * slope
    evaluation = state.evaluation
    model *= state.unit
    point = Point(state.asked, float(data), model, whole, evaluation, illumination)
    return state, point


def _arrived(state: State, seen: Point) -> State:
    """Go on from the start, or from an accepted model that was evaluated anew."""
    state = _noted(state.but(here=seen), seen, 0.0, accepted=True)
    if not seen.sound:
        return state.end(Why.NOT_FINITE)
    why = stopping.small_enough(state) or stopping.evaluated_enough(state)
    if why or state.settings.iterations == 0:
        return state.end(why or Why.ITERATIONS)
    if state.settings.method == "cg":
        return linear.set_out(state)
    return _set_out(state)


def _set_out(state: State) -> State:
    """Begin a search from the last accepted model."""
    here, problem, settings = _here(state), state.problem, state.settings
    free = problem.box.free(here.x, here.gradient)
    made = direction(
        settings,
        here.gradient,
        free,
        state.memory.pairs,
        problem.preconditioner(settings, here.illumination),
    )
    d = problem.box.inward(here.x, made.values) + problem.box.closing(here.x, free)
    slope = inner(here.gradient, d)
    if not slope < 0.0:
        return state.end(Why.NO_PROGRESS)
    memory = replace(state.memory, pairs=()) if made.steepest else state.memory
    step = _first_step(state, d, slope, steepest=made.steepest)
    search = Search.begin(here.value, slope, step)
    return _ask(state.but(direction=d, memory=memory, candidate=None), search)


def _first_step(state: State, d: Array, slope: float, *, steepest: bool) -> float:
    """Choose the step that a search begins with."""
    memory = state.memory
    if not steepest and state.settings.method == "lbfgs":
        return 1.0
    if not steepest and memory.step > 0.0:
        return memory.step * min(KEPT_STEPS, memory.slope / slope)
    if state.settings.first_change is None:
        return min(1.0, 1.0 / norm(d))
    change = state.settings.first_change
    change *= parameterisation.sensitivity(state.problem.parameter)
    return change / _relative_change(_here(state).x, d)


def _relative_change(x: Array, d: Array) -> float:
    """Give the largest change of a cell relative to its value."""
    size = largest(x)
    floor = 1e-3 * size if size > 0.0 else 1.0
    return largest(d / np.maximum(np.abs(x), floor))


def _ask(state: State, search: Search) -> State:
    """Ask for the search's step, shortened until the model promises a decrease."""
    here = _here(state)
    step, least = search.step, search.low.step
    for _ in range(MOST_HALVINGS):
        x = _path(state, step)
        if finite(x) and inner(here.gradient, x - here.x) < 0.0:
            return state.but(
                phase=Phase.SEARCH,
                asked=x,
                evaluation=len(state.history) + 1,
                search=replace(search, step=step),
            )
        step = least + 0.5 * (step - least)
    return _given_up(state)


def _path(state: State, step: float) -> Array:
    assert state.direction is not None
    return state.problem.feasible(_here(state).x + step * state.direction)


def _searched(state: State, seen: Point) -> State:
    """Judge a step of a search."""
    search, here, settings = state.search, _here(state), state.settings
    assert search is not None
    promised = inner(here.gradient, seen.x - here.x)
    enough = (
        seen.sound
        and seen.value <= here.value + settings.sufficient_decrease * promised
    )
    trial = Trial(search.step, *_along(state, seen, search.step))
    verdict, search = judge(
        search,
        trial,
        enough=enough,
        curvature=settings.wolfe_curvature,
        most=settings.search_evaluations,
    )
    state = _noted(state, seen, trial.step, accepted=False).but(search=search)
    if enough:
        state = state.but(candidate=seen)
    if verdict is Verdict.ACCEPT:
        return _accepted(state, trial.step)
    if verdict is Verdict.GIVE_UP or stopping.evaluated_enough(state):
        return _given_up(state)
    return _ask(state, search)


def _along(state: State, seen: Point, step: float) -> tuple[float, float]:
    """Give the misfit of a step, and its slope along the path; NaN where none."""
    if not seen.sound:
        return float("nan"), float("nan")
    assert state.direction is not None
    whole = _here(state).x + step * state.direction
    moving = np.where(state.problem.box.holds(whole), state.direction, 0.0)
    return seen.value, inner(seen.gradient, moving)


def _given_up(state: State) -> State:
    """Take what a search found; where that is nothing, try -M g; or end."""
    if state.candidate is not None and state.search is not None:
        return _accepted(state, state.search.low.step)
    if why := stopping.evaluated_enough(state):
        return state.end(why)
    if state.memory.pairs:
        return _set_out(state.but(memory=Memory()))
    return state.end(Why.NO_PROGRESS)


def _accepted(state: State, step: float) -> State:
    """Make a step the next iterate."""
    old, new, search = _here(state), state.candidate, state.search
    assert new is not None
    assert search is not None
    s, y = new.x - old.x, new.gradient - old.gradient
    pairs = state.memory.pairs
    if curved(s, y):
        kept = state.settings.memory if state.settings.method == "lbfgs" else 1
        pairs = (*pairs, (s, y))[-kept:]
    memory = Memory(pairs, step, search.start.slope)
    state = _marked(state, new.evaluation).but(
        here=new, candidate=None, search=None, direction=None, memory=memory
    )
    decrease = (old.value - new.value) / abs(old.value) if old.value else 0.0
    why = stopping.small_enough(state) or stopping.enough_done(state, decrease)
    if why:
        return state.end(why)
    if state.settings.subsets:
        evaluation = len(state.history) + 1
        return state.but(phase=Phase.RENEWAL, asked=new.x, evaluation=evaluation)
    return _set_out(state)


def _noted(state: State, seen: Point, step: float, *, accepted: bool) -> State:
    """Add a row to the history."""
    row = Row(
        evaluation=seen.evaluation,
        iteration=state.iteration,
        misfit=seen.value,
        data=seen.data,
        model=seen.model,
        step=step,
        gradient_norm=stopping.gradient_norm(state, seen),
        accepted=accepted,
    )
    return state.but(history=(*state.history, row))


def _marked(state: State, evaluation: int) -> State:
    """Say in the history that an evaluation became the next iterate."""
    number = state.iteration + 1
    rows = list(state.history)
    rows[evaluation - 1] = replace(
        rows[evaluation - 1], iteration=number, accepted=True
    )
    return state.but(history=tuple(rows), iteration=number)


def _here(state: State) -> Point:
    assert state.here is not None
    return state.here
