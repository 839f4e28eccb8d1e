"""A walk over time steps is cut where its caller wants to look, and nowhere else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from anticline_solvers.seismic.timeloop import stretches

WALKS = {
    "first": st.integers(0, 50),
    "more": st.integers(0, 60),
    "every": st.integers(1, 20),
}


@given(**WALKS)
def test_a_forward_walk_stops_after_multiples_and_at_its_end(first, more, every):
    last = first + more
    found = stretches(first, last, every)
    assert [n for a, b in found for n in range(a, b)] == list(range(first, last))
    stops = [b - 1 for _, b in found]
    assert stops[:-1] == [n for n in range(first, last - 1) if n % every == 0]


@given(**WALKS)
def test_a_walk_backwards_stops_after_multiples_and_at_its_end(first, more, every):
    last = first + more
    found = stretches(first, last, every, transpose=True)
    walked = [n for a, b in found for n in reversed(range(a, b))]
    assert walked == list(reversed(range(first, last)))
    stops = [a for a, _ in found]
    assert stops[:-1] == [n for n in reversed(range(first + 1, last)) if n % every == 0]
