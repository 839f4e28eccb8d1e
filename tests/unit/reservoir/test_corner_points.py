"""Geometry and transmissibilities of corner-point grids."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anticline_solvers.reservoir.geometry.boxes import from_sizes
from anticline_solvers.reservoir.geometry.overlap import areas
from anticline_solvers.reservoir.geometry.pillars import (
    Pillars,
    centres,
    extents,
    volumes,
)
from anticline_solvers.reservoir.geometry.transmissibility import connect

K = 1e-13


def boxes(shape=(4, 3, 2), throw=0.0, lean=0.0) -> Pillars:
    """Cells of 100 x 50 x 10 m; columns from i = 2 on lie deeper by a throw."""
    nx, ny, nz = shape
    tops = np.full((ny, nx), 1000.0)
    tops[:, 2:] += throw
    sizes = (np.full((nz, ny, nx), size) for size in (100.0, 50.0, 10.0))
    made = from_sizes(*sizes, tops)
    coord = made.coord.copy()
    coord[:, :, 1, 0] += lean * (coord[:, :, 1, 2] - coord[:, :, 0, 2])
    return Pillars(made.shape, coord, made.zcorn)


def joined(pillars: Pillars, **multipliers):
    cells = int(np.prod(pillars.shape))
    return connect(
        pillars, pillars.corners(), np.full((3, cells), K), np.ones(cells), multipliers
    )


def flows(connections) -> dict[tuple[int, int], float]:
    return {
        (int(a), int(b)): float(flow)
        for (a, b), flow in zip(
            connections.cells, connections.transmissibility, strict=True
        )
    }


def test_boxes_have_their_volumes_sizes_and_centres():
    corners = boxes().corners()
    assert np.allclose(volumes(corners), 50_000.0)
    for size, given_m in zip(extents(corners), (100.0, 50.0, 10.0), strict=True):
        assert np.allclose(size, given_m)
    assert centres(corners)[1, 2, 3] == pytest.approx([350, 125, 1015])


def test_a_connection_of_boxes_is_permeability_times_area_over_length():
    found = flows(joined(boxes()))
    assert found[0, 1] == pytest.approx(K * 500 / 100)
    assert found[0, 4] == pytest.approx(K * 1000 / 50)
    assert found[0, 12] == pytest.approx(K * 5000 / 10)
    assert len(found) == 3 * 3 * 2 + 4 * 2 * 2 + 12


def test_columns_apart_by_half_a_cell_meet_their_neighbours_by_halves():
    found = flows(joined(boxes(throw=5.0)))
    whole = K * 500 / 100
    straight = {
        pair: flow for pair, flow in found.items() if pair in ((1, 2), (13, 14))
    }
    assert straight[1, 2] == pytest.approx(whole / 2)
    assert (13, 2) in found
    assert (1, 14) not in found


def test_columns_apart_by_a_cell_meet_the_layer_that_lies_beside_them():
    found = flows(joined(boxes(throw=10.0)))
    assert (1, 2) not in found
    assert found[13, 2] == pytest.approx(K * 500 / 100)


def test_columns_apart_by_more_than_the_reservoir_do_not_meet():
    assert not any(
        a % 4 == 1 and b % 4 == 2 for a, b in flows(joined(boxes(throw=25.0)))
    )


@settings(max_examples=25)
@given(throw=st.floats(-25, 25), lean=st.floats(-0.3, 0.3))
def test_the_area_that_columns_share_is_that_of_their_common_height(throw, lean):
    made = boxes(throw=throw, lean=lean)
    one, other = (made.zcorn[0, 0, i, :, :, side] for i, side in ((1, 1), (2, 0)))
    line = made.coord[0:2, 2].reshape(1, 2, 2, 3)
    found = areas(line, one[None], other[None])[0]
    height = max(0.0, 10.0 - abs(throw))
    assert np.hypot(found[0], found[1]) == pytest.approx(50 * height, abs=1e-6)


@settings(max_examples=25)
@given(st.lists(st.floats(0, 30), min_size=8, max_size=8))
def test_a_shared_area_is_the_same_from_either_side(depths):
    one = np.sort(np.reshape(depths[:4], (2, 2)), axis=0)[None]
    other = np.sort(np.reshape(depths[4:], (2, 2)), axis=0)[None]
    line = np.array([[[0, 0, 0], [0, 0, 30]], [[0, 7, 0], [3, 7, 30]]], float)[None]
    assert areas(line, one, other) == pytest.approx(areas(line, other, one), abs=1e-9)


def test_a_multiplier_closes_the_face_that_it_names():
    closed = np.ones(24)
    closed[0] = 0.0
    before, found = flows(joined(boxes())), flows(joined(boxes(), **{"I+": closed}))
    assert found[0, 1] == 0.0
    assert found[0, 4] == before[0, 4]
    assert found[1, 2] == before[1, 2]


def test_layers_apart_by_a_gap_do_not_meet():
    made = boxes()
    zcorn = made.zcorn.copy()
    zcorn[1] += 1.0
    found = flows(joined(Pillars(made.shape, made.coord, zcorn)))
    assert (0, 12) not in found


def test_flat_arrays_give_the_pillars_back():
    made = boxes(throw=3.0, lean=0.1)
    again = Pillars.from_flat(made.shape, *made.flat())
    assert np.array_equal(made.coord, again.coord)
    assert np.array_equal(made.zcorn, again.zcorn)
