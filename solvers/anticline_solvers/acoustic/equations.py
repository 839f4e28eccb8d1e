r"""The acoustic wave equation of constant density, and its discrete update.

    1/v^2 p_tt - laplace p = f(t) delta(x - x_s)

    p : pressure [Pa]         v : velocity [m/s]      f : source [Pa m^(ndim-2)]

Scheme, second order in time, order 2 to 16 in space, c = (v dt)^2:

    p^{n+1} = 2 p^n - p^{n-1} + c (sum_i out_i + f^n delta)

where out_i is the second derivative along axis i. L and D are the central
second and first differences of `numerics.stencils`. Inside a CPML of axis i
(profiles a, b of `numerics.absorbing`, a' = da/dx) two memories join:

    t     = (1 + a) L p + a' D p + D psi                    ~ (p_x + memory)_x
    psi'  = b (psi + a D p)                                 ~ memory of p_x
    zeta' = b zeta + a t                                    ~ memory of t
    out   = t + zeta'

psi is kept as it enters the next step, decayed by b. The derivative of the new
memory psi + a D p is expanded by the product rule, so one step reaches R cells
and not 2 R, and p, psi, zeta advance in a single pass. Written out, the update
is the table FORWARD of terms  output += left * S(right * input)  with S one of
identity, D, L. The exact discrete transpose is the same table with outputs and
inputs swapped, left and right swapped, and D negated, because L is symmetric
and D antisymmetric on a grid that ends in zeros. In the transpose
the pressure is the adjoint field times c, which keeps the scheme's form.

D acts in layers alone and is of order LAYER_ORDER at most: a layer then reflects
as little as with D of the order of L (-77 for -79 dB head on, -61 for -68 dB at 60
degrees, order 8, 10 cells a wavelength), and costs a third less.

Stability: v dt sqrt(sum_i S_i / h_i^2) <= 2, S the largest symbol of -L
(`numerics.stability`).

Sources: Pasalic and McGarry (2010), doi:10.1190/1.3513453; free surface by odd
images, e.g. Robertsson (1996), doi:10.1190/1.1444107.
"""

from __future__ import annotations

from dataclasses import dataclass

PRESSURE, PSI, ZETA = "p", "psi", "zeta"
MEMORIES = (PSI, ZETA)

LAYER_ORDER = 4
"""Highest order of D, the first difference within the layers."""


def difference_reach(reach: int) -> int:
    """Cells that D reaches to each side where L reaches `reach`."""
    return min(reach, LAYER_ORDER // 2)


@dataclass(frozen=True)
class Term:
    """output += sign * left * S(right * input) along one axis within a layer.

    operator : "I" identity, "D" first difference, "L" second difference.
    left, right : names of profiles in `numerics.absorbing.PROFILES`.
    """

    output: str
    input: str
    operator: str
    left: str
    right: str
    sign: int = 1


FORWARD = (
    Term(PRESSURE, PRESSURE, "L", "e", "one"),
    Term(PRESSURE, PRESSURE, "D", "f", "one"),
    Term(PRESSURE, PSI, "D", "g", "one"),
    Term(PRESSURE, ZETA, "I", "b", "one"),
    Term(PSI, PRESSURE, "D", "m", "one"),
    Term(PSI, PSI, "I", "b", "one"),
    Term(ZETA, PRESSURE, "L", "h", "one"),
    Term(ZETA, PRESSURE, "D", "k", "one"),
    Term(ZETA, PSI, "D", "a", "one"),
    Term(ZETA, ZETA, "I", "b", "one"),
)


def transposed(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Return the table of the exact discrete transpose."""
    return tuple(
        Term(
            output=term.input,
            input=term.output,
            operator=term.operator,
            left=term.right,
            right=term.left,
            sign=-term.sign if term.operator == "D" else term.sign,
        )
        for term in terms
    )


TRANSPOSE = transposed(FORWARD)


def layer_terms(transpose: bool) -> tuple[Term, ...]:
    """Return the table that a kernel applies within the layers."""
    return TRANSPOSE if transpose else FORWARD


@dataclass(frozen=True)
class Part:
    """One operator applied to a weighted sum of fields: S(sum sign right input)."""

    operator: str
    inputs: tuple[tuple[int, str, str], ...]


def parts_by_output(
    terms: tuple[Term, ...],
) -> dict[str, tuple[tuple[str, Part], ...]]:
    """Group a table as output -> ((left, Part), ...), equal parts shared.

    Terms of one output with the same left profile and operator are applied
    as one operator on the sum of their inputs.
    """
    grouped: dict[str, dict[tuple[str, str], list[tuple[int, str, str]]]] = {}
    for term in terms:
        rows = grouped.setdefault(term.output, {})
        row = rows.setdefault((term.left, term.operator), [])
        row.append((term.sign, term.right, term.input))
    return {
        output: tuple(
            (left, Part(operator, tuple(inputs)))
            for (left, operator), inputs in rows.items()
        )
        for output, rows in grouped.items()
    }
