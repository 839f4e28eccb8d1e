"""The contestants do the same physics: their seismograms agree.

Both model the same small homogeneous problem from rest, source and receivers on cells,
for as long as no absorbing layer can be heard at a receiver. The difference is the L2
norm over all traces relative to the second contestant's.
"""

from __future__ import annotations

import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
from case import Case
from problem import Problem
from worker import Players

LIMIT = 0.02
SMALL = {2: 180, 3: 96}
SPREAD = 10


def small(problem: Problem) -> Problem:
    """Shrink the case's problem: everything on cells, from rest."""
    return replace(
        problem,
        shape=(SMALL[problem.ndim],) * problem.ndim,
        receivers=2 * SPREAD + 1,
        spread=SPREAD,
        off_grid=0.0,
        start="rest",
    )


def steps_before_the_layers(problem: Problem) -> int:
    """Time steps until the first echo of a layer can reach a receiver."""
    there_and_back = min(problem.physical) - SPREAD - problem.order
    return int(there_and_back / problem.courant)


class Disagreement(Exception):
    """Two contestants do not do the same work, so their speeds say nothing."""


def difference(case: Case) -> float:
    """Relative L2 difference of the two teams of `case.agreement`.

    Raises Disagreement above LIMIT.
    """
    problem = small(case.problem)
    steps = steps_before_the_layers(problem)
    first, second = (_gather(case, name, problem, steps) for name in case.agreement)
    found = float(np.linalg.norm(first - second) / np.linalg.norm(second))
    if not found <= LIMIT:
        names = " and ".join(case.agreement)
        msg = f"{case.name}: seismograms of {names} differ by {found:.1%}"
        raise Disagreement(msg)
    return found


def _gather(case: Case, name: str, problem: Problem, steps: int) -> np.ndarray:
    with (
        closing(Players(case.team(name), problem)) as players,
        tempfile.TemporaryDirectory() as folder,
    ):
        path = Path(folder) / "gather.npy"
        players.gather(steps, path)
        traces: np.ndarray = np.load(path)
    return traces
