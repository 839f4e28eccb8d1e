"""Misfits whose minimum is known, and inversions of them in memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from anticline_solvers.inversion import machine
from anticline_solvers.inversion.box import Box
from anticline_solvers.inversion.problem import Problem
from anticline_solvers.inversion.settings import Settings
from anticline_solvers.inversion.state import State

Misfit = Callable[[np.ndarray], tuple[float, np.ndarray]]


def quadratic(seed: int, cells: int, spread: float = 1e3) -> Misfit:
    """1/2 x.A x - b.x with eigenvalues over a spread."""
    random = np.random.default_rng(seed)
    turn, _ = np.linalg.qr(random.standard_normal((cells, cells)))
    values = spread ** random.uniform(-0.5, 0.5, cells)
    matrix = (turn * values) @ turn.T
    matrix, load = 0.5 * (matrix + matrix.T), 3 * random.standard_normal(cells)
    return lambda x: (float(0.5 * x @ matrix @ x - load @ x), matrix @ x - load)


def random_box(seed: int, cells: int, *, free: float = 0.2) -> Box:
    """Bounds around some of the cells; a share of them has none on a side."""
    random = np.random.default_rng(seed + 1000)
    lower = random.uniform(-1.0, 0.0, cells)
    upper = lower + random.uniform(0.0, 1.5, cells)
    lower[random.random(cells) < free] = -np.inf
    upper[random.random(cells) < free] = np.inf
    return Box(lower, upper)


def problem(start: np.ndarray, box: Box | None = None, **more: object) -> Problem:
    """A problem on cells of 10 m."""
    bounds = Box.none(start.shape) if box is None else box
    return Problem(start, bounds, (10.0,) * start.ndim, **more)  # type: ignore[arg-type]


def invert(misfit: Misfit, given: Problem, settings: Settings) -> list[State]:
    """Run to the end; every state on the way."""
    states = [machine.begin(given, settings)]
    while not states[-1].ended:
        states.append(machine.advance(states[-1], *misfit(states[-1].asked)))
    return states
