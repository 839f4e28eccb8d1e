"""Boxes tile the grid, and what one rank sends is what another receives."""

from __future__ import annotations

from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from anticline_solvers.domain.decomposition import (
    Decomposition,
    choose_process_grid,
    divide,
    grow,
    intersect,
    is_empty,
    shift,
    transfers,
)

SHAPES = st.one_of(
    st.tuples(st.integers(1, 30), st.integers(1, 4)),
    st.tuples(st.integers(1, 12), st.integers(1, 12), st.integers(1, 3)),
)


@st.composite
def decompositions(draw):
    shape = draw(SHAPES)
    process_grid = tuple(draw(st.integers(1, min(n, 5))) for n in shape[:-1])
    return Decomposition(shape, process_grid)


@st.composite
def boxes(draw, shape):
    """A box that lies in the grid; z is whole."""
    ends = [
        sorted(draw(st.tuples(st.integers(0, n), st.integers(0, n))))
        for n in shape[:-1]
    ]
    return (*(slice(a, b) for a, b in ends), slice(0, shape[-1]))


def marks(shape, parts):
    """How many of the boxes hold each cell."""
    count = np.zeros(shape, int)
    for box in parts:
        count[box] += 1
    return count


def cells(box):
    return prod(max(0, side.stop - side.start) for side in box)


@given(decompositions())
def test_the_ranks_boxes_tile_the_grid(split):
    parts = [split.owned(rank) for rank in range(split.size)]
    assert (marks(split.shape, parts) == 1).all()
    assert not any(map(is_empty, parts))


@given(decompositions())
def test_parts_differ_by_one_cell_along_an_axis_at_most(split):
    for axis in range(len(split.process_grid)):
        sides = [split.owned(rank)[axis] for rank in range(split.size)]
        lengths = {side.stop - side.start for side in sides}
        assert max(lengths) - min(lengths) <= 1


@given(decompositions(), st.data())
def test_what_a_rank_sends_its_peer_receives(split, data):
    depth = tuple(data.draw(st.integers(0, 9)) for _ in split.process_grid)
    region = data.draw(boxes(split.shape))
    moves = {
        (rank, transfer.peer): transfer
        for rank in range(split.size)
        for transfer in transfers(split, rank, depth, region)
    }
    for (rank, peer), transfer in moves.items():
        assert rank != peer
        back = moves[peer, rank]
        assert cells(transfer.send) == cells(back.receive)
        if not is_empty(transfer.send):
            assert transfer.send == back.receive


@given(decompositions(), st.data())
def test_what_a_rank_receives_is_its_halo_within_the_region(split, data):
    """Each cell once, and none of its own."""
    depth = tuple(data.draw(st.integers(0, 9)) for _ in split.process_grid)
    region = data.draw(boxes(split.shape))
    whole = tuple(slice(0, n) for n in split.shape)
    for rank in range(split.size):
        received = [t.receive for t in transfers(split, rank, depth, region)]
        wanted = np.zeros(split.shape, int)
        around = intersect(grow(split.owned(rank), depth), whole)
        wanted[intersect(around, region)] = 1
        wanted[split.owned(rank)] = 0
        found = marks(split.shape, [box for box in received if not is_empty(box)])
        assert (found == wanted).all()


@given(SHAPES, st.data())
def test_rims_and_rest_tile_the_box(shape, data):
    box = data.draw(boxes(shape))
    assume(not is_empty(box))
    low, high = (
        tuple(data.draw(st.integers(0, 9)) for _ in shape[:-1]) for _ in range(2)
    )
    rims, rest = divide(box, low, high)
    parts = [*rims, rest] if not is_empty(rest) else rims
    assert (marks(shape, parts) == marks(shape, [box])).all()
    for axis, (below, above) in enumerate(zip(low, high, strict=True)):
        if not is_empty(rest):
            assert rest[axis].start == box[axis].start + below
            assert rest[axis].stop == box[axis].stop - above


@given(SHAPES, st.integers(1, 12))
def test_the_chosen_process_grid_has_the_least_halo(shape, ranks):
    split = shape[:-1]
    fitting = [
        grid
        for grid in product(range(1, ranks + 1), repeat=len(split))
        if prod(grid) == ranks and all(p <= n for p, n in zip(grid, split, strict=True))
    ]
    assume(fitting)

    def cut(grid):
        """Faces that cuts open between cells, counted one by one."""
        cuts = Decomposition(shape, grid)
        faces = 0
        for axis in range(len(split)):
            starts = {cuts.owned(rank)[axis].start for rank in range(ranks)}
            faces += (len(starts) - 1) * prod(shape[:axis] + shape[axis + 1 :])
        return faces

    chosen = choose_process_grid(shape, ranks)
    assert chosen in fitting
    assert cut(chosen) == min(map(cut, fitting))


def test_more_ranks_than_cells_are_refused():
    with pytest.raises(ValueError, match="at most 5"):
        choose_process_grid((5, 100), 6)
    with pytest.raises(ValueError, match="7 ranks along an axis of 5 cells"):
        Decomposition((9, 5, 4), (1, 7))


@given(SHAPES, st.data())
def test_intersection_and_shift_agree_with_cells_counted_one_by_one(shape, data):
    first, second = data.draw(boxes(shape)), data.draw(boxes(shape))
    both = intersect(first, second)
    expected = marks(shape, [first]) * marks(shape, [second])
    assert cells(both) == expected.sum()
    assert (marks(shape, [both]) == expected).all()
    origin = tuple(data.draw(st.integers(-3, 3)) for _ in shape)
    back = shift(shift(both, origin), tuple(-o for o in origin))
    assert back == both
