r"""Tiles of space and time: which cells of which time steps a thread does in one go.

A march of T time steps cuts the rows along one axis into tiles of `width` rows. A
tile's first cut shrinks by the stencil's reach R at each side and step, a trapezoid;
the triangles between two trapezoids follow once all trapezoids are done:

    step 3      \_______/ ^ \_______/
    step 2       \_____/ / \ \_____/          one letter: one thread, no waiting
    step 1      a a a a  c c  b b b b
    step 0    a a a a a a c b b b b b b

so width >= 2 R (T - 1). In three dimensions the tiles lie along y, and a wavefront
walks through each along x, `block` planes at a time and R planes behind at each later
step. Every cell of every step is computed once, by the same arithmetic as without
tiles: the result is the same bit for bit.

Sources: Bandishti et al. (2012), doi:10.1109/SC.2012.107; Malas et al. (2015),
doi:10.1137/140991133.
"""

from __future__ import annotations

from dataclasses import dataclass

from anticline_solvers.domain.layout import Layout

MOST_STEPS = {2: 1, 3: 8}
"""Time steps of a march where nothing asks for fewer, by axes. In two dimensions a
step's cells lie in the caches as it is; marches took 3.5 times longer."""

BLOCK = 8
"""Planes that a wavefront moves on."""

WIDTH = 64
"""Rows of a tile, if they suffice for its steps."""


@dataclass(frozen=True)
class Tiling:
    """How a march is cut.

    steps : most time steps of a march; 1 means that there is nothing to cut.
    width : rows of a tile.   block : planes that a wavefront moves on.
    """

    steps: int
    width: int
    block: int = BLOCK


def tiling(layout: Layout, reach: int, threads: int, most: int | None) -> Tiling:
    """Choose tiles for a rank's cells; most : time steps of a march, chosen if None."""
    rows = layout.box[-2].stop - layout.box[-2].start
    steps = most or MOST_STEPS[len(layout.box)]
    while most is None and steps > 1 and tiles_of(rows, steps, reach) < threads:
        steps -= 1
    tiles = tiles_of(rows, steps, reach)
    if tiles > threads:
        tiles -= tiles % threads
    return Tiling(steps, -(-rows // tiles))


def tiles_of(rows: int, steps: int, reach: int) -> int:
    """Tiles of at least WIDTH rows that so many time steps leave room for."""
    return max(1, rows // max(WIDTH, 2 * reach * (steps - 1)))


def thinned(steps: int, most: int) -> int:
    """Give the steps of the next march of `steps`: marches of nearly equal length."""
    return -(-steps // -(-steps // most))
