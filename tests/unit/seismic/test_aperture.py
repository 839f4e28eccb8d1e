from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.survey import Shot
from anticline_solvers.seismic.acquisition import aperture

GRID = Grid((60, 40, 30), (10.0, 20.0, 5.0), (100.0, 0.0, 0.0))
places = st.tuples(st.floats(100.0, 690.0), st.floats(0.0, 780.0), st.just(5.0))


@given(source=places, receivers=st.lists(places, min_size=1, max_size=5))
def test_a_window_reaches_the_aperture_around_every_position(source, receivers):
    shot = Shot(1, np.array(source), np.array(receivers))
    reach = 55.0
    box = aperture.window(GRID, shot, reach)
    part = aperture.windowed(GRID, box)
    positions = np.vstack([source, receivers])
    assert part.contains(positions).all()
    for axis in (0, 1):
        ends = part.coordinates(axis)[[0, -1]]
        edges = GRID.coordinates(axis)[[0, -1]]
        assert ends[0] <= max(positions[:, axis].min() - reach, edges[0]) + 1e-9
        assert ends[1] >= min(positions[:, axis].max() + reach, edges[1]) - 1e-9
    assert box[2] == slice(0, 30)


def test_a_window_keeps_the_cells_where_they_were():
    shot = Shot(1, np.array([400.0, 400.0, 5.0]), np.array([[420.0, 400.0, 5.0]]))
    box = aperture.window(GRID, shot, 50.0)
    part = aperture.windowed(GRID, box)
    for axis in range(3):
        whole = GRID.coordinates(axis)[box[axis]]
        np.testing.assert_allclose(part.coordinates(axis), whole)


def test_without_an_aperture_a_shot_has_the_whole_grid():
    shot = Shot(1, np.array([400.0, 400.0, 5.0]), np.empty((0, 3)))
    whole = tuple(slice(0, n) for n in GRID.shape)
    assert aperture.window(GRID, shot, None) == whole


def test_a_box_of_a_window_is_found_in_the_grid():
    window = (slice(10, 30), slice(5, 9))
    box = (slice(2, 4), slice(0, 4))
    assert aperture.in_grid(window, box) == (slice(12, 14), slice(5, 9))
