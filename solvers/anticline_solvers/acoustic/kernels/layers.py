"""Source text of the layers' terms, generated from the table of terms.

across    a layer along x or y: the memories of whole rows
beside    the R cells next to it: only the pressure has terms there
layer_z   a layer along z: the ends of rows

Where a stencil is applied to a weighted sum of inputs, as in the transpose, the sum is
made once for every cell, in `work`, and the stencil reads it there.

In three dimensions the new memories are too large for any cache and are not read
before the next time step: they are stored past the caches.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from anticline_solvers.acoustic.equations import (
    MEMORIES,
    PRESSURE,
    Part,
    Term,
    difference_reach,
    parts_by_output,
)
from anticline_solvers.numerics.absorbing import PROFILES, REST

Outputs = dict[str, tuple[tuple[str, Part], ...]]

_ACROSS = '''

@row_jit
def {function}(previous, current, scale, old, new, row_psi, row_zeta, work, second,
           first, profiles, sides, side, width, place, nz, step, other, a, b, c, d):
    """{summary}

    Rows a to b along the axis, of c to d along the other one.
    """
    axis = side // 2
    shift = sides[side, 2] + side * {profiles} * width
    memory_step, memory_other = sides[side, 5 + axis], sides[side, 6 - axis]
{loads}
    for n in range(c, d):
{prepare}        for r in range(a, b):
            along = shift + r
{profile_loads}
            p = place + U(r) * step + U(n) * other
            m = r * memory_step + n * memory_other
            psi, zeta = U(m + sides[side, 3]), U(m + sides[side, 4])
{work}            for k in range(nz):
                i = p + U(k)
                ipsi, izeta = psi + U(k), zeta + U(k)
{body}
{stream}'''

_STREAM_ROW = """\
            for k in range(0, nz, {line}):
                stream(new, psi + U(k), row_psi, U(k))
                stream(new, zeta + U(k), row_zeta, U(k))
"""

_ALONG = '''

@row_jit
def layer_z(previous, current, scale, old, new, rows_psi, rows_zeta, work, second,
            first, profiles, sides, side, width, place, sx, sy, xa, xb, ya, yb):
    """Terms of a layer along z, on whole vectors."""
    start = sides[side, 0] - {padding}
    shift = sides[side, 2] + side * {profiles} * width + start
    step = U(1)
{loads}
{prepare}\
    for x in range(xa, xb):
        for y in range(ya, yb):
            p = place + U(x) * sx + U(y) * sy + U(start)
            m = x * sides[side, 5] + y * sides[side, 6] + start
            psi, zeta = U(m + sides[side, 3]), U(m + sides[side, 4])
{place}{work}\
            for k in range({lanes}):
                i = p + U(k)
                ipsi, izeta = psi + U(k), zeta + U(k)
{body}
{stream}'''

_PREPARE_ROWS = """\
        size, line = U((b - a + {twice}) * nz), U(nz)
        for r in range(a - {reach}, b + {reach}):
            along = shift + r
{profile_loads}
            p = place + U(r) * step + U(n) * other
            m = r * memory_step + n * memory_other
            psi, zeta = U(m + sides[side, 3]), U(m + sides[side, 4])
            q = U(r - a + {reach}) * line
            for k in range(nz):
                i = p + U(k)
                ipsi, izeta = psi + U(k), zeta + U(k)
{sums}
"""

_WORK_ROW = """\
            q = U(r - a + {reach}) * line
{places}
"""

_PREPARE_LANES = """\
    for x in range(xa, xb):
        for y in range(ya, yb):
            p = place + U(x) * sx + U(y) * sy + U(start - {reach})
            m = x * sides[side, 5] + y * sides[side, 6] + start - {reach}
            psi, zeta = U(m + sides[side, 3]), U(m + sides[side, 4])
            w = U((x - xa) * (yb - ya) + y - ya) * U({room})
            for k in range({lanes}):
                i = p + U(k)
                ipsi, izeta = psi + U(k), zeta + U(k)
{sums}
"""

_WORK_LANES = """\
            w = U((x - xa) * (yb - ya) + y - ya) * U({room})
"""

_BUFFERED = """\
            q = U(y - ya) * U({stop}) + U({first})
"""

_STREAM_PLANE = """\
        for y in range(ya, yb):
            m = x * sides[side, 5] + y * sides[side, 6] + start - {first}
            psi, zeta = U(m + sides[side, 3]), U(m + sides[side, 4])
            q = U(y - ya) * U({stop})
            for k in range(0, {stop}, {line}):
                stream(new, psi + U(k), rows_psi, q + U(k))
                stream(new, zeta + U(k), rows_zeta, q + U(k))
