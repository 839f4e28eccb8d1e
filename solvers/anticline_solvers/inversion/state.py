"""The state of an inversion: all that an advance needs, and nothing else.

A state is never changed; an advance makes another one. Every number of it is kept in
the state file, so a state that was read goes on to the same bits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from anticline_solvers.inversion.arithmetic import Array, finite
from anticline_solvers.inversion.line_search import Search
from anticline_solvers.inversion.problem import Problem
from anticline_solvers.inversion.settings import Settings


class Phase(Enum):
    """What the evaluation that is asked for is of."""

    FIRST = "first"
    """The start."""
    SEARCH = "search"
    """A step of a line search."""
    RENEWAL = "renewal"
    """An accepted model, by the misfit of the next iteration."""
    PROBE = "probe"
    """A step along a direction of cg."""
    ENDED = "ended"
    """None: the inversion has ended, and the model is its result."""


class Why(Enum):
    """Why an inversion has ended."""

    MISFIT = "the data misfit is as small as asked for"
    GRADIENT = "the projected gradient is as small as asked for"
    DECREASE = "an iteration lowered the misfit by less than asked for"
    ITERATIONS = "the iterations asked for are done"
    EVALUATIONS = "the evaluations asked for are done"
    NO_PROGRESS = "no step lowers the misfit any more"
    NOT_FINITE = "the misfit or its gradient is not finite at an accepted model"
    NOT_QUADRATIC = "the misfit is not quadratic, as cg needs"


@dataclass(frozen=True, eq=False)
class Point:
    """A model that was evaluated.

    data, model : data misfit, and the terms of the model. gradient : of their sum.
    evaluation : its number. illumination : what came with it, or None.
    """

    x: Array
    data: float
    model: float
    gradient: Array
    evaluation: int
    illumination: Array | None = None

    @property
    def value(self) -> float:
        """The whole misfit."""
        return self.data + self.model

    @property
    def sound(self) -> bool:
        """Whether misfit and gradient are numbers."""
        return finite(self.value, self.gradient)


@dataclass(frozen=True)
class Row:
    """What an evaluation found.

    step : length of the step along its direction; 0 where there is none.
    gradient_norm : of the projected gradient. accepted : whether it became an iterate.
    iteration : its number if it was accepted; else that of the iterate before.
    """

    evaluation: int
    iteration: int
    misfit: float
    data: float
    model: float
    step: float
    gradient_norm: float
    accepted: bool


@dataclass(frozen=True, eq=False)
class Memory:
    """What is known of the Hessian.

    pairs : differences of models and of gradients, the oldest first.
    step, slope : of the last line search that was accepted: its length, and the
        slope it began with.
    """

    pairs: tuple[tuple[Array, Array], ...] = ()
    step: float = 0.0
    slope: float = 0.0


@dataclass(frozen=True)
class Linear:
    """What cg carries: g . M g, the length of the probe, and the damping."""

    power: float
    probe: float
    damping: float | None = None


@dataclass(frozen=True, eq=False)
class State:
    """An inversion under way.

    asked : the model to be evaluated next, or the result. evaluation : the number of
        that evaluation, from 1. iteration : of the last accepted model, 0 the start.
    here : the last accepted model. candidate : the best step of a search so far.
    direction : of the search. unit : what the weights of the terms are multiplied by.
    """

    settings: Settings
    problem: Problem
    phase: Phase
    asked: Array
    evaluation: int = 1
    iteration: int = 0
    why: Why | None = None
    here: Point | None = None
    candidate: Point | None = None
    direction: Array | None = None
    search: Search | None = None
    memory: Memory = Memory()
    linear: Linear | None = None
    unit: float = 1.0
    history: tuple[Row, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether there is nothing left to evaluate."""
        return self.phase is Phase.ENDED

    @property
    def best(self) -> Array:
        """The last accepted model; the start where none is."""
        return self.problem.start if self.here is None else self.here.x

    @property
    def first(self) -> Row:
        """What the start was found to be."""
        return self.history[0]

    def but(self, **changes: Any) -> State:
        """Give the state with some of it changed."""
        return replace(self, **changes)

    def end(self, why: Why) -> State:
        """End with the last accepted model."""
        return self.but(
            phase=Phase.ENDED,
            why=why,
            asked=self.problem.feasible(self.best),
            candidate=None,
            direction=None,
            search=None,
            memory=Memory(),
            linear=None,
        )
