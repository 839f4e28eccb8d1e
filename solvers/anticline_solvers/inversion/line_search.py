r"""A line search along a path that is not straight, one evaluation at a time.

For phi(a) = f(P(x + a d)), accepted is a step of the weak Wolfe conditions,

    f(x(a)) <= f(x) + c1 g . (x(a) - x)     it decreases enough    (Armijo)
    phi'(a) >= c2 phi'(0)                   it went far enough

A step that decreases enough and did not go far enough bounds the search from below,
one that does not decrease enough, or whose misfit is no number, from above. The next
step is the minimum of the cubic through both ends (a parabola where a slope is
missing), kept away from the ends; without an upper end the secant of the slopes,
between 1.5 and 4 times as far. Nocedal and Wright 2006, doi:10.1007/978-0-387-40065-5,
chapter 3; Lewis and Overton 2013, doi:10.1007/s10107-012-0514-2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum

INNER, SHRINK = 0.1, 0.2
LEAST_GROWTH, MOST_GROWTH = 1.5, 4.0
NARROW = 1e-10


@dataclass(frozen=True)
class Trial:
    """A step that was tried: phi and its slope there; NaN where they are no numbers."""

    step: float
    value: float
    slope: float


@dataclass(frozen=True)
class Search:
    """A search under way.

    start : the step 0. low, high : the ends of the bracket; high None: not found.
    step : to be tried next. tried : steps that were tried.
    """

    start: Trial
    low: Trial
    high: Trial | None
    step: float
    tried: int = 0

    @classmethod
    def begin(cls, value: float, slope: float, step: float) -> Search:
        """Begin at a misfit whose slope along the path is negative."""
        start = Trial(0.0, value, slope)
        return cls(start, start, None, step)


class Verdict(Enum):
    """What a tried step means."""

    ACCEPT = "accept"
    GO_ON = "go on"
    GIVE_UP = "give up"


def judge(
    search: Search, trial: Trial, *, enough: bool, curvature: float, most: int
) -> tuple[Verdict, Search]:
    """Take a step's misfit into account; the search holds the next step.

    enough : whether it decreases enough. curvature : c2. most : steps of a search.
    """
    if enough and trial.slope >= curvature * search.start.slope:
        return Verdict.ACCEPT, replace(search, tried=search.tried + 1)
    low, high = (trial, search.high) if enough else (search.low, trial)
    found = replace(search, low=low, high=high, tried=search.tried + 1)
    narrow = high is not None and high.step - low.step <= NARROW * high.step
    if narrow or found.tried >= most:
        return Verdict.GIVE_UP, found
    return Verdict.GO_ON, replace(found, step=_next(found))


def _next(search: Search) -> float:
    low, high = search.low, search.high
    if high is None:
        return _further(search)
    width = high.step - low.step
    if not math.isfinite(high.value):
        return low.step + SHRINK * width
    wanted = _between(low, high)
    least, most = low.step + INNER * width, high.step - INNER * width
    return min(max(wanted, least), most)


def _further(search: Search) -> float:
    """Go on beyond the longest step, to where the slopes' secant is zero."""
    start, low = search.start, search.low
    growth = MOST_GROWTH
    if low.slope > start.slope:
        growth = start.slope / (start.slope - low.slope)
    return low.step * min(max(growth, LEAST_GROWTH), MOST_GROWTH)


def _between(low: Trial, high: Trial) -> float:
    """Give the minimum of the cubic, or the parabola, through both ends."""
    width = high.step - low.step
    rise = (high.value - low.value) / width
    if math.isfinite(high.slope):
        middle = low.slope + high.slope - 3.0 * rise
        square = middle * middle - low.slope * high.slope
        if square >= 0.0:
            root = math.sqrt(square)
            under = high.slope - low.slope + 2.0 * root
            if under > 0.0:
                share = (high.slope + root - middle) / under
                return high.step - width * share
    bend = rise - low.slope
    return low.step - 0.5 * low.slope * width / bend if bend > 0 else high.step