"""


def functions(
    ndim: int,
    reach: int,
    terms: tuple[Term, ...],
    cells: int,
    vector: int,
    streams: bool,
) -> str:
    """Write the functions `across`, `beside` and `layer_z`.

    cells : of a slab across its layer.   vector : numbers in 64 bytes.
    streams : store new memories past the caches, by way of a row's buffer.
    """
    outputs = parts_by_output(terms)
    pressure = _beside(outputs)
    line = vector if streams else 0
    return (
        _across("across", "Terms of a layer along x or y.", outputs, reach, line)
        + _across("beside", "Terms beside a layer along x or y.", pressure, reach, 0)
        + _along(ndim - 1, outputs, reach, Lanes.of(cells, reach, vector), line)
    )


def _beside(outputs: Outputs) -> Outputs:
    """Give the terms that act on cells next to a layer."""
    return {PRESSURE: tuple(p for p in outputs[PRESSURE] if p[0] in REST)}


def sums_at_once(terms: tuple[Term, ...]) -> int:
    """Count the weighted sums that `work` holds of a cell at a time."""
    return len(_weighted(parts_by_output(terms)))


def _shared(outputs: Outputs) -> list[Part]:
    """Give the parts of all outputs, each once."""
    return list(dict.fromkeys(part for rows in outputs.values() for _, part in rows))


def _weighted(outputs: Outputs) -> list[Part]:
    """Give the parts whose stencil is applied to a weighted sum."""
    return [
        part
        for part in _shared(outputs)
        if part.operator != "I" and [right for _, right, _ in part.inputs] != ["one"]
    ]


@dataclass(frozen=True)
class Lanes:
    """Whole vectors that cover a slab's cells along z, without a remainder.

    Lanes beside the slab's cells meet profiles of zero, or margins where (v dt)^2
    and the memories are zero: they change nothing. A remainder would run cell by
    cell, at the price of a vector for each.

    first : place of the first lane in a slab's row.   count : of lanes.
    stop : end of the last line that holds a lane.
    """

    first: int
    count: int
    stop: int

    def room(self, reach: int) -> int:
        """Places in `work` for a sum of the lanes and the cells around them."""
        return self.count + 2 * reach

    @classmethod
    def of(cls, cells: int, reach: int, vector: int) -> Lanes:
        """Lay lanes over `cells` cells that follow `reach` cells of padding."""
        count = -(-cells // vector) * vector
        first = max(0, reach + cells - count)
        return cls(first, count, -(-(first + count) // vector) * vector)


def _across(
    function: str, summary: str, outputs: Outputs, reach: int, line: int
) -> str:
    return _ACROSS.format(
        function=function,
        summary=summary,
        profiles=len(PROFILES),
        loads=_loads(reach, "axis"),
        profile_loads=_profile_loads(outputs),
        prepare=_prepared_rows(outputs, reach),
        work=_work_places(outputs, reach),
        body=_body(outputs, reach, line, None),
        stream=_STREAM_ROW.format(line=line) if line else "",
    )


def _along(axis: int, outputs: Outputs, reach: int, lanes: Lanes, line: int) -> str:
    places = "".join(
        f"\n    f{name} = shift + {row} * width" for row, name in enumerate(PROFILES)
    )
    room = len(_weighted(outputs)) * lanes.room(reach)
    kept = {"first": lanes.first, "stop": lanes.stop, "line": line}
    return _ALONG.format(
        profiles=len(PROFILES),
        loads=_loads(reach, str(axis)) + places,
        padding=reach - lanes.first,
        lanes=lanes.count,
        prepare=_prepared_lanes(outputs, reach, lanes),
        body=_body(outputs, reach, line, lanes),
        place=_BUFFERED.format(**kept) if line else "",
        work=_WORK_LANES.format(room=room) if room else "",
        stream=_STREAM_PLANE.format(**kept) if line else "",
    )


def _prepared_rows(outputs: Outputs, reach: int) -> str:
    """Write the loop that makes the weighted sums of rows across a layer."""
    parts = _weighted(outputs)
    if not parts:
        return ""
    loads = _profile_loads_of({right for part in parts for _, right, _ in part.inputs})
    sums = [
        f"work[U({n}) * size + q + U(k)] = {_sum(part, 0, False)}"
        for n, part in enumerate(parts)
    ]
    return _PREPARE_ROWS.format(
        reach=reach, twice=2 * reach, profile_loads=loads, sums=_indented(sums)
    )


def _work_places(outputs: Outputs, reach: int) -> str:
    """Write where the sums of a row lie."""
    parts = _weighted(outputs)
    if not parts:
        return ""
    places = [f"            q{n} = U({n}) * size + q" for n in range(len(parts))]
    places += [f"            b{r} = U({r}) * line" for r in range(1, reach + 1)]
    return _WORK_ROW.format(reach=reach, places="\n".join(places))


def _prepared_lanes(outputs: Outputs, reach: int, lanes: Lanes) -> str:
    """Write the loop that makes the weighted sums of lanes, `reach` beyond each end."""
    parts = _weighted(outputs)
    if not parts:
        return ""
    sums = [
        f"work[w + U({n * lanes.room(reach)}) + U(k)] = {_sum(part, -reach, True)}"
        for n, part in enumerate(parts)
    ]
    room = lanes.room(reach)
    return _PREPARE_LANES.format(
        lanes=room, room=len(parts) * room, reach=reach, sums=_indented(sums)
    )


def _indented(lines: list[str]) -> str:
    return "\n".join(" " * 16 + line for line in lines)


def _body(outputs: Outputs, reach: int, line: int, lanes: Lanes | None) -> str:
    """Write the terms of a cell; lanes : of a layer along z, None across one."""
    shared, along_z = _shared(outputs), lanes is not None
    weighted = _weighted(outputs)

    def at(part: Part, by: int) -> str:
        if part not in weighted:
            return _sum(part, by, along_z)
        n = weighted.index(part)
        if lanes is not None:
            return f"work[w + U({n * lanes.room(reach) + reach + by}) + U(k)]"
        shift = "" if by == 0 else f" {'+' if by > 0 else '-'} b{abs(by)}"
        return f"work[q{n} + U(k){shift}]"

    lines = _profiles_of_lane(outputs) if along_z else []
    lines += [f"t{n} = {_apply(part, reach, at)}" for n, part in enumerate(shared)]
    for output, parts in outputs.items():
        total = " + ".join(
            _times(_profile(left, 0, along_z), f"t{shared.index(part)}")
            for left, part in parts
        )
        if output == PRESSURE:
            lines.append(f"previous[i] += scale[i] * ({total})")
        elif line:
            row = f"rows_{output}[q + U(k)]" if along_z else f"row_{output}[U(k)]"
            lines.append(f"{row} = {total}")
        else:
            lines.append(f"new[i{output}] = {total}")
    return _indented(lines)


def _profiles_of_lane(outputs: Outputs) -> list[str]:
    """Read the profiles of a cell before anything is stored.

    A product that two outputs share is then made once wherever the loop is inlined:
    whether it is contracted depends on how often it is used.
    """
    wanted = _names_in_body(outputs)
    return [
        f"{name}_p0 = profiles[U(f{name}) + U(k)]"
        for name in PROFILES
        if name in wanted - {"one"}
    ]


def _names_in_body(outputs: Outputs) -> set[str]:
    """Name the profiles of a cell's terms, those of weighted sums left out."""
    weighted = _weighted(outputs)
    wanted = {left for rows in outputs.values() for left, _ in rows}
    for part in _shared(outputs):
        if part not in weighted:
            wanted |= {right for _, right, _ in part.inputs}
    return wanted


