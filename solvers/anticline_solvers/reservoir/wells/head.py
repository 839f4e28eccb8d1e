"""The weight of what stands in the bore, from the flow as it is.

Going along the connections from the reference depth, each stretch of the bore holds
the mixture that passes it: in a producer what comes from the connections beyond, in an
injector what it injects. Its oil holds as much gas as it can at the bore's pressure,
the mean of both ends of the stretch, and the rest is free,

    rho_c = sum_a rho_as m_a / (m_w / b_w + m_o / b_o + (m_g - r_s m_o) / b_g)
    head_c = head_c-1 + g rho_c (z_c - z_c-1)

A bore through which nothing flows holds what its connections would give. Heads are
taken at the start of a time step and kept through it.
"""

from __future__ import annotations

import numba as nb
import numpy as np

from anticline_solvers.reservoir.description import Floats
from anticline_solvers.reservoir.equations import GAS, GRAVITY, OIL, WATER
from anticline_solvers.reservoir.fluids.kernels import (
    gas_at,
    oil_at,
    rs_at,
    water_at,
)
from anticline_solvers.reservoir.fluids.tables import FluidTables
from anticline_solvers.reservoir.properties import Cells
from anticline_solvers.reservoir.wells.bores import BoreHoles, Bores
from anticline_solvers.reservoir.wells.inflow import Links


@nb.njit(cache=True, error_model="numpy")
def _density(fluids: FluidTables, region: int, p: float, v: Floats) -> float:
    """Give the density [kg/m3] of surface volumes v (3,) at a pressure [Pa]."""
    mass = 0.0
    for a in (OIL, WATER, GAS):
        mass += v[a] * fluids.density[region, a]
    volume = v[WATER] / water_at(fluids, region, p)[0]
    free = v[GAS]
    if v[OIL] > 0.0:
        rs = min(v[GAS] / v[OIL], rs_at(fluids, region, p))
        volume += v[OIL] / oil_at(fluids, region, p, rs)[0]
        free -= rs * v[OIL]
    volume += free / gas_at(fluids, region, p)[0]
    return mass / volume  # type: ignore[no-any-return]


@nb.njit(cache=True, error_model="numpy")
def _passing(bores: Bores, links: Links, w: int, flow: Floats) -> None:
    """Write what passes the bore above each of its connections: (connections, 3)."""
    first = bores.start[w]
    bhp = bores.unknown[w, 0]
    beyond = np.zeros(3)
    for c in range(bores.start[w + 1] - 1, first - 1, -1):
        drop = links.drive[c] - bhp
        if drop > 0.0:
            for a in range(3):
                beyond[a] += links.give[c, a] * drop
        flow[c - first] = beyond
    inside = bores.unknown[w, 1:]
    for c in range(flow.shape[0]):
        if bores.injected[w] >= 0 and inside.sum() > 0.0:
            flow[c] = inside
        if flow[c].sum() <= 0.0:
            flow[c] = inside
        if flow[c].sum() <= 0.0:
            for k in range(flow.shape[0]):
                flow[c] += links.give[first + k]
        if flow[c].sum() <= 0.0:
            flow[c, WATER] = 1.0


@nb.njit(cache=True, error_model="numpy")
def weigh(bores: Bores, holes: BoreHoles, links: Links, cells: Cells) -> None:
    """Write the heads [Pa] of all connections of a rank."""
    for w in range(bores.injected.size):
        first = bores.start[w]
        last = bores.start[w + 1]
        flow = np.zeros((last - first, 3))
        _passing(bores, links, w, flow)
        above = holes.reference[w]
        head = 0.0
        for c in range(first, last):
            p = bores.unknown[w, 0] + 0.5 * (head + bores.head[c])
            volumes = flow[c - first] / cells.scale
            rho = _density(cells.fluids, cells.pvt[bores.cell[c]], p, volumes)
            head += GRAVITY * rho * (holes.depth[c] - above)
            above = holes.depth[c]
            bores.head[c] = head
