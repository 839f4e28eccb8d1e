"""Source text of a march: several time steps of a rank's rows, tile by tile.

Joined to the row kernels of `generate`, whose `rows` it calls; `tiling` says how the
cells are cut, and why the order of the cells does not show.
"""

from __future__ import annotations

_MARCH = '''

@jit
def visit(waves, memories, constants, sources, receivers, ny, t, xa, xb, ya, yb):
    """Time step t of some rows, with what acts and what is heard there."""
    scale, second, first, profiles, sides, geometry = constants
    if t % 2 == 0:
        previous, current = waves[0], waves[1]
        old, new = memories[0], memories[1]
    else:
        previous, current = waves[1], waves[0]
        old, new = memories[1], memories[0]
    act(previous, scale, sources, t, ny, xa, xb, ya, yb)
    rows(previous, current, scale, old, new, second, first, profiles, sides,
         geometry, xa, xb, ya, yb)
    hear(previous, receivers, t, ny, xa, xb, ya, yb)


@jit
def cut(n, tiles, width, between, low, high, start, by):
    """Rows of tile n, `by` rows into its trapezoid or the triangle after it."""
    left, right = start + n * width, start + (n + 1) * width
    if between:
        return max(right - by, low), min(right + by, high)
    a = left + by if n > 0 else low
    b = right - by if n < tiles - 1 else high
    return max(a, low), min(b, high)

{walk}

@jit
def march(waves, memories, constants, sources, receivers, boxes, ny, width, block):
    """Time steps of the boxes (steps, 4): xa, xb, ya, yb of each."""
    tiles = {tiles}
    for n in range(tiles):
        walk(waves, memories, constants, sources, receivers, boxes, ny, width, block,
             n, tiles, False)
    for n in range(tiles - 1):
        walk(waves, memories, constants, sources, receivers, boxes, ny, width, block,
             n, tiles, True)


@parallel_jit
def march_threaded(waves, memories, constants, sources, receivers, boxes, ny, width,
                   block):
    """The same, tiles shared by threads; triangles wait for all trapezoids."""
    tiles = {tiles}
    for n in nb.prange(tiles):
        walk(waves, memories, constants, sources, receivers, boxes, ny, width, block,
             n, tiles, False)
    for n in nb.prange(tiles - 1):
        walk(waves, memories, constants, sources, receivers, boxes, ny, width, block,
             n, tiles, True)
'''

_WALK_2D = '''
@jit
def walk(waves, memories, constants, sources, receivers, boxes, ny, width, block, n,
         tiles, between):
    """All time steps of tile n along x."""
    for t in range(boxes.shape[0]):
        xa, xb = cut(n, tiles, width, between, boxes[t, 0], boxes[t, 1], boxes[0, 0],
                     t * {reach})
        if xb > xa:
            visit(waves, memories, constants, sources, receivers, ny, t,
                  xa, xb, 0, 1)
'''

_WALK_3D = '''
@jit
def walk(waves, memories, constants, sources, receivers, boxes, ny, width, block, n,
         tiles, between):
    """All time steps of tile n along y, a wavefront along x."""
    steps, start = boxes.shape[0], boxes[0, 0]
    blocks = -(-(boxes[0, 1] - start + (steps - 1) * {reach}) // block)
    for k in range(blocks):
        for t in range(steps):
            xa = max(start + k * block - t * {reach}, boxes[t, 0])
            xb = min(start + (k + 1) * block - t * {reach}, boxes[t, 1])
            ya, yb = cut(n, tiles, width, between, boxes[t, 2], boxes[t, 3],
                         boxes[0, 2], t * {reach})
            if xb > xa and yb > ya:
                visit(waves, memories, constants, sources, receivers, ny, t,
                      xa, xb, ya, yb)
'''


def functions(ndim: int, reach: int) -> str:
    """Write `march` and `march_threaded` for rows along x (2-D) or y (3-D)."""
    walk = (_WALK_2D if ndim == 2 else _WALK_3D).format(reach=reach)
    axis = 2 * (ndim - 2)
    tiles = f"max(1, -(-(boxes[0, {axis + 1}] - boxes[0, {axis}]) // width))"
    return _MARCH.format(walk=walk, tiles=tiles)
