"""EGRID and INIT: geometry, rock, regions and transmissibilities.

A connection between cells next to one another along i, j or k stands with the first of
them (TRANX, TRANY, TRANZ); the others, across faults, are listed in pairs (NNC1, NNC2
in EGRID, TRANNNC in INIT).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.reservoir.description import Description, Grid
from anticline_solvers.reservoir.eclipse.heads import (
    Arrays,
    doubles,
    integers,
    logicals,
    text,
)
from anticline_solvers.reservoir.units import SYSTEMS

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """Connections as these files keep them.

    along : (3, n) [m3] of each active cell to its next along i, j, k. pairs : (p, 2)
    natural indices of the others, transmissibility : (p,) [m3].
    """

    along: Floats
    pairs: Integers
    transmissibility: Floats


def split(grid: Grid) -> Split:
    """Tell neighbours from the others."""
    nx, ny, _ = grid.shape
    natural = grid.active[grid.connections]
    low, high = np.sort(natural, axis=1).T
    at = [(which % nx, which // nx % ny, which // (nx * ny)) for which in (low, high)]
    apart = np.stack([second - first for first, second in zip(*at, strict=True)])
    along = np.zeros((3, len(grid.active)))
    beside = np.zeros(len(low), bool)
    number = np.full(int(np.prod(grid.shape)), -1, np.int64)
    number[grid.active] = np.arange(len(grid.active))
    for axis in range(3):
        unit = np.eye(3, dtype=np.int64)[axis][:, None]
        here = (apart == unit).all(axis=0)
        np.add.at(along[axis], number[low[here]], grid.transmissibility[here])
        beside |= here
    return Split(
        along,
        np.stack([low[~beside], high[~beside]], axis=1),
        grid.transmissibility[~beside],
    )


def egrid(description: Description) -> Arrays:
    """Make the arrays of EGRID."""
    grid, units = description.grid, SYSTEMS[description.unit_system]
    if grid.coord is None or grid.zcorn is None:
        msg = "the reservoir has no corner-point geometry"
        raise ValueError(msg)
    foot = units.size("length")
    head, size = np.zeros(100, np.int32), np.zeros(100, np.int32)
    head[:7] = (3, 2007, 0, 0, 0, 0, 1)
    size[:4] = (1, *grid.shape)
    size[24] = 1
    active = np.zeros(int(np.prod(grid.shape)), np.int32)
    active[grid.active] = 1
    made: Arrays = [
        ("FILEHEAD", head),
        ("GRIDUNIT", text([units.unit("length"), ""])),
        ("GRIDHEAD", size),
        ("COORD   ", np.asarray(grid.coord / foot, np.float32)),
        ("ZCORN   ", np.asarray(grid.zcorn / foot, np.float32)),
        ("ACTNUM  ", active),
        ("ENDGRID ", np.zeros(0, np.int32)),
    ]
    pairs = split(grid).pairs + 1
    if len(pairs):
        count = np.zeros(10, np.int32)
        count[0] = len(pairs)
        made += [
            ("NNCHEAD ", count),
            ("NNC1    ", pairs[:, 0].astype(np.int32)),
            ("NNC2    ", pairs[:, 1].astype(np.int32)),
        ]
    return made


def init(description: Description) -> Arrays:
    """Make the arrays of INIT; pore volume of all cells, the others of active ones."""
    grid, units = description.grid, SYSTEMS[description.unit_system]
    parts = split(grid)
    pores = np.zeros(int(np.prod(grid.shape)))
    pores[grid.active] = grid.pore_volume
    length, flow = units.size("length"), units.size("transmissibility")
    values = {
        "PORV": pores / units.size("reservoir_volume"),
        "DEPTH": grid.depth / length,
        "DX": grid.dx / length,
        "DY": grid.dy / length,
        "DZ": grid.dz / length,
        "PORO": grid.porosity,
        **{
            f"PERM{axis}": values / units.size("permeability")
            for axis, values in zip("XYZ", grid.permeability, strict=True)
        },
        "NTG": grid.net_to_gross,
        **{
            f"TRAN{axis}": values / flow
            for axis, values in zip("XYZ", parts.along, strict=True)
        },
    }
    regions = {
        "EQLNUM": description.equilibration_region,
        "PVTNUM": description.pvt_region,
        "SATNUM": description.saturation_region,
    }
    made: Arrays = [
        ("INTEHEAD", integers(description)),
        ("LOGIHEAD", logicals(description)),
        ("DOUBHEAD", doubles(description)),
        *((name.ljust(8), array.astype(np.float32)) for name, array in values.items()),
        *(
            (name.ljust(8), (array + 1).astype(np.int32))
            for name, array in regions.items()
        ),
    ]
    if len(parts.pairs):
        made.append(("TRANNNC ", (parts.transmissibility / flow).astype(np.float32)))
    return made
