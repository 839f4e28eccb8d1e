"""A grid knows where its cells are."""

from __future__ import annotations

import numpy as np
import pytest

from anticline_solvers.domain.grid import Grid

GRID = Grid((5, 4, 3), (10.0, 20.0, 5.0), (100.0, -50.0, 0.0))


def test_cells_and_positions_are_inverse():
    cells = np.array([[0.0, 0.0, 0.0], [4.0, 3.0, 2.0], [1.25, 2.5, 0.1]])
    positions = [100.0, -50.0, 0.0] + cells * [10.0, 20.0, 5.0]
    np.testing.assert_allclose(GRID.to_cells(positions), cells)
    for axis in range(3):
        last = GRID.coordinates(axis)[-1]
        assert last == GRID.origin_m[axis] + GRID.extent_m[axis]
    assert GRID.cell_volume == 1000.0


def test_a_grid_contains_its_cells_and_nothing_beyond():
    inside = GRID.contains([[100.0, -50.0, 0.0], [140.0, 10.0, 10.0]])
    assert inside.all()
    outside = GRID.contains([[99.9, 0.0, 0.0], [140.0, 10.1, 0.0], [120.0, 0.0, -0.1]])
    assert not outside.any()


def test_axes_are_named():
    assert GRID.axes == ("x", "y", "z")
    assert Grid((5, 4), (1.0, 1.0), (0.0, 0.0)).axes == ("x", "z")


@pytest.mark.parametrize(
    ("shape", "spacing", "origin", "words"),
    [
        ((5, 4), (1.0,), (0.0, 0.0), "one entry an axis"),
        ((5,), (1.0,), (0.0,), "2 or 3 axes"),
        ((5, 0), (1.0, 1.0), (0.0, 0.0), "must be positive"),
        ((5, 4), (1.0, -1.0), (0.0, 0.0), "must be positive"),
        ((5, 4), (1.0, float("nan")), (0.0, 0.0), "must be positive"),
    ],
)
def test_a_grid_that_cannot_be_is_refused(shape, spacing, origin, words):
    with pytest.raises(ValueError, match=words):
        Grid(shape, spacing, origin)
