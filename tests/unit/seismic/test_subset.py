"""Shots of an iteration are drawn without replacement, and again from a new shuffle."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from anticline_solvers.seismic.gradient.subset import chosen

SHOTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=40, unique=True).map(tuple)
SEEDS = st.integers(0, 2**32)


@given(SHOTS, st.integers(1, 50), SEEDS, st.integers(0, 1000))
def test_an_iteration_takes_as_many_shots_as_asked_each_once_in_their_order(
    shots, count, seed, iteration
):
    found = chosen(shots, count, seed, iteration)
    assert len(found) == min(count, len(shots))
    places = [shots.index(shot) for shot in found]
    assert places == sorted(set(places))


@given(SHOTS, st.integers(1, 50), SEEDS, st.integers(0, 20))
def test_a_round_of_iterations_takes_every_shot_and_few_of_them_twice(
    shots, count, seed, first_round
):
    count = min(count, len(shots))
    turns = -(-len(shots) // count)
    rounds = range(first_round * turns, (first_round + 1) * turns)
    taken = Counter(s for i in rounds for s in chosen(shots, count, seed, i))
    assert set(taken) == set(shots)
    assert sum(taken.values()) - len(shots) == turns * count - len(shots)
    assert max(taken.values()) <= 2


@given(SHOTS, SEEDS, st.integers(0, 99))
def test_all_shots_are_taken_where_no_number_is_asked(shots, seed, iteration):
    assert chosen(shots, None, seed, iteration) == shots


def test_another_round_or_seed_takes_other_shots():
    shots = tuple(range(100))
    found = {chosen(shots, 10, seed, i) for seed in (0, 1) for i in (0, 1, 10)}
    assert len(found) == 6
