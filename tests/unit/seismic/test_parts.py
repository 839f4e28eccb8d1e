from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from anticline_solvers.seismic.shots import parts

surveys = st.lists(st.integers(-5, 10_000), min_size=1, max_size=300, unique=True)


@given(shots=surveys.map(tuple), data=st.data())
def test_every_shot_is_in_one_part_in_the_order_of_the_survey(shots, data):
    count = data.draw(st.integers(1, len(shots)))
    shares = [parts.share(shots, k, count) for k in range(count)]
    assert sum(shares, ()) == shots


@given(shots=surveys.map(tuple), data=st.data())
def test_parts_differ_by_one_shot_at_most_and_none_is_empty(shots, data):
    count = data.draw(st.integers(1, len(shots)))
    sizes = [len(parts.share(shots, k, count)) for k in range(count)]
    assert max(sizes) - min(sizes) <= 1
    assert min(sizes) >= 1


@given(st.integers(0, 99), st.integers(1, 99), st.integers(1, 50))
def test_a_part_without_shots_has_a_fault_and_no_other(part, count, shots):
    found = parts.faults({"part": part, "parts": count}, shots)
    assert ("part" in found) == (part >= count)
    assert ("parts" in found) == (count > shots)
    for text in found.values():
        assert str(count) in text
