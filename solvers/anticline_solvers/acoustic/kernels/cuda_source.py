"""Text of the acoustic CUDA programs: constants and layer terms beside the .cu files.

`acoustic.cu` and `points.cu` say `#include "constants"` and `#include "layer_terms"`;
both are written here, the terms from the table of `acoustic.equations`, so that the
forward update and its exact transpose share every other line.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from anticline_solvers.acoustic.equations import (
    MEMORIES,
    PRESSURE,
    Part,
    Term,
    parts_by_output,
)
from anticline_solvers.numerics.absorbing import PROFILES
from anticline_solvers.numerics.stencils import radius

REAL = {"float32": "float", "float64": "double"}
SAMPLE_THREADS = 64


@dataclass(frozen=True)
class Shape:
    """Threads and cells of a block of the update.

    threads_z, threads_y : threads along z (contiguous) and y.
    rows : neighbouring rows along y of a thread, in tiles without layers.
    blocks : of tiles without layers that a multiprocessor must hold at a time; it
        bounds a thread's registers to 65536 / (threads blocks).
    planes : along x that the loop is unrolled by; fewer moves of the queue.
    """

    threads_z: int
    threads_y: int
    rows: int
    blocks: int
    planes: int = 1


def shape_of(ndim: int, order: int, dtype: str) -> Shape:
    """Choose the block: none spills registers (the compile tests hold it to that)."""
    if ndim == 2:
        return Shape(64, 1, 1, 4)
    if dtype == "float64":
        return Shape(32, 8, 1, 2)
    return Shape(32, 8, 2, 4 if order <= 8 else 2, 1 if order <= 4 else 2)


def update_source(
    ndim: int,
    order: int,
    dtype: str,
    terms: tuple[Term, ...],
    shape: Shape | None = None,
) -> str:
    """Text of the program with `update_plain` and `update_layers`.

    terms : the table of the layers, forward or transposed.
    shape : of a block; `shape_of` if None.
    """
    shape = shape or shape_of(ndim, order, dtype)
    constants = {
        "AXES": ndim,
        "REACH": radius(order),
        "THREADS_Z": shape.threads_z,
        "THREADS_Y": shape.threads_y,
        "ROWS_PLAIN": shape.rows,
        "BLOCKS_PLAIN": shape.blocks,
        "PLANES": shape.planes,
        "N_PROFILES": len(PROFILES),
    }
    text = _text("acoustic.cu").replace('#include "layer_terms"', _layer_terms(terms))
    return _with_constants(text, dtype, constants)


def points_source(dtype: str) -> str:
    """Text of the program with `inject` and `sample`."""
    return _with_constants(
        _text("points.cu"), dtype, {"SAMPLE_THREADS": SAMPLE_THREADS}
    )


@cache
def _text(name: str) -> str:
    return Path(__file__).with_name(name).read_text()


def _with_constants(text: str, dtype: str, constants: dict[str, int]) -> str:
    lines = [f"using Real = {REAL[dtype]};"]
    lines += [f"constexpr int {name} = {value};" for name, value in constants.items()]
    return text.replace('#include "constants"', "\n".join(lines))


_FUNCTION = """\
// Generated from the table: the terms of an absorbing layer at one cell.
// f(name, r), p(r), psi(r), zeta(r) : profile and fields, r cells along the axis.
template <class Profile, class Pressure, class Psi, class Zeta>
__device__ __forceinline__ Terms layer_terms(
    const Real (&second)[REACH + 1], const Real (&first)[REACH + 1],
    Profile f, Pressure p, Psi psi, Zeta zeta)
{{
    enum {{ {profiles} }};
{parts}
    Terms terms;
{outputs}
    return terms;
}}"""


def _layer_terms(terms: tuple[Term, ...]) -> str:
    outputs = parts_by_output(terms)
    parts = list(dict.fromkeys(part for rows in outputs.values() for _, part in rows))
    names = {part: f"t{n}" for n, part in enumerate(parts)}
    return _FUNCTION.format(
        profiles=", ".join(name.upper() for name in PROFILES),
        parts="\n".join(
            f"    const Real {names[part]} = {_applied(part)};" for part in parts
        ),
        outputs="\n".join(
            f"    terms.{output} = "
            f"{_sum([(_profile(left, '0'), names[part]) for left, part in rows])};"
            for output in (PRESSURE, *MEMORIES)
            for rows in (outputs[output],)
        ),
    )


def _applied(part: Part) -> str:
    operator = {"L": "second_difference(second", "D": "first_difference(first"}
    if part.operator == "I":
        return _inputs(part, "0")
    value = _inputs(part, "r")
    return f"{operator[part.operator]}, [&](int r) {{ return {value}; }})"


def _inputs(part: Part, shift: str) -> str:
    return _sum(
        [
            (_signed(sign, _profile(right, shift)), f"{name}({shift})")
            for sign, right, name in part.inputs
        ]
    )


def _profile(name: str, shift: str) -> str:
    return "" if name == "one" else f"f({name.upper()}, {shift})"


def _signed(sign: int, factor: str) -> str:
    if sign > 0:
        return factor
    return f"-{factor}" if factor else "Real(-1)"


def _sum(products: list[tuple[str, str]]) -> str:
    """Sum of products as nested fma, the last product innermost."""
    *others, (factor, value) = products
    text = f"{factor} * {value}" if factor else value
    for factor, value in reversed(others):
        text = f"fma({factor}, {value}, {text})" if factor else f"{value} + {text}"
    return text
