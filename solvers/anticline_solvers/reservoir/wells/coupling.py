"""Wells in the rows of their cells, their own unknowns eliminated.

A well has unknowns y = (p_bh, m_o, m_w, m_g) and equations F(y, x) = 0:

    m_a - sum I_a = 0        what runs into the bore (injected component: the bore
                             gives all it has, sum V_c / V(m) = 1)
    control                  p_bh, or a limit's rate, at its value; or no net flow

`control` has solved them, so rows get -q(x, y(x)) and the Jacobian

    dq/dx = q_x - q_y F_y^-1 F_x

which joins every pair of a well's cells; the pattern holds those blocks.
"""

from __future__ import annotations

import numba as nb
import numpy as np

from anticline_solvers.reservoir.description import Floats
from anticline_solvers.reservoir.equations import GAS, OIL, WATER
from anticline_solvers.reservoir.wells.bores import AT_REST, BY_PRESSURE, Bores
from anticline_solvers.reservoir.wells.inflow import Links, mixture_volume


@nb.njit(cache=True, error_model="numpy")
def taken(links: Links, c: int, y: Floats, by_y: Floats, by_x: Floats) -> float:
    """Give V_c / V(m), its derivatives by y (4,) and by the cell's unknowns (3,)."""
    volume = mixture_volume(links, c, y[1:])
    drop = y[0] - links.drive[c]
    part = links.take[c] * drop / volume
    gas = y[1 + GAS] - links.rs[c] * y[1 + OIL]
    free = 1.0 if gas > 0.0 else 0.0
    b = links.shrink[c]
    by_y[0] = links.take[c] / volume
    less = -part / volume
    by_y[1 + OIL] = less * (1.0 / b[OIL] - free * links.rs[c] / b[GAS])
    by_y[1 + WATER] = less / b[WATER]
    by_y[1 + GAS] = less * free / b[GAS]
    for v in range(3):
        wider = -y[1 + OIL] * links.shrink_x[c, OIL, v] / b[OIL] ** 2
        wider -= y[1 + WATER] * links.shrink_x[c, WATER, v] / b[WATER] ** 2
        if free > 0.0:
            wider -= gas * links.shrink_x[c, GAS, v] / b[GAS] ** 2
            wider -= links.rs_x[c, v] * y[1 + OIL] / b[GAS]
        by_x[v] = (drop * links.take_x[c, v]) / volume + less * wider
    by_x[0] -= links.take[c] / volume
    return part  # type: ignore[no-any-return]


@nb.njit(cache=True, error_model="numpy")
def _link(bores, links, w, c, y, q, q_x, q_y, s_x, s_y):  # type: ignore[no-untyped-def]
    """Fill what a connection brings its bore, less what it takes, and derivatives.

    q (3,), q_x (3, 3), q_y (3, 4). s_x (3,), s_y (4,) : of the share that it takes.
    Give 1 where the cell gives, -1 where it takes, 0 where nothing flows.
    """
    q[:] = 0.0
    q_x[:, :] = 0.0
    q_y[:, :] = 0.0
    s_x[:] = 0.0
    s_y[:] = 0.0
    drop = links.drive[c] - y[0]
    producer = bores.injected[w] < 0
    if drop > 0.0 and (producer or bores.crossflow[w]):
        for a in range(3):
            q[a] = links.give[c, a] * drop
            q_x[a] = links.give_x[c, a] * drop
            q_x[a, 0] += links.give[c, a]
            q_y[a, 0] = -links.give[c, a]
        return 1
    inside = y[1] + y[2] + y[3]
    if drop >= 0.0 or inside <= 0.0 or (producer and not bores.crossflow[w]):
        return 0
    share = taken(links, c, y, s_y, s_x)
    for a in range(3):
        q[a] = -y[1 + a] * share
        q_x[a] = -y[1 + a] * s_x
        q_y[a] = -y[1 + a] * s_y
        q_y[a, 1 + a] -= share
    return -1


@nb.njit(cache=True, error_model="numpy")
def solve_small(a: Floats, b: Floats) -> None:
    """Solve a x = b in place, x over b (4, m): elimination with scaled row pivots."""
    n = a.shape[0]
    for i in range(n):
        size = np.max(np.abs(a[i]))
        if size > 0.0:
            a[i] /= size
            b[i] /= size
    for k in range(n):
        pivot = k + np.argmax(np.abs(a[k:, k]))
        if pivot != k:
            for j in range(n):
                a[k, j], a[pivot, j] = a[pivot, j], a[k, j]
            for j in range(b.shape[1]):
                b[k, j], b[pivot, j] = b[pivot, j], b[k, j]
        for i in range(n):
            if i != k:
                by = a[i, k] / a[k, k]
                if by != 0.0:
                    a[i] -= by * a[k]
                    b[i] -= by * b[k]
    for k in range(n):
        b[k] /= a[k, k]


