from __future__ import annotations

import weakref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anticline_solvers.domain.placed import Placed
from anticline_solvers.seismic.imaging import stack
from anticline_solvers.seismic.imaging.stack import Partial

SHAPE = (9, 5)


def shot_image(shot: int) -> Partial:
    rng = np.random.default_rng(shot)
    first = int(rng.integers(0, 6))
    width = int(rng.integers(1, SHAPE[0] - first + 1))
    scale = 10.0 ** rng.integers(-6, 6)
    values = (scale * rng.standard_normal((width, SHAPE[1]))).astype(np.float32)
    gathers = values[:, :2] if shot % 3 else values[:0, :2]
    return Partial(
        {
            "image": Placed((first, 0), values),
            "illumination": Placed((first, 0), values**2),
            "gathers": Placed((2 * first, 1), gathers),
        }
    )


def same_bits(one: Partial, other: Partial) -> bool:
    return one.fields.keys() == other.fields.keys() and all(
        field.first == other.fields[name].first
        and field.values.tobytes() == other.fields[name].values.tobytes()
        for name, field in one.fields.items()
    )


shot_lists = st.lists(st.integers(0, 10_000), min_size=1, max_size=40, unique=True)


@given(shots=shot_lists, data=st.data())
def test_the_stack_does_not_depend_on_the_order_of_completion(shots, data):
    completed = data.draw(st.permutations(shots))
    assert same_bits(stack.total(completed, shot_image), stack.total(shots, shot_image))


@given(shots=shot_lists, data=st.data())
@settings(deadline=None)
def test_the_stack_does_not_depend_on_which_branches_are_kept(shots, data):
    branches = [branch for level in stack.blocks(shots) for branch in level]
    kept = data.draw(st.sets(st.sampled_from(branches))) if branches else set()
    nodes = {branch: stack.total(branch, shot_image) for branch in kept}
    assert same_bits(
        stack.total(shots, shot_image, nodes.get), stack.total(shots, shot_image)
    )


@given(shots=shot_lists)
def test_kept_branches_are_of_the_tree_and_of_at_most_eight_below(shots):
    tree: set[stack.Branch] = set()
    stack.total(shots, shot_image, lambda branch: tree.add(branch))
    below = {(shot,) for shot in shots}
    for level in stack.blocks(shots):
        assert tree.issuperset(level)
        for branch in level:
            inside = {part for part in below if set(part) <= set(branch)}
            assert {s for part in inside for s in part} == set(branch)
            assert len(inside) <= 8
            below = below - inside | {branch}


@given(shots=shot_lists, new=st.integers(0, 10_000))
def test_a_shot_that_comes_changes_the_sums_above_it_alone(shots, new):
    before: set[stack.Branch] = set()
    after: set[stack.Branch] = set()
    old = [shot for shot in shots if shot != new] or [new + 1]
    stack.total(old, shot_image, lambda branch: before.add(branch))
    stack.total([*old, new], shot_image, lambda branch: after.add(branch))
    assert all(new in branch for branch in after - before)


def test_shots_with_negative_numbers_are_summed_too():
    shots = (-9, -1, 0, 3, 70)
    assert stack.halves(shots) == ((-9, -1), (0, 3, 70))
    kept = {b: stack.total(b, shot_number) for lev in stack.blocks(shots) for b in lev}
    one = stack.total(shots, shot_number, kept.get)
    assert one.fields["n"].values.tolist() == [sum(shots)]


def shot_number(shot: int) -> Partial:
    return Partial({"n": Placed((0,), np.array([shot], np.float32))})


@given(shots=shot_lists)
def test_the_stack_is_the_sum(shots):
    expected = np.zeros(SHAPE)
    parts = [shot_image(shot).fields["image"] for shot in shots]
    for part in parts:
        expected[part.box] += part.values
    total = stack.total(shots, shot_image).fields["image"]
    largest = max(float(np.abs(part.values).max()) for part in parts)
    np.testing.assert_allclose(total.values, expected[total.box], atol=1e-5 * largest)


def test_a_shot_that_adds_nothing_does_not_widen_the_window():
    here = Partial({"gathers": Placed((5, 0), np.ones((2, 3), np.float32))})
    nowhere = Partial({"gathers": Placed((0, 0), np.ones((0, 3), np.float32))})
    for pair in ((here, nowhere), (nowhere, here)):
        assert stack.add(*pair).fields["gathers"].first == (5, 0)


def test_a_sum_in_order_of_completion_does_depend_on_it():
    shots = range(40)
    plain, turned = np.float32(0), np.float32(0)
    for shot in shots:
        plain += shot_image(shot).fields["image"].values[0, 0]
    for shot in reversed(shots):
        turned += shot_image(shot).fields["image"].values[0, 0]
    assert plain != turned


def test_memory_holds_one_partial_sum_a_level(monkeypatch):
    alive: weakref.WeakSet[Partial] = weakref.WeakSet()
    most, add = 0, stack.add

    def watched(made: Partial) -> Partial:
        nonlocal most
        alive.add(made)
        most = max(most, len(alive))
        return made

    monkeypatch.setattr(stack, "add", lambda one, two: watched(add(one, two)))
    stack.total(range(64), lambda shot: watched(shot_image(shot)))
    levels = 7
    assert most <= levels + 1


def test_no_shot_and_a_shot_twice_are_refused():
    for shots in ([], [1, 1]):
        with pytest.raises(ValueError, match="each once"):
            stack.total(shots, shot_image)
