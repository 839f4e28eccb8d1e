"""Whether an accepted model is the last."""

from __future__ import annotations

from anticline_solvers.inversion.arithmetic import norm
from anticline_solvers.inversion.state import Point, State, Why


def gradient_norm(state: State, point: Point) -> float:
    """Give the norm of the projected gradient; NaN where it is no number."""
    if not point.sound:
        return float("nan")
    return norm(state.problem.box.projected(point.x, point.gradient))


def small_enough(state: State) -> Why | None:
    """Say why the last accepted model is good enough, if it is."""
    here, settings = state.here, state.settings
    if here is None:
        return None
    size, first = gradient_norm(state, here), state.first
    if size <= settings.relative_gradient * first.gradient_norm:
        return Why.GRADIENT
    enough = settings.relative_misfit * first.data
    if settings.relative_misfit > 0.0 and here.data <= enough:
        return Why.MISFIT
    return None


def enough_done(state: State, decrease: float) -> Why | None:
    """Say why no other iteration is wanted; decrease : the last one's, relative."""
    if decrease < state.settings.least_decrease:
        return Why.DECREASE
    if state.iteration >= state.settings.iterations:
        return Why.ITERATIONS
    return evaluated_enough(state)


def evaluated_enough(state: State) -> Why | None:
    """Say that the evaluations asked for are done."""
    if state.evaluation >= state.settings.evaluations:
        return Why.EVALUATIONS
    return None
