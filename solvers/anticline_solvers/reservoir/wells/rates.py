"""What wells bring to the surface, and the reservoir volume that it had.

A reservoir rate is made from surface rates with the shrinkage at a well's own cells:

    q_resv = q_o / b_o + q_w / b_w + (q_g - r_s q_o) / b_g
"""

from __future__ import annotations

import numba as nb
import numpy as np

from anticline_solvers.reservoir.description import Floats
from anticline_solvers.reservoir.equations import GAS, OIL, WATER
from anticline_solvers.reservoir.wells.bores import RESV, Bores
from anticline_solvers.reservoir.wells.control import net_rates, out_of_bore
from anticline_solvers.reservoir.wells.inflow import Links


@nb.njit(cache=True, error_model="numpy")
def surface_rates(bores: Bores, links: Links, scale: Floats, out: Floats) -> None:
    """Write rates (w, 3) [sm3/s] of oil, water, gas while the wells work.

    Positive: up (producers) or down (injectors).
    """
    q = np.zeros(3)
    for w in range(bores.injected.size):
        m = bores.unknown[w]
        share = out_of_bore(bores, links, w, m)
        net_rates(bores, links, w, m, share, q)
        for a in range(3):
            out[w, a] = q[a] / scale[a]


@nb.njit(cache=True, error_model="numpy")
def reservoir_volume(bores: Bores, links: Links) -> None:
    """Write the coefficients of the reservoir rates' limits.

    With shrinkage averaged over a well's connections by what they can give.
    """
    for w in range(bores.injected.size):
        volume = np.zeros(3)
        weight = 0.0
        for c in range(bores.start[w], bores.start[w + 1]):
            b = links.shrink[c]
            part = max(links.take[c], 1e-300)
            volume[OIL] += part * (1.0 / b[OIL] - links.rs[c] / b[GAS])
            volume[WATER] += part / b[WATER]
            volume[GAS] += part / b[GAS]
            weight += part
        for a in range(3):
            bores.coefficient[w, RESV, a] = volume[a] / weight
