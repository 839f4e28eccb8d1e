"""Source text of the acoustic row kernels, generated from the table of terms.

One module per number of axes, order, dtype and direction of time: `update`
walks the rows of a box; each row gets the plain update first and then, while
it lies in cache, the terms of the layers it belongs to. The text is plain
Numba Python, meant to be read (flat arrays, unsigned indices, z innermost).
"""

from __future__ import annotations

from anticline_solvers.acoustic.equations import (
    MEMORIES,
    PRESSURE,
    Part,
    Term,
    parts_by_output,
)
from anticline_solvers.numerics.absorbing import PROFILES
from anticline_solvers.numerics.stencils import radius

JAM = 2
"""Planes along x updated together: they share most of the rows they read."""

BLOCK = {2: 16, 3: 2}
"""Planes along x that get the plain update before their layers' terms."""

_HEADER = '''\
"""Generated: acoustic update, {ndim}-D, order {order}, {dtype}, {direction}."""

import numba as nb
import numpy as np

from anticline_solvers.backends.cpu import jit, parallel_jit, row_jit
from anticline_solvers.backends.denormals import flush_denormals, restore_denormals

U = nb.uintp
TWO = np.{dtype}(2)
'''

_ROWS = '''

@row_jit
def rows(previous, current, scale, old, new, second, first, profiles, table,
         geometry, xa, xb, ya, yb):
    """Update rows xa <= x < xb, ya <= y < yb of the local cells."""
    setting = flush_denormals()
    nz = geometry[1]
    sx = U(geometry[2])
    sy = U(geometry[3])
    place = U(geometry[0])
    width = geometry[5]
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
    restore_denormals(setting)
'''

_DRIVERS = '''

@jit
def tile(n, tiles_y, tiles_x, xa, xb, ya, yb):
    """Bounds of tile n of tiles_x by tiles_y tiles over the rows."""
    nx, ny = xb - xa, yb - ya
    i, j = n // tiles_y, n % tiles_y
    return (xa + nx * i // tiles_x, xa + nx * (i + 1) // tiles_x,
            ya + ny * j // tiles_y, ya + ny * (j + 1) // tiles_y)


@jit
def update(previous, current, scale, old, new, second, first, profiles, table,
           geometry, tiles_x, tiles_y, xa, xb, ya, yb):
    """One time step of a box of rows, tile by tile."""
    for n in range(tiles_x * tiles_y):
        a, b, c, d = tile(n, tiles_y, tiles_x, xa, xb, ya, yb)
        rows(previous, current, scale, old, new, second, first, profiles, table,
             geometry, a, b, c, d)


@parallel_jit
def update_threaded(previous, current, scale, old, new, second, first, profiles,
                    table, geometry, tiles_x, tiles_y, xa, xb, ya, yb):
    """One time step of a box of rows, tiles shared by threads."""
    for n in nb.prange(tiles_x * tiles_y):
        a, b, c, d = tile(n, tiles_y, tiles_x, xa, xb, ya, yb)
        rows(previous, current, scale, old, new, second, first, profiles, table,
             geometry, a, b, c, d)
'''

_LAYER = '''

@row_jit
def layer_{name}(previous, current, scale, old, new, second, first, profiles,
            table, side, width, place, nz, sx, sy, xa, xb, ya, yb):
    """Terms of the absorbing layer along {name}, on the rows that it covers."""
    start, stop = table[side, 0], table[side, 1]
    shift = table[side, 2] + side * {profiles} * width
    step = U({step})
{loads}
    for x in range({x_range}):
{x_loads}
        for y in range({y_range}):
{y_loads}
            p = place + U(x) * sx + U(y) * sy{first}
            m = x * table[side, 5] + y * table[side, 6]{first_signed}
            for k in range({loop}):
                i = p + U(k)
                ipsi = U(m + table[side, 3]) + U(k)
                izeta = U(m + table[side, 4]) + U(k)
{body}
'''


def source(
    ndim: int,
    order: int,
    dtype: str,
    terms: tuple[Term, ...],
    direction: str,
    layer_cells: int,
) -> str:
    """Write the module's text.

    dtype : "float32" or "float64".
    direction : "forward" or "transpose", for the module's first line.
    layer_cells : cells of a slab across its layer; a constant, so that the
        short loop along z is vectorised.
    """
    reach = radius(order)
    names = ("x", "z") if ndim == 2 else ("x", "y", "z")
    parts = [_HEADER.format(ndim=ndim, order=order, dtype=dtype, direction=direction)]
    parts += [
        _layer(name, axis, reach, terms, layer_cells) for axis, name in enumerate(names)
    ]
    parts.append(
        _ROWS.format(
            reach=reach,
            weights=_weights(names, reach),
            plain=_plain(names, reach),
            block=BLOCK[ndim],
            layers=_layer_calls(names),
        )
    )
    parts.append(_DRIVERS)
    return "".join(parts)


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
    return "\n".join(
        f"        for side in range({2 * axis}, {2 * axis + 2}):\n"
        "            if table[side, 1] > table[side, 0]:\n"
        f"                layer_{name}(\n"
        "                    previous, current, scale, old, new, second, first,\n"
        "                    profiles, table, side, width, place, nz, sx, sy,\n"
        "                    xi, xj, ya, yb,\n"
        "                )"
        for axis, name in enumerate(names)
    )


