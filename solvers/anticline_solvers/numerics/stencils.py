"""Central finite-difference weights of any even order, from Taylor series.

Both derivatives use the same 2 R + 1 cells, R = order / 2:

    u''(0) ~ 1/h^2 (w_0 u_0 + sum_{r=1..R} w_r (u_r + u_-r))
    u' (0) ~ 1/h   (          sum_{r=1..R} d_r (u_r - u_-r))

Source of the closed forms: Fornberg (1988), doi:10.1090/S0025-5718-1988-0935077-0.
"""

from __future__ import annotations

from math import factorial

import numpy as np
from numpy.typing import NDArray

ORDERS = (2, 4, 6, 8, 10, 12, 14, 16)


def radius(order: int) -> int:
    """Cells that a stencil of this space order reaches to each side.

    Raises ValueError for an order that is not even or not within 2 to 16.
    """
    if order not in ORDERS:
        msg = f"space order {order} is not one of {', '.join(map(str, ORDERS))}"
        raise ValueError(msg)
    return order // 2


def first_derivative(order: int) -> NDArray[np.float64]:
    """Antisymmetric weights at unit spacing, shape (R + 1,); entry 0 is zero."""
    reach = radius(order)
    weights = [0.0] + [
        (-1.0) ** (r + 1)
        * factorial(reach) ** 2
        / (r * factorial(reach - r) * factorial(reach + r))
        for r in range(1, reach + 1)
    ]
    return np.array(weights)


def second_derivative(order: int) -> NDArray[np.float64]:
    """Symmetric weights at unit spacing, shape (R + 1,); entry 0 is central."""
    first = first_derivative(order)
    reach = np.arange(1, first.size)
    sides = 2.0 * first[1:] / reach
    return np.concatenate([[-2.0 * sides.sum()], sides])
