"""What a connection gives or takes, at a bottom-hole pressure.

With the drawdown D = p - p_bh - head of a cell's oil pressure over the bore's,

    D > 0   the cell gives      q_a = T_w D t_a  (gas also r_s q_o)
    D < 0   the bore gives      volume -T_w D L at reservoir conditions, with
            L = sum k_ra/mu_a, of the mixture m in the bore, whose volume there is
            V(m) = m_o / b_o + m_w / b_w + max(m_g - r_s m_o, 0) / b_g

All rates are in the scale of the rows. Holmes (1983), doi:10.2118/12259-PA.
"""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np

from anticline_solvers.reservoir.description import Floats
from anticline_solvers.reservoir.equations import (
    GAS,
    OIL,
    PO,
    RHOG,
    RHOG_P,
    RHOG_X,
    RHOO,
    RHOO_P,
    RHOO_X,
    RHOW,
    RHOW_P,
    RHOW_S,
    RS,
    RS_P,
    RS_X,
    TG,
    TG_P,
    TG_X,
    TO,
    TO_P,
    TO_S,
    TO_X,
    TW,
    TW_P,
    TW_S,
    WATER,
)
from anticline_solvers.reservoir.properties import Cells
from anticline_solvers.reservoir.wells.bores import Bores


class Links(NamedTuple):
    """What connections can give, c of them, with derivatives by p, S_w, x3 (_x).

    drive : (c,) [Pa] cell's pressure less the head. give : (c, 3) q / D.
    take : (c,) T_w L. shrink : (c, 3) b in the scale of the rows. rs : (c,).
    """

    drive: Floats
    give: Floats
    give_x: Floats
    take: Floats
    take_x: Floats
    shrink: Floats
    shrink_x: Floats
    rs: Floats
    rs_x: Floats


def links_of(connections: int) -> Links:
    """Give room for c connections."""
    three = (connections, 3)
    return Links(
        drive=np.zeros(connections),
        give=np.zeros(three),
        give_x=np.zeros((*three, 3)),
        take=np.zeros(connections),
        take_x=np.zeros(three),
        shrink=np.zeros(three),
        shrink_x=np.zeros((*three, 3)),
        rs=np.zeros(connections),
        rs_x=np.zeros(three),
    )


@nb.njit(cache=True, error_model="numpy", inline="always")
def _give(links, c, row, factor) -> None:  # type: ignore[no-untyped-def]
    rs = row[RS]
    links.give[c, OIL] = factor * row[TO]
    links.give[c, WATER] = factor * row[TW]
    links.give[c, GAS] = factor * (row[TG] + rs * row[TO])
    by = links.give_x[c]
    by[OIL, 0] = factor * row[TO_P]
    by[OIL, 1] = factor * row[TO_S]
    by[OIL, 2] = factor * row[TO_X]
    by[WATER, 0] = factor * row[TW_P]
    by[WATER, 1] = factor * row[TW_S]
    by[WATER, 2] = 0.0
    by[GAS, 0] = factor * (row[TG_P] + rs * row[TO_P] + row[RS_P] * row[TO])
    by[GAS, 1] = factor * rs * row[TO_S]
    by[GAS, 2] = factor * (row[TG_X] + rs * row[TO_X] + row[RS_X] * row[TO])


@nb.njit(cache=True, error_model="numpy", inline="always")
def _shrink(links, c, row, scale, density) -> None:  # type: ignore[no-untyped-def]
    """Fill shrinkage from densities: rho_o = b_o (rho_os + r_s rho_gs), and alike."""
    ratio = scale[OIL] / scale[GAS]
    oil = density[OIL] + ratio * row[RS] * density[GAS]
    links.shrink[c, OIL] = scale[OIL] * row[RHOO] / oil
    links.shrink[c, WATER] = scale[WATER] * row[RHOW] / density[WATER]
    links.shrink[c, GAS] = scale[GAS] * row[RHOG] / density[GAS]
    by = links.shrink_x[c]
    by[:, :] = 0.0
    heavier = links.shrink[c, OIL] * ratio * density[GAS]
    by[OIL, 0] = (scale[OIL] * row[RHOO_P] - heavier * row[RS_P]) / oil
    by[OIL, 2] = (scale[OIL] * row[RHOO_X] - heavier * row[RS_X]) / oil
    by[WATER, 0] = scale[WATER] * row[RHOW_P] / density[WATER]
    by[WATER, 1] = scale[WATER] * row[RHOW_S] / density[WATER]
    by[GAS, 0] = scale[GAS] * row[RHOG_P] / density[GAS]
    by[GAS, 2] = scale[GAS] * row[RHOG_X] / density[GAS]


@nb.njit(cache=True, error_model="numpy", inline="always")
def _take(links, c, row, factor) -> None:  # type: ignore[no-untyped-def]
    """Fill T_w L, the sum of t_a / b_a over the phases."""
    links.take[c] = 0.0
    links.take_x[c, :] = 0.0
    for phase, t, t_p, t_s, t_x in (
        (OIL, row[TO], row[TO_P], row[TO_S], row[TO_X]),
        (WATER, row[TW], row[TW_P], row[TW_S], 0.0),
        (GAS, row[TG], row[TG_P], 0.0, row[TG_X]),
    ):
        b = links.shrink[c, phase]
        by = links.shrink_x[c, phase]
        links.take[c] += factor * t / b
        links.take_x[c, 0] += factor * (t_p - t * by[0] / b) / b
        links.take_x[c, 1] += factor * (t_s - t * by[1] / b) / b
        links.take_x[c, 2] += factor * (t_x - t * by[2] / b) / b


@nb.njit(cache=True, error_model="numpy")
def fill(links: Links, bores: Bores, cells: Cells, properties: Floats) -> None:
    """Write what all connections of a rank can give in the present state."""
    for c in range(bores.cell.size):
        i = bores.cell[c]
        row = properties[i]
        links.drive[c] = row[PO] - bores.head[c]
        links.rs[c] = row[RS]
        links.rs_x[c, 0] = row[RS_P]
        links.rs_x[c, 2] = row[RS_X]
        _give(links, c, row, bores.factor[c])
        _shrink(links, c, row, cells.scale, cells.fluids.density[cells.pvt[i]])
        _take(links, c, row, bores.factor[c])


@nb.njit(cache=True, error_model="numpy", inline="always")
def mixture_volume(links: Links, c: int, m) -> float:  # type: ignore[no-untyped-def]
    """Give the volume [m3/s] of a mixture m (3,) at the conditions of a connection."""
    gas = max(m[GAS] - links.rs[c] * m[OIL], 0.0)
    return (  # type: ignore[no-any-return]
        m[OIL] / links.shrink[c, OIL]
        + m[WATER] / links.shrink[c, WATER]
        + gas / links.shrink[c, GAS]
    )
