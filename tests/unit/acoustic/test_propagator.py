"""A model in a propagator: its layers, views, refusals and state."""

from __future__ import annotations

import numpy as np
import pytest

from accuracy import waves
from anticline_solvers.acoustic.propagator import AcousticPropagator
from anticline_solvers.domain.grid import Grid
from anticline_solvers.numerics.absorbing import Boundary

GRID = Grid((18, 16), (10.0, 10.0), (0.0, 0.0))


def propagator(velocity=2000.0, **options):
    options.setdefault("backend", "reference")
    options.setdefault("boundary", Boundary(width=6))
    return waves.propagator(np.broadcast_to(velocity, GRID.shape), **options)


def test_layers_carry_the_velocity_of_the_nearest_cell():
    velocity = waves.rough(GRID.shape)
    model = propagator(velocity)
    whole = model.layout.view(model.velocity, model.layout.box)
    assert (whole == np.pad(velocity, 6, mode="edge")).all()
    assert (model.placement.view(model.velocity) == velocity).all()


def test_a_reader_is_asked_for_a_box_and_gives_the_same_model():
    velocity = waves.rough(GRID.shape)
    asked = []

    def read(box):
        asked.append(box)
        return velocity[box]

    limit = propagator(velocity).dt_s
    model = AcousticPropagator(
        GRID, read, limit, dtype=np.float64, backend="reference",
        boundary=Boundary(width=6),
    )  # fmt: skip
    assert (model.velocity == propagator(velocity).velocity).all()
    assert asked == [(slice(0, 18), slice(0, 16))]


def test_a_free_surface_replaces_the_layer_at_the_top():
    model = propagator(boundary=Boundary(width=6, free_surface=True))
    assert propagator().placement.shape == (30, 28)
    assert model.placement.shape == (30, 22)
    state = model.start()
    source = model.points([(83.0, 41.0)])
    for _ in range(20):
        model.step(state, source, np.ones(1))
    assert np.abs(model.view(state)).max() > 0
    assert not model.view(state)[:, 0].any()


def test_a_view_s_margin_shows_the_layer_around_the_grid():
    model = propagator()
    state = model.start()
    whole = model.layout.view(state.current, model.layout.box)
    whole[...] = np.arange(whole.size).reshape(whole.shape)
    assert (model.view(state) == whole[6:-6, 6:-6]).all()
    assert (model.view(state, margin=4) == whole[2:-2, 2:-2]).all()


def test_a_cleared_wavefield_is_at_rest():
    model = propagator()
    state = model.start()
    source = model.points([(83.0, 41.0)])
    for _ in range(15):
        model.step(state, source, np.ones(1))
    state.clear()
    for array in (*state.waves, *state.memories):
        assert not array.any()
    model.step(state)
    assert not state.current.any()


def test_memories_exist_in_the_layers_only():
    """Their size does not grow with the inside of the model."""
    small, large = (
        waves.propagator(2000.0, shape=(n, n), boundary=Boundary(width=6))
        for n in (64, 192)
    )
    sizes = [model.start().memories[0].size for model in (small, large)]
    assert sizes[1] < 4 * sizes[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"space_order": 7}, "space order 7 is not one of"),
        ({"space_order": 16, "velocity": np.full((18, 12), 2e3)}, "needs 16 cells"),
        ({"velocity": np.full((17, 16), 2e3)}, "does not fit the grid"),
        ({"backend": "abacus"}, "'abacus' is not one of"),
        ({"process_grid": (2,)}, "does not have 1 ranks"),
    ],
)
def test_what_cannot_be_computed_is_refused(change, words):
    settings = {"velocity": np.full(GRID.shape, 2e3), "backend": "reference", **change}
    velocity = settings.pop("velocity")
    grid = GRID if velocity.shape == (17, 16) else Grid(
        velocity.shape, GRID.spacing_m, GRID.origin_m
    )  # fmt: skip
    with pytest.raises(ValueError, match=words):
        AcousticPropagator(grid, velocity, 1e-3, **settings)


def test_memories_start_on_a_cache_line_and_others_are_refused():
    model = propagator(backend="cpu")
    state = model.start()
    assert all(memory.ctypes.data % 64 == 0 for memory in state.memories)
    state.memories = tuple(np.append(m, m[:1])[1:] for m in state.memories)
    with pytest.raises(ValueError, match="64 bytes"):
        model.step(state)


def test_a_slab_is_its_layer_and_the_cells_beside_it():
    low, high, *_ = propagator().slabs
    assert (low.layer, low.beside) == (
        (low.start, low.start + 6),
        (low.stop - 4, low.stop),
    )
    assert (high.beside, high.layer) == (
        (high.start, high.start + 4),
        (high.stop - 6, high.stop),
    )
