"""Newton's method on one time step.

x <- x - chop(J^-1 R) until the errors of mass are small; the Jacobian and the residual
come from one pass, so the residual that is found small is the one wells report from.
Where errors come back to what they were two iterations ago (a well between two limits,
a phase between coming and going), one change is halved.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from anticline_solvers.reservoir.convergence import Errors
from anticline_solvers.reservoir.description import Floats
from anticline_solvers.reservoir.settings import NewtonSettings
from anticline_solvers.reservoir.system import System


@dataclass
class Work:
    """What has been done so far; seconds are wall time of this rank."""

    time_steps: int = 0
    failed_steps: int = 0
    newton: int = 0
    assemblies: int = 0
    linear: int = 0
    assembly_s: float = field(default=0.0)
    linear_s: float = field(default=0.0)


@dataclass(frozen=True)
class Outcome:
    """How a time step went: whether it is solved, and the iterations it took."""

    solved: bool
    iterations: int


LEAST_SHARE = 0.5
SAME = 0.2
"""Errors that differ by less, relative, are as they were."""


@dataclass
class Relaxation:
    """The share of a Newton change that is made: less once where errors swing.

    tolerance : errors below it do not count. cells : errors of the worst cell (3,) in
    the iterations so far, since the last time that a share was made.
    """

    tolerance: float
    cells: list[Floats] = field(default_factory=list)

    def after(self, errors: Errors) -> float:
        """Give the share, from the errors of one more iteration."""
        self.cells.append(errors.cell)
        if len(self.cells) < 3 or not self.swings():
            return 1.0
        self.cells.clear()
        return LEAST_SHARE

    def swings(self) -> bool:
        """Say whether a component's error is back, and was another in between."""
        then, between, now = self.cells[-3:]
        back = np.abs(now - then) < SAME * now
        away = np.abs(now - between) > SAME * now
        return bool(np.any(back & away & (now > self.tolerance)))


def solve_step(
    system: System, length_s: float, settings: NewtonSettings, work: Work
) -> Outcome:
    """Solve for the state at the end of a time step that has begun; all ranks call it.

    The state of an unsolved step is of no use.
    """
    relaxation = Relaxation(settings.cell)
    for iteration in range(settings.iterations + 1):
        began = time.perf_counter()
        system.assemble(length_s)
        errors = system.errors(length_s, settings.cell)
        assembled = time.perf_counter()
        work.assembly_s += assembled - began
        work.assemblies += 1
        if not errors.sound:
            return Outcome(False, iteration)
        if iteration > 0 and errors.small(settings):
            return Outcome(True, iteration)
        if iteration == settings.iterations:
            break
        try:
            work.linear += system.advance(
                settings.saturation_change,
                settings.pressure_change,
                relaxation.after(errors),
            )
        except ArithmeticError:
            return Outcome(False, iteration)
        finally:
            work.linear_s += time.perf_counter() - assembled
        work.newton += 1
    return Outcome(False, settings.iterations)