def _loads(reach: int, axis: str) -> str:
    lines = [f"    l{r} = second[{axis}, {r}]" for r in range(reach + 1)]
    near = difference_reach(reach)
    lines += [f"    d{r} = first[{axis}, {r}]" for r in range(1, near + 1)]
    lines += [f"    s{r} = U({r}) * step" for r in range(1, reach + 1)]
    return "\n".join(lines)


def _profile_loads(outputs: Outputs) -> str:
    """Profiles of one row across its layer, read once for the row's loop over z."""
    return _profile_loads_of(_names_in_body(outputs))


def _profile_loads_of(names: set[str]) -> str:
    return "\n".join(
        f"            {name}_p0 = profiles[U(along + {row} * width)]"
        for row, name in enumerate(PROFILES)
        if name in names - {"one"}
    )


def _profile(name: str, by: int, along_z: bool) -> str:
    if name == "one":
        return ""
    if along_z and by:
        return f"profiles[U(f{name} + {by}) + U(k)]"
    return f"{name}_{'m' if by < 0 else 'p'}{abs(by)}"


def _times(*factors: str) -> str:
    return " * ".join(factor for factor in factors if factor)


def _sum(part: Part, by: int, along_z: bool) -> str:
    """Write the weighted sum of a part's inputs.

    by : cells to the side. Along z of a weighted sum the profiles alone are moved: the
    loop that makes `work` counts its cells from there.
    """
    moves = [right for _, right, _ in part.inputs] == ["one"] or part.operator == "I"
    shift = f" {'+' if by > 0 else '-'} s{abs(by)}" if by and moves else ""
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


def _apply(part: Part, reach: int, at: Callable[[Part, int], str]) -> str:
    if part.operator == "I":
        return at(part, 0)
    sign = "+" if part.operator == "L" else "-"
    far = reach if part.operator == "L" else difference_reach(reach)
    sides = [
        f"{'l' if sign == '+' else 'd'}{r} * ({at(part, r)} {sign} {at(part, -r)})"
        for r in range(1, far + 1)
    ]
    if part.operator == "L":
        sides.insert(0, f"l0 * {at(part, 0)}")
    return "(" + "\n              + ".join(sides) + ")"
