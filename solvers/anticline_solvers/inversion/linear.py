r"""Linear least squares by conjugate gradients, one evaluation an iteration.

The misfit is quadratic, f = 1/2 |B x - d|^2, so a step t along a direction p gives all
that an iteration needs:

    H p = (g(x + t p) - g(x)) / t
    a = - g.p / (p.H p),    x <- x + a p,    g <- g + a H p
    p <- - M g + b p,       b = g.M (g - g_before) / (g_before.M g_before)

The probe is as long as the last step, so it lies near the next model. Damping adds
mu |x - x0|^2 / 2, mu the share `damping` of the curvature along the first direction.
A probe whose misfit is not what the parabola says ends it: the misfit is not quadratic,
or the gradient is not its own. Hestenes and Stiefel 1952, doi:10.6028/jres.049.044;
b is Polak and Ribiere's, which forgives a gradient that is not quite exact.
"""

from __future__ import annotations

import numpy as np

from anticline_solvers.inversion import parameterisation, stopping
from anticline_solvers.inversion.arithmetic import Array, inner, largest
from anticline_solvers.inversion.state import Linear, Phase, Point, Row, State, Why

NOT_QUADRATIC = 0.05
"""Largest share by which a probe's misfit may differ from the parabola's."""


def set_out(state: State) -> State:
    """Ask for the first probe."""
    here = state.here
    assert here is not None
    z = _preconditioned(state, here.gradient)
    power = inner(here.gradient, z)
    if not power > 0.0:
        return state.end(Why.GRADIENT)
    size = largest(here.x)
    probe = (size if size > 0.0 else 1.0) / largest(z)
    return _ask(state, -z, Linear(power, probe))


def _ask(state: State, p: Array, linear: Linear) -> State:
    assert state.here is not None
    x = state.here.x + linear.probe * p
    return state.but(
        phase=Phase.PROBE,
        asked=parameterisation.nearest(state.problem.parameter, x),
        evaluation=len(state.history) + 1,
        direction=p,
        linear=linear,
    )


def probed(state: State, seen: Point) -> State:
    """Go to the minimum along the direction of a probe."""
    here, linear = state.here, state.linear
    assert here is not None
    assert linear is not None
    if not seen.sound:
        return _noted(state, here, 0.0, accepted=False).end(Why.NOT_FINITE)
    # A file holds the probe to float32: the direction is where it really went.
    p = (seen.x - here.x) / linear.probe
    turned = (seen.gradient - _undamped(state, here)) / linear.probe
    damping = linear.damping
    if damping is None:
        damping = state.settings.damping * inner(p, turned) / inner(p, p)
    if _strays(state, seen, p, turned):
        return _noted(state, here, 0.0, accepted=False).end(Why.NOT_QUADRATIC)
    turned = turned + damping * p
    curvature = inner(p, turned)
    if not curvature > 0.0:
        return _noted(state, here, 0.0, accepted=False).end(Why.NO_PROGRESS)
    step = -inner(here.gradient, p) / curvature
    away = seen.x - state.problem.start
    probed_value = seen.value + 0.5 * damping * inner(away, away)
    value = probed_value - 0.5 * curvature * (linear.probe - step) ** 2
    state = state.but(linear=Linear(linear.power, linear.probe, damping))
    return _stepped(state, p, turned, step, value)


def _undamped(state: State, here: Point) -> Array:
    """Give the gradient without the damping's, which no evaluation holds."""
    assert state.linear is not None
    mu = state.linear.damping or 0.0
    return here.gradient - mu * (here.x - state.problem.start)


def _strays(state: State, seen: Point, p: Array, turned: Array) -> bool:
    """Tell whether a probe's misfit is not that of the parabola."""
    here, linear = state.here, state.linear
    assert here is not None
    assert linear is not None
    t, mu = linear.probe, linear.damping or 0.0
    away = here.x - state.problem.start
    parts = (
        here.value - 0.5 * mu * inner(away, away),
        t * inner(_undamped(state, here), p),
        0.5 * t * t * inner(p, turned),
    )
    size = max(abs(part) for part in (*parts, seen.value))
    return abs(sum(parts) - seen.value) > NOT_QUADRATIC * size


def _stepped(state: State, p: Array, turned: Array, step: float, value: float) -> State:
    """Go a step along p, to a misfit that the probe's own tells."""
    here, linear = state.here, state.linear
    assert here is not None
    assert linear is not None
    x = here.x + step * p
    gradient = here.gradient + step * turned
    model = state.unit * state.problem.terms(state.settings, x)[0]
    point = Point(
        x, value - model, model, gradient, state.evaluation, here.illumination
    )
    state = state.but(here=point, iteration=state.iteration + 1)
    state = _noted(state, point, step, accepted=True)
    decrease = (here.value - value) / abs(here.value) if here.value else 0.0
    why = stopping.small_enough(state) or stopping.enough_done(state, decrease)
    if why:
        return state.end(why)
    z = _preconditioned(state, gradient)
    power = inner(gradient, z)
    if not power > 0.0:
        return state.end(Why.GRADIENT)
    share = max(0.0, inner(gradient - here.gradient, z) / linear.power)
    return _ask(state, share * p - z, Linear(power, step, linear.damping))


def _preconditioned(state: State, gradient: Array) -> Array:
    """Give M g of the first illumination: the operator must stay the same."""
    assert state.here is not None
    made = state.problem.preconditioner(state.settings, state.here.illumination)
    return made.apply(gradient, np.asarray(state.problem.movable))


def _noted(state: State, point: Point, step: float, *, accepted: bool) -> State:
    """Add a row: of the iterate that the evaluation led to."""
    row = Row(
        evaluation=state.evaluation,
        iteration=state.iteration,
        misfit=point.value,
        data=point.data,
        model=point.model,
        step=step,
        gradient_norm=stopping.gradient_norm(state, point),
        accepted=accepted,
    )
    return state.but(history=(*state.history, row))
