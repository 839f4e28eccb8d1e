"""The pressure at which a well works: where its most restrictive limit just holds.

The reservoir's state given, a well is its bottom-hole pressure alone: the lower it is,
the more a producer brings. It works at the lowest pressure that keeps all limits, the
pressure limit included, and an injector at the highest. So controls switch by
themselves, within a Newton iteration, and cannot be caught between two modes.

A bore without surface flow (stopped, or a producer whose inflow would not fill what
runs out of it below) rests where what runs in equals what runs out.
"""

from __future__ import annotations

import numba as nb
import numpy as np

from anticline_solvers.reservoir.description import Floats
from anticline_solvers.reservoir.wells.bores import AT_REST, BY_PRESSURE, Bores
from anticline_solvers.reservoir.wells.inflow import Links, mixture_volume

TIGHT = 1e-13
HALVINGS = 200


@nb.njit(cache=True, error_model="numpy")
def fill_bore(bores: Bores, links: Links, w: int, bhp: float, m: Floats) -> float:
    """Write the mixture m (4: pressure, oil, water, gas) that runs into a bore.

    Give the share of it that runs out again below, by the connections that take.
    """
    m[0] = bhp
    m[1:] = 0.0
    for c in range(bores.start[w], bores.start[w + 1]):
        drop = links.drive[c] - bhp
        if drop > 0.0 and (bores.crossflow[w] or bores.injected[w] < 0):
            for a in range(3):
                m[1 + a] += links.give[c, a] * drop
    if bores.injected[w] >= 0:
        return float(_fill_injector(bores, links, w, bhp, m))
    return out_of_bore(bores, links, w, m)


@nb.njit(cache=True, error_model="numpy")
def out_of_bore(bores: Bores, links: Links, w: int, m: Floats) -> float:
    """Give the share of the mixture m (4,) that connections of the bore take."""
    share = 0.0
    if bores.injected[w] < 0 and not bores.crossflow[w]:
        return share
    if m[1] + m[2] + m[3] <= 0.0:
        return share
    for c in range(bores.start[w], bores.start[w + 1]):
        drop = m[0] - links.drive[c]
        if drop > 0.0:
            share += links.take[c] * drop / mixture_volume(links, c, m[1:])
    return share


@nb.njit(cache=True, error_model="numpy")
def _fill_injector(bores, links, w, bhp, m):  # type: ignore[no-untyped-def]
    """Add what is injected, so that the bore gives all it has: Newton, from below."""
    inside = m[1] + m[2] + m[3]
    phase = 1 + bores.injected[w]
    if inside <= 0.0:
        for c in range(bores.start[w], bores.start[w + 1]):
            drop = bhp - links.drive[c]
            if drop > 0.0:
                m[phase] += links.take[c] * drop * links.shrink[c, phase - 1]
        return 1.0
    for _ in range(60):
        share = 0.0
        slope = 0.0
        for c in range(bores.start[w], bores.start[w + 1]):
            drop = bhp - links.drive[c]
            if drop > 0.0:
                volume = mixture_volume(links, c, m[1:])
                part = links.take[c] * drop / volume
                share += part
                slope += part / (volume * links.shrink[c, phase - 1])
        if share <= 1.0 + TIGHT:
            return share
        m[phase] += (share - 1.0) / slope
    return share


@nb.njit(cache=True, error_model="numpy")
def net_rates(bores: Bores, links: Links, w: int, m: Floats, share: float, q: Floats):  # type: ignore[no-untyped-def]
    """Write what a well brings up, or takes down, (3,) in the scale of the rows."""
    phase = bores.injected[w]
    if phase < 0:
        for a in range(3):
            q[a] = m[1 + a] * (1.0 - share)
        return
    q[:] = 0.0
    q[phase] = m[1 + phase]
    for c in range(bores.start[w], bores.start[w + 1]):
        drop = links.drive[c] - m[0]
        if drop > 0.0 and bores.crossflow[w]:
            q[phase] -= links.give[c, phase] * drop


