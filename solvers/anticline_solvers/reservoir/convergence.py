"""When a time step is solved: errors of mass in the field and in its worst cell.

With R_i,a the residual [m3/s of the rows] of component a in cell i, B_a the mean volume
factor of its phase in the scale of the rows, V_i pore volumes and dt the time step,

    balance_a = dt B_a |sum_i R_i,a| / sum_i V_i
    cell_a    = dt B_a max_i |R_i,a| / V_i

(the field's mass balance and CNV). Rasmussen et al. 2021,
doi:10.1016/j.camwa.2020.05.014.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba as nb
import numpy as np

from mpi4py import MPI

from anticline_solvers.reservoir.description import Floats
from anticline_solvers.reservoir.equations import (
    GAS,
    OIL,
    RHOG,
    RHOO,
    RHOW,
    RS,
    WATER,
)
from anticline_solvers.reservoir.properties import Cells
from anticline_solvers.reservoir.settings import NewtonSettings


@dataclass(frozen=True)
class Errors:
    """Errors of mass: balance, cell (3,) of oil, water, gas; a share of pore volume.

    over : share of the pore volume that lies in cells over the tolerance.
    """

    balance: Floats
    cell: Floats
    over: float

    @property
    def sound(self) -> bool:
        """Whether all are numbers."""
        return bool(np.isfinite(self.balance).all() and np.isfinite(self.cell).all())

    def small(self, settings: NewtonSettings) -> bool:
        """Say whether they are small enough."""
        if self.balance.max() > settings.balance:
            return False
        loose = self.over < settings.loose_share
        tolerance = settings.loose_cell if loose else settings.cell
        return bool(self.cell.max() <= tolerance)


@nb.njit(cache=True, error_model="numpy")
def _sums(
    residual: Floats, properties: Floats, cells: Cells, total: Floats, worst: Floats
) -> None:
    """Write sums: residuals (3), volume factors (3), pore volume, cells; and maxima."""
    total[:] = 0.0
    worst[:] = 0.0
    ratio = cells.scale[OIL] / cells.scale[GAS]
    for i in range(residual.shape[0]):
        row = properties[i]
        density = cells.fluids.density[cells.pvt[i]]
        oil = density[OIL] + ratio * row[RS] * density[GAS]
        total[3 + OIL] += oil / (row[RHOO] * cells.scale[OIL])
        total[3 + WATER] += density[WATER] / (row[RHOW] * cells.scale[WATER])
        total[3 + GAS] += density[GAS] / (row[RHOG] * cells.scale[GAS])
        total[6] += cells.pore_volume[i]
        total[7] += 1.0
        for a in range(3):
            total[a] += residual[i, a]
            size = abs(residual[i, a]) / cells.pore_volume[i]
            if not size <= worst[a]:
                worst[a] = size


@nb.njit(cache=True, error_model="numpy")
def _over(residual: Floats, cells: Cells, per_volume: Floats) -> float:
    """Give the pore volume of cells with more error than `per_volume` (3,)."""
    volume = 0.0
    for i in range(residual.shape[0]):
        for a in range(3):
            if abs(residual[i, a]) > per_volume[a] * cells.pore_volume[i]:
                volume += cells.pore_volume[i]
                break
    return volume


def errors_of(
    communicator: MPI.Comm,
    residual: Floats,
    properties: Floats,
    cells: Cells,
    length_s: float,
    tolerance: float,
) -> Errors:
    """Measure the residual (n, 3) of owned cells; all ranks call it."""
    total, worst = np.empty(8), np.empty(3)
    _sums(residual, properties, cells, total, worst)
    communicator.Allreduce(MPI.IN_PLACE, total)
    communicator.Allreduce(MPI.IN_PLACE, worst, MPI.MAX)
    factor = length_s * total[3:6] / total[7]
    cell = factor * worst
    over = 0.0
    if np.any(cell > tolerance):
        over = communicator.allreduce(_over(residual, cells, tolerance / factor))
    return Errors(factor * np.abs(total[:3]) / total[6], cell, over / total[6])
