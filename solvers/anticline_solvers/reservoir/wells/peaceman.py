"""How well a bore is joined to its cell: Peaceman's formula.

For a bore along z (others alike, axes permuted) through a cell of extents dx, dy, h,

    T_w = 2 pi k h / (ln(r_o / r_w) + s),        k = sqrt(k_x k_y)
    r_o = 0.28 sqrt(sqrt(k_y/k_x) dx^2 + sqrt(k_x/k_y) dy^2)
          / ((k_y/k_x)^(1/4) + (k_x/k_y)^(1/4))

T_w [m3] connection factor, r_w [m] radius of the bore, s [-] skin, h [m] net.

Peaceman (1983), doi:10.2118/10528-PA.
"""

from __future__ import annotations

import math

from anticline_solvers.reservoir.description import Connection, Grid

ACROSS = {"x": (1, 2, 0), "y": (2, 0, 1), "z": (0, 1, 2)}


def factor(grid: Grid, connection: Connection) -> float:
    """Give T_w [m3]: the connection's own factor, or Peaceman's.

    Raises ValueError where r_o is not larger than the bore (skin included), or no
    bore is given.
    """
    if connection.factor is not None:
        return connection.factor
    cell = connection.cell
    a, b, along = ACROSS[connection.direction]
    ka, kb = (float(grid.permeability[axis, cell]) for axis in (a, b))
    if ka <= 0.0 or kb <= 0.0:
        return 0.0
    extent = [float(d[cell]) for d in (grid.dx, grid.dy, grid.dz)]
    net = float(grid.net_to_gross[cell]) if along == 2 else 1.0
    kh = connection.effective_kh or math.sqrt(ka * kb) * extent[along] * net
    radius = connection.diameter / 2.0
    outer = equivalent_radius(ka, kb, extent[a], extent[b])
    resistance = math.log(outer / radius) + connection.skin if radius > 0.0 else 0.0
    if resistance <= 0.0:
        msg = (
            f"a bore of {radius:.4g} m with skin {connection.skin:.4g} in a cell with "
            f"an equivalent radius of {outer:.4g} m has no resistance; it needs a "
            "smaller bore, a larger skin or a connection factor"
        )
        raise ValueError(msg)
    return 2.0 * math.pi * kh / resistance


def equivalent_radius(ka: float, kb: float, a: float, b: float) -> float:
    """Give r_o [m] for permeabilities [m2] along extents a and b [m] of a cell."""
    ratio = math.sqrt(kb / ka)
    spread = math.sqrt(ratio * a * a + b * b / ratio)
    return 0.28 * spread / (math.sqrt(ratio) + 1.0 / math.sqrt(ratio))