@nb.njit(cache=True, error_model="numpy")
def excess(bores: Bores, links: Links, w: int, bhp: float, m: Floats, q: Floats):  # type: ignore[no-untyped-def]
    """Give by how much a well exceeds its worst limit, relative, and that limit.

    At rest the measure is how much less runs out of the bore than into it.
    """
    share = fill_bore(bores, links, w, bhp, m)
    if bores.stopped[w]:
        inside = m[1] + m[2] + m[3] > 0.0
        return (1.0 - share if inside else -1.0), AT_REST
    net_rates(bores, links, w, m, share, q)
    worst = -np.inf
    which = BY_PRESSURE
    for k in range(bores.limit.shape[1]):
        limit = bores.limit[w, k]
        if limit < np.inf:
            rate = 0.0
            for a in range(3):
                rate += bores.coefficient[w, k, a] * q[a]
            over = (rate - limit) / max(limit, 1e-12)
            if over > worst:
                worst = over
                which = k
    return worst, which


@nb.njit(cache=True, error_model="numpy")
def _span(bores, links, w):  # type: ignore[no-untyped-def]
    """Give the least and greatest drive of a well's connections [Pa]."""
    low = np.inf
    high = -np.inf
    for c in range(bores.start[w], bores.start[w + 1]):
        low = min(low, links.drive[c])
        high = max(high, links.drive[c])
    return low, high


@nb.njit(cache=True, error_model="numpy")
def _root(bores, links, w, keeps, breaks, m, q):  # type: ignore[no-untyped-def]
    """Give the pressure between one that keeps limits and one that breaks them.

    False position with Illinois' correction.
    """
    at_keeps, _ = excess(bores, links, w, keeps, m, q)
    at_breaks, which = excess(bores, links, w, breaks, m, q)
    side = 0
    for _ in range(HALVINGS):
        middle = keeps - at_keeps * (breaks - keeps) / (at_breaks - at_keeps)
        if not min(keeps, breaks) < middle < max(keeps, breaks):
            middle = 0.5 * (keeps + breaks)
        value, worst = excess(bores, links, w, middle, m, q)
        if value > 0.0:
            breaks, at_breaks, which = middle, value, worst
            at_keeps *= 0.5 if side == 1 else 1.0
            side = 1
        else:
            keeps, at_keeps = middle, value
            at_breaks *= 0.5 if side == -1 else 1.0
            side = -1
            which = worst if abs(value) < 1e-6 else which
        if abs(value) < TIGHT or abs(breaks - keeps) < TIGHT * abs(keeps):
            return middle, which
    return middle, which


@nb.njit(cache=True, error_model="numpy")
def work(bores: Bores, links: Links) -> None:
    """Write pressure, mixture and control of every well for the present state."""
    m = np.zeros(4)
    q = np.zeros(3)
    for w in range(bores.injected.size):
        low, high = _span(bores, links, w)
        limit = bores.bhp_limit[w]
        if bores.stopped[w]:
            limit = low
        worst, _ = excess(bores, links, w, limit, m, q)
        if worst <= 0.0 or low == high == limit:
            bhp, control = limit, (AT_REST if bores.stopped[w] else BY_PRESSURE)
            if bores.injected[w] < 0 and not bores.stopped[w]:
                bhp, control = _resting(bores, links, w, low, high, limit, m, q)
        else:
            quiet = low if bores.injected[w] >= 0 else high
            bhp, control = _root(bores, links, w, quiet, limit, m, q)
        fill_bore(bores, links, w, bhp, m)
        bores.unknown[w, :] = m
        bores.control[w] = control


@nb.njit(cache=True, error_model="numpy")
def _resting(bores, links, w, low, high, limit, m, q):  # type: ignore[no-untyped-def]
    """Give the pressure of a producer at its limit; at rest where it would drink."""
    if fill_bore(bores, links, w, limit, m) <= 1.0:
        return limit, BY_PRESSURE
    bores.stopped[w] = True
    bhp, _ = _root(bores, links, w, high, low, m, q)
    bores.stopped[w] = False
    return bhp, AT_REST
