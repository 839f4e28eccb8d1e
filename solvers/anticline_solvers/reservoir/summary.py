"""Curves of a run: what wells bring and take, what is in place, what cells hold.

Keys are keywords as the field knows them, with a well's name or a cell behind a colon:
FOPR, WBHP:PROD, BPR:10,10,3 (cells count from 1 here, as curves are read by people).
Values are SI: rates sm3/s, totals and contents sm3, pressures Pa, ratios sm3/sm3.

A well's rates are those while it works; totals and field rates count its efficiency.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mpi4py import MPI

from anticline_solvers.reservoir.description import Floats, SummaryVector
from anticline_solvers.reservoir.equations import (
    AG,
    AO,
    AW,
    GAS,
    OIL,
    PRESSURE,
    SW,
    WATER,
    X3,
)
from anticline_solvers.reservoir.system import System

LETTERS = {"O": OIL, "W": WATER, "G": GAS}


@dataclass
class Totals:
    """What wells have brought (w, 3) and taken (w, 3) since the start [sm3]."""

    produced: Floats
    injected: Floats

    def add(self, table: Floats, injects: list[bool], length_s: float) -> None:
        """Count a time step at the rates (w, 5) of its end."""
        volume = table[:, :3] * table[:, 4:5] * length_s
        down = np.array(injects, bool)
        self.injected[down] += volume[down]
        self.produced[~down] += volume[~down]


def no_totals(wells: int) -> Totals:
    """Give totals at the start."""
    return Totals(np.zeros((wells, 3)), np.zeros((wells, 3)))


def curves(
    system: System, names: list[str], wells: Floats, injects: list[bool], totals: Totals
) -> dict[str, float]:
    """Give all curves' values now; all ranks call it and have the same.

    wells : (w, 5) of all ranks' wells, as `WellField.table` lists them.
    """
    found = _of_wells(names, wells, injects, totals)
    found.update(_of_field(wells, injects, totals))
    found.update(in_place(system))
    found.update(_of_cells(system))
    return found


def _of_wells(
    names: list[str], wells: Floats, injects: list[bool], totals: Totals
) -> dict[str, float]:
    found: dict[str, float] = {}
    for w, name in enumerate(names):
        produced = np.zeros(3) if injects[w] else wells[w, :3]
        injected = wells[w, :3] if injects[w] else np.zeros(3)
        found |= _rates("W", produced, injected, f":{name}")
        found |= _totals("W", totals.produced[w], totals.injected[w], f":{name}")
        found[f"WBHP:{name}"] = float(wells[w, 3])
    return found


def _of_field(wells: Floats, injects: list[bool], totals: Totals) -> dict[str, float]:
    down = np.array(injects, bool)
    rates = wells[:, :3] * wells[:, 4:5]
    found = _rates("F", rates[~down].sum(0), rates[down].sum(0), "")
    return found | _totals("F", totals.produced.sum(0), totals.injected.sum(0), "")


def _rates(kind: str, up: Floats, down: Floats, tail: str) -> dict[str, float]:
    found = {}
    for letter, a in LETTERS.items():
        found[f"{kind}{letter}PR{tail}"] = float(up[a])
        found[f"{kind}{letter}IR{tail}"] = float(down[a])
    liquid = up[OIL] + up[WATER]
    found[f"{kind}LPR{tail}"] = float(liquid)
    found[f"{kind}GOR{tail}"] = float(up[GAS] / up[OIL]) if up[OIL] > 0.0 else 0.0
    found[f"{kind}WCT{tail}"] = float(up[WATER] / liquid) if liquid > 0.0 else 0.0
    return found


def _totals(kind: str, up: Floats, down: Floats, tail: str) -> dict[str, float]:
    found = {}
    for letter, a in LETTERS.items():
        found[f"{kind}{letter}PT{tail}"] = float(up[a])
        found[f"{kind}{letter}IT{tail}"] = float(down[a])
    found[f"{kind}LPT{tail}"] = float(up[OIL] + up[WATER])
    return found


def in_place(system: System) -> dict[str, float]:
    """Give what the field holds, and its pressure weighted by hydrocarbons' volume."""
    own, table = system.count, system.table[: system.count]
    scale = system.cells.scale
    pore = system.cells.pore_volume[:own]
    x = system.state.x[:own]
    share = 1.0 - x[:, SW]
    sums = np.array(
        [
            np.sum(table[:, AO]) / scale[OIL],
            np.sum(table[:, AW]) / scale[WATER],
            np.sum(table[:, AG]) / scale[GAS],
            np.sum(x[:, PRESSURE] * pore * share),
            np.sum(pore * share),
            np.sum(x[:, PRESSURE] * pore),
            np.sum(pore),
        ]
    )
    system.communicator.Allreduce(MPI.IN_PLACE, sums)
    oil, water, gas, weighted, volume, alone, whole = sums
    p = weighted / volume if volume > 1e-9 * whole else alone / whole
    return {"FOIP": oil, "FWIP": water, "FGIP": gas, "FPR": p}


def _of_cells(system: System) -> dict[str, float]:
    """Give the values of cells that are asked for."""
    asked = [vector for vector in system.description.summary if vector.cell is not None]
    values = np.array([_of_cell(system, vector) for vector in asked])
    system.communicator.Allreduce(MPI.IN_PLACE, values)
    return {
        key_of(vector): float(value)
        for vector, value in zip(asked, values, strict=True)
    }


def key_of(vector: SummaryVector) -> str:
    """Give the key of a curve that a description asks for."""
    if vector.cell is not None:
        i, j, k = vector.cell
        return f"{vector.keyword}:{i + 1},{j + 1},{k + 1}"
    return f"{vector.keyword}:{vector.well}" if vector.well else vector.keyword


def _of_cell(system: System, vector: SummaryVector) -> float:
    """Give a cell's value on the rank that owns it, 0 on others."""
    grid = system.description.grid
    nx, ny, _ = grid.shape
    i, j, k = vector.cell or (0, 0, 0)
    at = int(np.searchsorted(grid.active, i + nx * (j + ny * k)))
    own = np.flatnonzero(system.part.owned == at)
    if not len(own):
        return 0.0
    p, sw, third = system.state.x[own[0], (PRESSURE, SW, X3)]
    sg = third if system.state.free[own[0]] else 0.0
    rs = float(system.dissolved()[own[0]])
    found = {"P": p, "WSAT": sw, "GSAT": sg, "OSAT": 1.0 - sw - sg, "RS": rs}
    found |= {"PR": p, "SWAT": sw, "SGAS": sg, "SOIL": 1.0 - sw - sg}
    return float(found.get(vector.keyword[1:], np.nan))