def _layer(
    name: str, axis: int, reach: int, terms: tuple[Term, ...], layer_cells: int
) -> str:
    along_z = name == "z"
    outputs = parts_by_output(terms)
    profile_loads = {name: _profile_loads(name, outputs, reach)}
    return _LAYER.format(
        name=name,
        profiles=len(PROFILES),
        step={"x": "sx", "y": "sy", "z": "1"}[name],
        loads=_loads(axis, reach, along_z),
        x_range="max(xa, start), min(xb, stop)" if name == "x" else "xa, xb",
        y_range="max(ya, start), min(yb, stop)" if name == "y" else "ya, yb",
        x_loads=profile_loads.get("x", ""),
        y_loads=profile_loads.get("y", ""),
        first=" + U(start)" if along_z else "",
        first_signed=" + start" if along_z else "",
        loop=layer_cells if along_z else "nz",
        body=_body(outputs, reach, along_z),
    )


def _body(
    outputs: dict[str, tuple[tuple[str, Part], ...]], reach: int, along_z: bool
) -> str:
    shared = list(dict.fromkeys(part for rows in outputs.values() for _, part in rows))
    lines = [f"t{n} = {_apply(part, reach, along_z)}" for n, part in enumerate(shared)]
    for output in (PRESSURE, *MEMORIES):
        total = " + ".join(
            _times(_profile(left, 0, along_z), f"t{shared.index(part)}")
            for left, part in outputs[output]
        )
        if output == PRESSURE:
            lines.append(f"previous[i] += scale[i] * ({total})")
        else:
            lines.append(f"new[i{output}] = {total}")
    return "\n".join(" " * 16 + line for line in lines)


def _loads(axis: int, reach: int, along_z: bool) -> str:
    lines = [f"    l{r} = second[{axis}, {r}]" for r in range(reach + 1)]
    lines += [f"    d{r} = first[{axis}, {r}]" for r in range(1, reach + 1)]
    lines += [f"    s{r} = U({r}) * step" for r in range(1, reach + 1)]
    if along_z:
        lines += [
            f"    f{name} = shift + start + {row} * width"
            for row, name in enumerate(PROFILES)
        ]
    return "\n".join(lines)


def _profile_loads(
    axis_name: str, outputs: dict[str, tuple[tuple[str, Part], ...]], reach: int
) -> str:
    """Profiles of one row across its layer, read once for the row's loop over z."""
    wanted = {left: {0} for rows in outputs.values() for left, _ in rows}
    for rows in outputs.values():
        for _, part in rows:
            span = {0} if part.operator == "I" else set(range(-reach, reach + 1))
            for _, right, _ in part.inputs:
                wanted.setdefault(right, set()).update(span)
    margin = " " * (8 if axis_name == "x" else 12)
    return "\n".join(
        f"{margin}{_profile(name, by, False)} = "
        f"profiles[U(shift + {axis_name} + {PROFILES.index(name)} * width + {by})]"
        for name, places in wanted.items()
        if name != "one"
        for by in sorted(places)
    )


def _profile(name: str, by: int, along_z: bool) -> str:
    if name == "one":
        return ""
    if along_z:
        return f"profiles[U(f{name} + {by}) + U(k)]"
    return f"{name}_{'m' if by < 0 else 'p'}{abs(by)}"


def _times(*factors: str) -> str:
    return " * ".join(factor for factor in factors if factor)


def _at(part: Part, by: int, along_z: bool) -> str:
    shift = "" if by == 0 else f" {'+' if by > 0 else '-'} s{abs(by)}"
    arrays = {
        PRESSURE: f"current[i{shift}]",
        **{memory: f"old[i{memory}{shift}]" for memory in MEMORIES},
    }
    text = ""
    for sign, right, name in part.inputs:
        value = _times(_profile(right, by, along_z), arrays[name])
        text += f" {'+' if sign > 0 else '-'} {value}"
    text = text.strip()
    text = text[2:] if text.startswith("+ ") else text
    return text if len(part.inputs) == 1 and text[0] != "-" else f"({text})"


def _apply(part: Part, reach: int, along_z: bool) -> str:
    if part.operator == "I":
        return _at(part, 0, along_z)
    sign = "+" if part.operator == "L" else "-"
    sides = [
        f"{'l' if sign == '+' else 'd'}{r} * "
        f"({_at(part, r, along_z)} {sign} {_at(part, -r, along_z)})"
        for r in range(1, reach + 1)
    ]
    if part.operator == "L":
        sides.insert(0, f"l0 * {_at(part, 0, along_z)}")
    return "(" + "\n              + ".join(sides) + ")"
