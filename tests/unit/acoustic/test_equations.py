"""The table of terms and its transpose."""

from __future__ import annotations

from anticline_solvers.acoustic.equations import (
    FORWARD,
    TRANSPOSE,
    layer_terms,
    parts_by_output,
    transposed,
)
from anticline_solvers.numerics.absorbing import PROFILES


def test_the_transpose_of_the_transpose_is_the_table():
    assert transposed(TRANSPOSE) == FORWARD
    assert layer_terms(transpose=False) == FORWARD
    assert layer_terms(transpose=True) == TRANSPOSE


def test_only_first_differences_change_their_sign():
    for forward, back in zip(FORWARD, TRANSPOSE, strict=True):
        assert (forward.output, forward.input) == (back.input, back.output)
        assert (forward.left, forward.right) == (back.right, back.left)
        assert back.sign == (-1 if forward.operator == "D" else 1)


def test_every_profile_that_a_term_names_exists():
    for term in FORWARD:
        assert {term.left, term.right} <= set(PROFILES)


def test_grouping_loses_no_term():
    for table in (FORWARD, TRANSPOSE):
        spelled = {
            (output, left, part.operator, *given)
            for output, rows in parts_by_output(table).items()
            for left, part in rows
            for given in part.inputs
        }
        assert spelled == {
            (t.output, t.left, t.operator, t.sign, t.right, t.input) for t in table
        }
