from __future__ import annotations

import weakref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anticline_solvers.seismic import stack
from anticline_solvers.seismic.stack import Partial

SHAPE = (9, 5)


def shot_image(shot: int) -> Partial:
    rng = np.random.default_rng(shot)
    first = int(rng.integers(0, 6))
    width = int(rng.integers(1, SHAPE[0] - first + 1))
    scale = 10.0 ** rng.integers(-6, 6)
    values = (scale * rng.standard_normal((width, SHAPE[1]))).astype(np.float32)
    return Partial((first, 0), {"image": values, "illumination": values**2})


def same_bits(one: Partial, other: Partial) -> bool:
    return one.first == other.first and all(
        one.fields[name].tobytes() == other.fields[name].tobytes()
        for name in ("image", "illumination")
    )


shot_lists = st.lists(st.integers(0, 10_000), min_size=1, max_size=40, unique=True)


@given(shots=shot_lists, data=st.data())
def test_the_stack_does_not_depend_on_the_order_of_completion(shots, data):
    completed = data.draw(st.permutations(shots))
    assert same_bits(stack.total(completed, shot_image), stack.total(shots, shot_image))


@given(shots=shot_lists, groups=st.integers(1, 12), data=st.data())
@settings(deadline=None)
def test_the_stack_does_not_depend_on_who_sums_which_branch(shots, groups, data):
    branches = stack.branches(shots, groups)
    order = data.draw(st.permutations(branches))
    nodes = {branch: stack.total(branch, shot_image) for branch in order}
    assert same_bits(
        stack.total(shots, shot_image, nodes.get), stack.total(shots, shot_image)
    )


@given(shots=shot_lists, groups=st.integers(1, 12))
def test_branches_hold_every_shot_once_and_suffice_for_the_groups(shots, groups):
    branches = stack.branches(shots, groups)
    assert [s for branch in branches for s in branch] == sorted(shots)
    assert len(branches) >= min(groups, len(shots))


@given(shots=shot_lists)
def test_the_stack_is_the_sum(shots):
    expected = np.zeros(SHAPE)
    for shot in shots:
        part = shot_image(shot)
        expected[part.first[0] : part.last[0]] += part.fields["image"]
    total = stack.total(shots, shot_image)
    inside = expected[total.first[0] : total.last[0]]
    largest = max(float(np.abs(shot_image(s).fields["image"]).max()) for s in shots)
    np.testing.assert_allclose(total.fields["image"], inside, atol=1e-5 * largest)


def test_a_sum_in_order_of_completion_does_depend_on_it():
    shots = range(40)
    plain, turned = np.float32(0), np.float32(0)
    for shot in shots:
        plain += shot_image(shot).fields["image"][0, 0]
    for shot in reversed(shots):
        turned += shot_image(shot).fields["image"][0, 0]
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
