from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from anticline_solvers.domain import placed
from anticline_solvers.domain.placed import Placed

SHAPE = (12, 9)


@st.composite
def windows(draw):
    first = tuple(draw(st.integers(0, n - 1)) for n in SHAPE)
    sizes = (draw(st.integers(0, n - a)) for a, n in zip(first, SHAPE, strict=True))
    seed = draw(st.integers(0, 2**16))
    values = np.random.default_rng(seed).standard_normal(tuple(sizes))
    return Placed(first, values.astype(np.float32))


@given(st.lists(windows(), min_size=1, max_size=6))
def test_the_total_of_windows_is_that_of_the_whole_arrays(parts):
    summed = placed.total(parts)
    whole = sum(part.filled(SHAPE).astype(np.float64) for part in parts)
    assert summed.values.dtype == np.float64
    np.testing.assert_array_equal(summed.filled(SHAPE), whole)


@given(st.lists(windows(), min_size=1, max_size=6))
def test_the_window_of_a_total_is_the_smallest_that_holds_what_is_not_empty(parts):
    summed = placed.total(parts)
    some = [part for part in parts if part.values.size]
    if some:
        assert summed.first == tuple(map(min, *(p.first for p in some), (99, 99)))
        assert summed.last == tuple(map(max, *(p.last for p in some), (0, 0)))
    else:
        assert not summed.values.size
