"""The open wells of a rank, in arrays; shut ones are left out.

A limit k of a well holds c_k . q <= L_k, with q the net rates that the well brings up
(producer) or takes down (injector), oil, water, gas in the scale of the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.reservoir.description import (
    Connection,
    Floats,
    Grid,
    Integers,
    Well,
)
from anticline_solvers.reservoir.discretization import Part, Pattern
from anticline_solvers.reservoir.equations import GAS, OIL, PHASES, WATER
from anticline_solvers.reservoir.wells.peaceman import factor

LIMITS: Final = ("orat", "wrat", "grat", "lrat", "resv", "rate")
RESV: Final = LIMITS.index("resv")
BY_PRESSURE: Final = -1
"""The control of a well that is held at its bottom-hole pressure."""

AT_REST: Final = -2
"""The control of a bore that is closed at the surface, and may crossflow."""

ATMOSPHERE: Final = 101325.0
HIGHEST: Final = 6.895e8
"""Limits of bottom-hole pressure [Pa] where none is given: producer, injector."""


class Bores(NamedTuple):
    """Open wells of a rank, w of them with c connections.

    start : (w + 1,) first connection of each. cell : (c,) owned local cells.
    factor : (c,) [m3]. injected : (w,) component, -1 for producers.
    crossflow, stopped : (w,). efficiency : (w,). bhp_limit : (w,) [Pa].
    coefficient : (w, k, 3) c_k. limit : (w, k) L_k, inf where there is none.
    block_start : (w + 1,) and block : blocks of the Jacobian, for each pair of
    connections of a well.
    head : (c,) [Pa] bore pressure there less the bottom-hole pressure.
    unknown : (w, 4) bottom-hole pressure, and oil, water, gas that run into the bore.
    control : (w,) limit in force, BY_PRESSURE or AT_REST.
    The last three change in place.
    """

    start: Integers
    cell: Integers
    factor: Floats
    injected: Integers
    crossflow: NDArray[np.bool_]
    stopped: NDArray[np.bool_]
    efficiency: Floats
    bhp_limit: Floats
    coefficient: Floats
    limit: Floats
    block_start: Integers
    block: Integers
    head: Floats
    unknown: Floats
    control: Integers


class BoreHoles(NamedTuple):
    """Depths of the bores: reference (w,) and of connections (c,) [m]."""

    reference: Floats
    depth: Floats


def working(well: Well) -> bool:
    """Say whether a well takes part: it is open, or stopped and may crossflow."""
    if not open_connections(well):
        return False
    return well.status == "open" or (well.status == "stop" and well.crossflow)


def open_connections(well: Well) -> list[Connection]:
    """Give the connections of a well that are open."""
    return [connection for connection in well.connections if connection.is_open]


def bores_of(
    grid: Grid, part: Part, pattern: Pattern, wells: Sequence[Well], scale: Floats
) -> tuple[Bores, BoreHoles]:
    """Put the given wells, all of this rank and all working, into arrays.

    scale : (3,) [m3/sm3] factor of rows. Pressures and flows begin at nothing.
    """
    local = part.local()
    groups = [
        np.array([local[c.cell] for c in open_connections(well)], np.int64)
        for well in wells
    ]
    links = [c for well in wells for c in open_connections(well)]
    limits = [_limits(well, scale) for well in wells]
    blocks = [pattern.diagonal.block(*_pairs(group)) for group in groups]
    count = len(wells)
    bores = Bores(
        start=_starts([len(group) for group in groups]),
        cell=_joined(groups),
        factor=np.array([factor(grid, link) for link in links], float),
        injected=np.array([_injected(well) for well in wells], np.int64),
        crossflow=np.array([well.crossflow for well in wells], bool),
        stopped=np.array([well.status == "stop" for well in wells], bool),
        efficiency=np.array([well.efficiency for well in wells], float),
        bhp_limit=np.array([_bhp_limit(well) for well in wells], float),
        coefficient=np.array([c for c, _ in limits]).reshape(count, len(LIMITS), 3),
        limit=np.array([limit for _, limit in limits]).reshape(count, len(LIMITS)),
        block_start=_starts([len(block) for block in blocks]),
        block=_joined(blocks),
        head=np.zeros(len(links)),
        unknown=np.zeros((count, 4)),
        control=np.full(count, BY_PRESSURE, np.int64),
    )
    depths = np.array([link.depth for link in links], float)
    return bores, BoreHoles(np.array([w.reference_depth for w in wells], float), depths)


def _starts(lengths: Sequence[int]) -> Integers:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _joined(parts: Sequence[Integers]) -> Integers:
    return np.concatenate([np.empty(0, np.int64), *parts])


def _pairs(cells: Integers) -> tuple[Integers, Integers]:
    return np.repeat(cells, len(cells)), np.tile(cells, len(cells))


def _injected(well: Well) -> int:
    return PHASES.index(well.phase) if well.kind == "injector" else -1


def _bhp_limit(well: Well) -> float:
    default = ATMOSPHERE if well.kind == "producer" else HIGHEST
    return well.limits.get("bhp", default)


def _limits(well: Well, scale: Floats) -> tuple[Floats, Floats]:
    """Give c (k, 3) and L (k,); the reservoir rate's c is set in each time step."""
    row = 1.0 / scale
    which = {
        "orat": (OIL,),
        "wrat": (WATER,),
        "grat": (GAS,),
        "lrat": (OIL, WATER),
        "rate": (PHASES.index(well.phase),),
    }
    coefficient = np.zeros((len(LIMITS), 3))
    limit = np.full(len(LIMITS), np.inf)
    for k, mode in enumerate(LIMITS):
        if mode in well.limits:
            limit[k] = well.limits[mode]
        for component in which.get(mode, ()):
            coefficient[k, component] = row[component]
    return coefficient, limit
