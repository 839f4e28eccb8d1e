r"""Directions downhill: limited-memory BFGS and nonlinear conjugate gradients.

Both are made from the free cells alone; M is the preconditioner.

    lbfgs  the two-loop recursion with pairs (s, y), H0 = (s.y / y.My) M
           Nocedal 1980, doi:10.1090/S0025-5718-1980-0572855-7
    nlcg   d = -M g + b s, with the last pair
           Polak-Ribiere+  b = max(0, g.My / (s.y))
           Hager-Zhang     b = max((g.My - 2 g.s (y.My)/(s.y)) / (s.y), b0),
                        b0 = 0.4 (s.g_before) (y.My) / (s.y)^2
           Hager and Zhang 2005, doi:10.1137/030601880; 2013, doi:10.1137/120898097

With s in the place of the last direction b holds its length, so nothing but the pair
is kept; Polak-Ribiere is written with s.y, which equals it after an exact search. A
direction that does not lead downhill is given up for -M g. In b0, (s.y)^2 / (y.My)
stands for s.M^-1 s, which nobody has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anticline_solvers.inversion.arithmetic import Array, Mask, finite, inner, norm
from anticline_solvers.inversion.preconditioner import Preconditioner
from anticline_solvers.inversion.settings import Settings

CURVED = 1e-10
"""Least cosine of a pair that is of use: s.y > CURVED |s| |y|."""

DOWNHILL = 1e-8
"""Least cosine of a direction with the steepest one."""

LEAST_SHARE = 0.4
FAR_FROM_CONJUGATE = 0.5
"""Powell's restart: a new gradient whose share along the old one is larger."""

Pairs = tuple[tuple[Array, Array], ...]


@dataclass(frozen=True, eq=False)
class Direction:
    """A direction of the free cells. steepest : whether it is -M g."""

    values: Array
    steepest: bool


def curved(s: Array, y: Array) -> bool:
    """Tell whether a pair has curvature enough to be of use."""
    return inner(s, y) > CURVED * norm(s) * norm(y) > 0.0


def direction(
    settings: Settings,
    gradient: Array,
    free: Mask,
    pairs: Pairs,
    preconditioner: Preconditioner,
) -> Direction:
    """Give the next direction; zero where the gradient of the free cells is."""
    within = [(np.where(free, s, 0.0), np.where(free, y, 0.0)) for s, y in pairs]
    known = [(s, y) for s, y in within if curved(s, y)]
    steepest = -preconditioner.apply(gradient, free)
    if known:
        make = _lbfgs if settings.method == "lbfgs" else _nlcg
        found = make(settings, np.where(free, gradient, 0.0), known, preconditioner)
        found = np.where(free, found, 0.0)
        if _downhill(found, gradient, free):
            return Direction(found, steepest=False)
    return Direction(steepest, steepest=True)


def _downhill(d: Array, gradient: Array, free: Mask) -> bool:
    if not finite(d):
        return False
    g = np.where(free, gradient, 0.0)
    return -inner(g, d) > DOWNHILL * norm(g) * norm(d)


def _lbfgs(
    settings: Settings,
    gradient: Array,
    pairs: list[tuple[Array, Array]],
    preconditioner: Preconditioner,
) -> Array:
    q, shares = gradient.copy(), []
    for s, y in reversed(pairs):
        share = inner(s, q) / inner(s, y)
        q -= share * y
        shares.append(share)
    s, y = pairs[-1]
    free = np.ones(s.shape, bool)
    stretch = inner(s, y) / _positive(inner(y, preconditioner.apply(y, free)))
    r = stretch * preconditioner.apply(q, free)
    for (s, y), share in zip(pairs, reversed(shares), strict=True):
        r += s * (share - inner(y, r) / inner(s, y))
    return -r


def _nlcg(
    settings: Settings,
    gradient: Array,
    pairs: list[tuple[Array, Array]],
    preconditioner: Preconditioner,
) -> Array:
    s, y = pairs[-1]
    free = np.ones(s.shape, bool)
    turned, bend = preconditioner.apply(y, free), inner(s, y)
    steepest = preconditioner.apply(gradient, free)
    before = gradient - y
    power = inner(gradient, steepest)
    if abs(inner(before, steepest)) >= FAR_FROM_CONJUGATE * power:
        return -steepest
    share = inner(gradient, turned) / bend
    if settings.conjugacy == "polak_ribiere":
        return max(0.0, share) * s - steepest
    share -= 2.0 * inner(gradient, s) * inner(y, turned) / bend**2
    least = LEAST_SHARE * inner(before, s) * inner(y, turned) / bend**2
    return max(share, least) * s - steepest


def _positive(value: float) -> float:
    return value if value > 0.0 else 1e-300
