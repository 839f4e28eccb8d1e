"""The cheapest way that fits is chosen, and says what it needs where none fits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline_solvers.numerics.storage import POLICIES, Sizes, choose
from anticline_solvers.numerics.storage.choice import expected_ratio

MARMOUSI = Sizes(
    n_imaging=222,
    every=17,
    snapshot=4 * 1008 * 358,
    state=10 * 1000 * 1000 // 2,
    strip=4 * 4 * 2700,
    tolerance=1.25e-5,
    budget=10**9,
)
CUBE = Sizes(
    n_imaging=120,
    every=12,
    snapshot=4 * 168**3,
    state=4 * 3 * 200**3,
    strip=4 * 4 * 6 * 160**2,
    tolerance=1.25e-5,
    budget=10**10,
)


def at(sizes, share):
    return replace(sizes, budget=int(share * sizes.n_imaging * sizes.snapshot))


@pytest.mark.parametrize("sizes", [MARMOUSI, CUBE])
def test_memory_is_chosen_where_it_suffices(sizes):
    assert choose(at(sizes, 1.0)).policy == "memory"
    assert choose(at(sizes, 0.5)).policy == "compressed"


@pytest.mark.parametrize("sizes", [MARMOUSI, CUBE])
def test_a_tenth_of_the_memory_adds_at_most_the_cost_of_one_run(sizes):
    found = choose(at(sizes, 0.1))
    assert found.policy in ("compressed", "boundaries")
    assert found.extra <= sizes.n_imaging * sizes.every


@pytest.mark.parametrize("sizes", [MARMOUSI, CUBE])
def test_without_a_tolerance_the_same_bits_are_kept(sizes):
    exact = replace(sizes, tolerance=0.0)
    assert choose(at(exact, 1.0)).policy == "memory"
    assert choose(at(exact, 0.2)).policy == "checkpoints"


@given(
    share=st.floats(1e-4, 2.0),
    sizes=st.sampled_from([MARMOUSI, CUBE]),
    tolerance=st.sampled_from([0.0, 1e-6, 1e-4]),
    asked=st.sampled_from(POLICIES),
)
def test_what_is_chosen_fits_and_what_is_asked_for_is_taken(
    share, sizes, tolerance, asked
):
    mine = replace(at(sizes, share), tolerance=tolerance)
    try:
        found = choose(mine, asked)
    except ValueError:
        assert asked != "auto" or share < 0.5
        return
    assert asked in ("auto", found.policy)
    assert found.held <= max(mine.budget, 3 * mine.snapshot)
    assert found.extra >= 0.0
    assert found.policy in found.describe(mine, asked)


@given(
    share=st.floats(1e-4, 1.0),
    sizes=st.sampled_from([MARMOUSI, CUBE]),
    asked=st.sampled_from(["memory", "compressed", "boundaries", "checkpoints"]),
)
def test_the_least_budget_that_is_told_suffices(share, sizes, asked):
    mine = at(sizes, share)
    try:
        choose(mine, asked)
    except ValueError as error:
        least = int(str(error).partition(" needs ")[2].partition(";")[0])
        assert least > mine.budget
        assert choose(replace(mine, budget=least), asked).policy == asked


@given(st.floats(1e-7, 0.1), st.floats(1.0, 10.0))
def test_a_looser_tolerance_takes_no_more_memory(tolerance, looser):
    assert expected_ratio(tolerance * looser) >= expected_ratio(tolerance) >= 1.0


def test_compressing_to_no_tolerance_is_refused():
    with pytest.raises(ValueError, match="needs a tolerance"):
        choose(replace(MARMOUSI, tolerance=0.0), "compressed")