@nb.njit(cache=True, error_model="numpy")
def _control_row(bores, w, y, share, own, share_y, own_y, f_y):  # type: ignore[no-untyped-def]
    """Fill the last row of F_y; give the weights of s_x and q_x in that of F_x.

    share : of the mixture, that runs out below. own : the injected component's inflow.
    """
    control = bores.control[w]
    total = y[1] + y[2] + y[3]
    if control == BY_PRESSURE or total <= 0.0:
        f_y[3, 0] = 1.0
        return 0.0, 0.0
    if control == AT_REST:
        f_y[3] = share_y
        return 1.0, 0.0
    c = bores.coefficient[w, control]
    phase = bores.injected[w]
    if phase >= 0:
        f_y[3] = -c[phase] * own_y
        f_y[3, 1 + phase] += c[phase]
        return 0.0, -c[phase]
    rate = c[0] * y[1] + c[1] * y[2] + c[2] * y[3]
    f_y[3] = -rate * share_y
    for a in range(3):
        f_y[3, 1 + a] += c[a] * (1.0 - share)
    return -rate, 0.0


@nb.njit(cache=True, error_model="numpy")
def add(residual: Floats, values: Floats, bores: Bores, links: Links) -> None:
    """Add the wells of a rank to residuals (n, 3) and to blocks of the Jacobian."""
    for w in range(bores.injected.size):
        first = bores.start[w]
        count = bores.start[w + 1] - first
        q_x = np.zeros((count, 3, 3))
        q_y = np.zeros((count, 3, 4))
        f_x = np.zeros((4, 3 * count))
        f_y = np.zeros((4, 4))
        _equations(residual, bores, links, w, q_x, q_y, f_x, f_y)
        solve_small(f_y, f_x)
        efficiency = bores.efficiency[w]
        block = bores.block_start[w]
        for k in range(count):
            for j in range(count):
                at = 9 * bores.block[block]
                block += 1
                for r in range(3):
                    for v in range(3):
                        through = q_x[k, r, v] if j == k else 0.0
                        for u in range(4):
                            through -= q_y[k, r, u] * f_x[u, 3 * j + v]
                        values[at + 3 * v + r] += efficiency * through


@nb.njit(cache=True, error_model="numpy")
def _equations(residual, bores, links, w, q_x, q_y, f_x, f_y):  # type: ignore[no-untyped-def]
    """Fill q_x, q_y of all connections, and F_x, F_y; add flows to residuals."""
    first = bores.start[w]
    y = bores.unknown[w]
    phase = bores.injected[w]
    q = np.zeros(3)
    s_x = np.zeros((q_x.shape[0], 3))
    s_y = np.zeros(4)
    share_y = np.zeros(4)
    own_y = np.zeros(4)
    share = 0.0
    way = np.zeros(q_x.shape[0], np.int64)
    for a in range(3):
        f_y[a, 1 + a] = 1.0
    for k in range(q_x.shape[0]):
        way[k] = _link(bores, links, w, first + k, y, q, q_x[k], q_y[k], s_x[k], s_y)
        for a in range(3):
            residual[bores.cell[first + k], a] += bores.efficiency[w] * q[a]
        if way[k] > 0:
            for a in range(3):
                f_y[a] -= q_y[k, a]
                f_x[a, 3 * k : 3 * k + 3] = -q_x[k, a]
            if phase >= 0:
                own_y += q_y[k, phase]
        elif way[k] < 0:
            share += -q[0] - q[1] - q[2]
            share_y += s_y
    total = y[1] + y[2] + y[3]
    share = share / total if total > 0.0 else 0.0
    if phase >= 0 and total > 0.0:
        f_y[phase] = share_y
        f_x[phase] = 0.0
        for k in range(q_x.shape[0]):
            f_x[phase, 3 * k : 3 * k + 3] = s_x[k]
    by_share, by_own = _control_row(bores, w, y, share, 0.0, share_y, own_y, f_y)
    for k in range(q_x.shape[0]):
        f_x[3, 3 * k : 3 * k + 3] = by_share * s_x[k]
        if way[k] > 0 and by_own != 0.0:
            f_x[3, 3 * k : 3 * k + 3] += by_own * q_x[k, phase]
