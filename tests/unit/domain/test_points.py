"""Sources and receivers lie on the cells that exist, and on no others."""

from __future__ import annotations

import numpy as np
import pytest

from accuracy import waves
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.seismic.timeloop import propagate

H = waves.SPACING_M


def walled(shape, **options):
    return waves.propagator(
        2000.0,
        shape=shape,
        boundary=Boundary(width=0),
        backend="reference",
        **options,
    )


def cells_of(model, footprint):
    """Global cell numbers of a footprint, (n, ndim)."""
    where = np.stack(np.unravel_index(footprint.cells, model.layout.shape), axis=1)
    return np.add(where, [*model.layout.origin[:-1], -model.layout.lead])


@pytest.mark.parametrize("shape", [(20, 22), (12, 14, 16)])
def test_no_weight_lies_beyond_the_grid(shape):
    model = walled(shape)
    corner = [0.4 * H] * len(shape)
    opposite = np.multiply(np.subtract(shape, 1.4), H)
    points = model.points([corner, opposite])
    for footprint in (points.spread, points.read):
        cells = cells_of(model, footprint)
        assert (cells >= 0).all()
        assert (cells < shape).all()


def test_points_beside_the_edge_keep_the_transpose_exact():
    model = walled((20, 22))
    sources = model.points([(0.4 * H, 3.3 * H), (18.7 * H, 20.6 * H)])
    receivers = model.points([(0.6 * H, 18.2 * H), (9.5 * H, 0.5 * H)])
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(2, 2, 60))
    forward = propagate(model, sources, x, receivers)
    back = propagate(model, receivers, y, sources, transpose=True)
    size = np.linalg.norm(forward) * np.linalg.norm(y)
    assert abs(np.vdot(forward, y) - np.vdot(x, back)) <= 1e-12 * size


def test_a_point_on_a_cell_reads_that_cell():
    model = walled((20, 22))
    state = model.start()
    model.view(state)[:] = np.arange(440.0).reshape(20, 22)
    read = np.zeros(2)
    model.sample(state, model.points([(7 * H, 5 * H), (19 * H, 21 * H)]), read)
    assert read.tolist() == [7 * 22 + 5, 439]


def test_a_source_s_density_is_one_over_the_cell_s_volume():
    model = walled((20, 22), spacing_m=(10.0, 5.0))
    place = [(101.3, 52.2)]
    plain, density = model.points(place), model.points(place, density=True)
    np.testing.assert_allclose(density.spread.weights * 50.0, plain.spread.weights)
    assert plain.spread.weights.sum() == pytest.approx(1.0, abs=2e-3)


def test_a_point_at_a_free_surface_neither_radiates_nor_records():
    model = waves.propagator(
        2000.0,
        shape=(20, 22),
        boundary=Boundary(width=6, free_surface=True),
        backend="reference",
    )
    points = model.points([(83.0, 0.0)])
    assert points.spread.cells.size == 0
    assert points.owned.tolist() == [0]


def test_every_cell_stands_once_in_a_spread_with_its_points_in_order():
    model = walled((20, 22))
    points = model.points([(83.0, 71.0), (97.0, 74.0), (83.0, 71.0)])
    spread, whole = points.spread, points.read
    assert (np.diff(spread.cells) > 0).all()
    dense = np.zeros((3, spread.cells.max() + 1))
    for k, cell in enumerate(spread.cells):
        part = slice(spread.starts[k], spread.starts[k + 1])
        assert (np.diff(spread.points[part]) > 0).all()
        dense[spread.points[part], cell] = spread.weights[part]
    for i in range(3):
        part = slice(whole.starts[i], whole.starts[i + 1])
        assert (dense[i, whole.cells[part]] == whole.weights[part]).all()
    assert np.count_nonzero(dense) == whole.weights.size == spread.weights.size
