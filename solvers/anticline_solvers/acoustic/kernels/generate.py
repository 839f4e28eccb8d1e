"""Source text of the acoustic row kernels, generated from the table of terms.

One module per number of axes, order, dtype and direction of time: `update`
walks the rows of a box; each row gets the plain update first and then, while
it lies in cache, the terms of the layers it belongs to. The text is plain
Numba Python, meant to be read (flat arrays, unsigned indices, z innermost).
"""

from __future__ import annotations

import numpy as np

from anticline_solvers.acoustic.equations import Term
from anticline_solvers.acoustic.kernels import layers, march
from anticline_solvers.backends.streaming import LINE_BYTES
from anticline_solvers.numerics.stencils import radius

LAYER_COLUMN, BESIDE_COLUMN = 7, 9
"""Where `sides` tells first and last row of a layer, and of the cells beside it."""

JAM = 2
"""Planes along x updated together: they share most of the rows they read."""

BLOCK = {2: 16, 3: 2}
"""Planes along x that get the plain update before their layers' terms."""

_HEADER = '''\
"""Generated: acoustic update, {ndim}-D, order {order}, {dtype}, {direction}."""

import numba as nb
import numpy as np

from anticline_solvers.acoustic.kernels.points import act, hear
from anticline_solvers.backends.cpu import jit, parallel_jit, row_jit
from anticline_solvers.backends.denormals import flush_denormals, restore_denormals
from anticline_solvers.backends.streaming import settle, stream

U = nb.uintp
TWO = np.{dtype}(2)
'''

_ROWS = '''

@row_jit
def rows(previous, current, scale, old, new, second, first, profiles, sides,
         geometry, xa, xb, ya, yb):
    """Update rows xa <= x < xb, ya <= y < yb of the local cells."""
    setting = flush_denormals()
    nz = geometry[1]
    sx = U(geometry[2])
    sy = U(geometry[3])
    place = U(geometry[0])
    width = geometry[5]
{buffers}
{work}
{weights}
    for xi in range(xa, xb, {block}):
        xj = min(xi + {block}, xb)
{plain}
{layers}
        if geometry[4]:
            for x in range(xi, xj):
                for y in range(ya, yb):
                    p = place + U(x) * sx + U(y) * sy
                    for r in range(1, {reach} + 1):
                        previous[p - U(r)] = -previous[p + U(r)]
{settle}    restore_denormals(setting)
'''

_BUFFERS = """\
    row_psi = np.zeros(sy, current.dtype)
    row_zeta = np.zeros(sy, current.dtype)
    n = (yb - ya) * max(sides[4, 6], sides[5, 6])
    rows_psi = np.zeros(n, current.dtype)
    rows_zeta = np.zeros(n, current.dtype)"""

_NO_BUFFERS = """\
    row_psi = row_zeta = rows_psi = rows_zeta = new"""

_CALL_ACROSS = """\
        for side in range({sides}):
            a = max({low}, sides[side, {start}])
            b = min({high}, sides[side, {stop}])
            if b > a:
                {function}(previous, current, scale, old, new, row_psi, row_zeta,
                    work, second, first, profiles, sides, side, width, place, nz,
                    {rows})
"""

_CALL_ALONG = """\
        for side in range({sides}):
            if sides[side, 1] > sides[side, 0]:
                layer_z(previous, current, scale, old, new, rows_psi, rows_zeta,
                    work, second, first, profiles, sides, side, width, place,
                    sx, sy, xi, xj, ya, yb)
"""

_DRIVERS = '''

@jit
def tile(n, tiles_y, tiles_x, xa, xb, ya, yb):
    """Bounds of tile n of tiles_x by tiles_y tiles over the rows."""
    nx, ny = xb - xa, yb - ya
    i, j = n // tiles_y, n % tiles_y
    return (xa + nx * i // tiles_x, xa + nx * (i + 1) // tiles_x,
            ya + ny * j // tiles_y, ya + ny * (j + 1) // tiles_y)


@jit
def update(previous, current, scale, old, new, second, first, profiles, sides,
           geometry, tiles_x, tiles_y, xa, xb, ya, yb):
    """One time step of a box of rows, tile by tile."""
    for n in range(tiles_x * tiles_y):
        a, b, c, d = tile(n, tiles_y, tiles_x, xa, xb, ya, yb)
        rows(previous, current, scale, old, new, second, first, profiles, sides,
             geometry, a, b, c, d)


@parallel_jit
def update_threaded(previous, current, scale, old, new, second, first, profiles,
                    sides, geometry, tiles_x, tiles_y, xa, xb, ya, yb):
    """One time step of a box of rows, tiles shared by threads."""
    for n in nb.prange(tiles_x * tiles_y):
        a, b, c, d = tile(n, tiles_y, tiles_x, xa, xb, ya, yb)
        rows(previous, current, scale, old, new, second, first, profiles, sides,
             geometry, a, b, c, d)
'''


