"""Folding margins is the transpose of extending a grid into them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from anticline_solvers.domain.grid import Grid
from anticline_solvers.domain.placement import Placement

MARGINS = st.tuples(st.integers(0, 4), st.integers(0, 4))


@given(
    st.integers(2, 3).flatmap(
        lambda ndim: st.tuples(
            st.tuples(*[st.integers(1, 7)] * ndim), st.tuples(*[MARGINS] * ndim)
        )
    ),
    st.integers(0, 2**16),
)
def test_folded_is_the_transpose_of_extended(sizes, seed):
    shape, margins = sizes
    grid = Grid(shape, (1.0,) * len(shape), (0.0,) * len(shape))
    place = Placement.of(grid, margins, None, halo=2, dtype=np.float64)
    draw = np.random.default_rng(seed)
    inside, outside = draw.normal(size=shape), draw.normal(size=place.shape)
    layout = place.layout
    extended = layout.view(place.extend(inside), layout.box)
    back = place.gather_folded(outside)
    assert back.shape == shape
    assert np.isclose(np.vdot(extended, outside), np.vdot(inside, back), rtol=1e-12)