def source(
    ndim: int,
    order: int,
    dtype: str,
    terms: tuple[Term, ...],
    direction: str,
    layer_cells: int,
    tiled: bool = False,
) -> str:
    """Write the module's text: `update`, or, if tiled, `march`.

    dtype : "float32" or "float64".
    direction : "forward" or "transpose", for the module's first line.
    layer_cells : cells of a slab across its layer; a constant, so that the
        short loop along z is made of whole vectors.
    """
    reach = radius(order)
    names = ("x", "z") if ndim == 2 else ("x", "y", "z")
    parts = [_HEADER.format(ndim=ndim, order=order, dtype=dtype, direction=direction)]
    streams = ndim == 3 and not tiled
    vector = LINE_BYTES // np.dtype(dtype).itemsize
    parts.append(layers.functions(ndim, reach, terms, layer_cells, vector, streams))
    parts.append(
        _ROWS.format(
            reach=reach,
            work=_work(layers.sums_at_once(terms), BLOCK[ndim], reach, layer_cells),
            buffers=_BUFFERS if streams else _NO_BUFFERS,
            weights=_weights(names, reach),
            plain=_plain(names, reach),
            block=BLOCK[ndim],
            settle="    settle()\n" if streams else "",
            layers=_layer_calls(names),
        )
    )
    parts.append(march.functions(ndim, reach) if tiled else _DRIVERS)
    return "".join(parts)


def _work(sums: int, block: int, reach: int, layer_cells: int) -> str:
    """Make room for weighted sums of a layer's rows, or of the ends of one row."""
    if not sums:
        return "    work = new"
    rows = f"(max({block}, min(yb - ya, {layer_cells})) + {2 * reach}) * nz"
    ends = f"{block} * (yb - ya) * {layer_cells + LINE_BYTES + 2 * reach}"
    return f"    work = np.empty({sums} * max({rows}, {ends}), current.dtype)"


def _weights(names: tuple[str, ...], reach: int) -> str:
    centre = " + ".join(f"second[{axis}, 0]" for axis in range(len(names)))
    lines = [f"    w0 = {centre}"]
    lines += [
        f"    w{name}{r} = second[{axis}, {r}]"
        for axis, name in enumerate(names)
        for r in range(1, reach + 1)
    ]
    steps = {"x": "sx", "y": "sy"}
    lines += [
        f"    s{name}{r} = U({r}) * {steps[name]}"
        for name in names[:-1]
        for r in range(1, reach + JAM)
    ]
    return "\n".join(lines)


def _plain(names: tuple[str, ...], reach: int) -> str:
    """Write the update without layers: JAM planes at a time, then the rest."""
    pairs = _plain_loop("range(xi, xj - (xj - xi) % JAM, JAM)", names, reach, JAM)
    rest = _plain_loop("range(xj - (xj - xi) % JAM, xj)", names, reach, 1)
    return f"{pairs}\n{rest}".replace("JAM", str(JAM))


def _plain_loop(x_range: str, names: tuple[str, ...], reach: int, jam: int) -> str:
    lines = [
        f"for x in {x_range}:",
        "    for y in range(ya, yb):",
        "        p = place + U(x) * sx + U(y) * sy",
        "        for k in range(nz):",
    ]
    lines += [
        f"            i{j} = p + U(k)" + (f" + U({j}) * sx" if j else "")
        for j in range(jam)
    ]
    lines += [f"            l{j} = ({_laplacian(names, reach, j)})" for j in range(jam)]
    lines += [
        f"            previous[i{j}] = TWO * current[i{j}] - previous[i{j}] "
        f"+ scale[i{j}] * l{j}"
        for j in range(jam)
    ]
    return "\n".join(" " * 8 + line for line in lines)


def _laplacian(names: tuple[str, ...], reach: int, plane: int) -> str:
    """Sum over the stencil around cell i<plane>; planes are counted from i0."""
    lines = [f"w0 * current[i{plane}]"]
    for r in range(1, reach + 1):
        for name in names:
            if name == "x":
                ahead, behind = _plane(plane + r), _plane(plane - r)
            else:
                step = f"U({r})" if name == "z" else f"s{name}{r}"
                ahead, behind = f"i{plane} + {step}", f"i{plane} - {step}"
            lines.append(f"+ w{name}{r} * (current[{ahead}] + current[{behind}])")
    return "\n                        ".join(lines)


def _plane(planes: int) -> str:
    if planes == 0:
        return "i0"
    return f"i0 {'+' if planes > 0 else '-'} sx{abs(planes)}"


def _layer_calls(names: tuple[str, ...]) -> str:
    """Call the layers' functions on planes that just had the plain update."""
    across = {
        "x": ("xi", "xj", "sx, sy, a, b, ya, yb"),
        "y": ("ya", "yb", "sy, sx, a, b, xi, xj"),
    }
    calls = [
        _CALL_ACROSS.format(
            sides=f"{2 * axis}, {2 * axis + 2}",
            low=across[name][0],
            high=across[name][1],
            rows=across[name][2],
            function=function,
            start=column,
            stop=column + 1,
        )
        for axis, name in enumerate(names[:-1])
        for function, column in (("across", LAYER_COLUMN), ("beside", BESIDE_COLUMN))
    ]
    z = 2 * len(names) - 2
    return "".join((*calls, _CALL_ALONG.format(sides=f"{z}, {z + 2}")))
