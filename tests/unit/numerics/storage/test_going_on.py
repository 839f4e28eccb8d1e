"""Sweeps hand out the same snapshots, whatever they keep, and tell where they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anticline_solvers.numerics.storage import (
    BACKWARD,
    FORWARD,
    Elastic,
    EncodedSnapshots,
    Segments,
    Snapshots,
    StoragePlan,
)

EVERY = 3


class Ring:
    """A wave on a torus of cells; three time steps an imaging step."""

    def __init__(self):
        self.advanced = 0

    def start(self):
        x = np.arange(64)
        bump = np.exp(-((x - 20.0) ** 2) / 18)
        now = (bump[:, None] * bump[None, :40]).astype(np.float32)
        return {"now": now, "before": now.copy()}

    def advance(self, state, first, last, keep):
        for k in range(first, last):
            if keep is not None:
                keep(k, state["now"])
            for _ in range(EVERY):
                now, before = state["now"], state["before"]
                lap = -4 * now
                for axis in (0, 1):
                    lap += np.roll(now, 1, axis) + np.roll(now, -1, axis)
                state["now"], state["before"] = 2 * now - before + 0.3 * lap, now
            self.advanced += 1

    def save(self, state):
        return {name: array.copy() for name, array in state.items()}

    def load(self, state, saved):
        for name, array in saved.items():
            state[name] = array.copy()


SNAPSHOT = 64 * 40 * 4
STATE = 2 * SNAPSHOT


def used_by(sweep):
    used = []
    sweep.run(lambda k, snapshot: used.append((k, snapshot.copy())))
    return used


def all_in_memory(n):
    plan = StoragePlan(n, n, 0)
    return used_by(Segments(plan, Ring(), Snapshots(n)))


def elastic(n, run, store, budget, most_states=3):
    return Elastic(n, run, store, budget, most_states, lambda mine: mine)


def assert_equal(found, expected):
    assert [k for k, _ in found] == [k for k, _ in expected]
    for (_, a), (_, b) in zip(found, expected, strict=True):
        np.testing.assert_array_equal(a, b)


PLANS = [StoragePlan(7, 7, 0), StoragePlan(11, 2, 2), StoragePlan(9, 4, 1)]


@settings(deadline=None)  # the library compiles its schedule on first use
@given(plan=st.sampled_from(PLANS), remaining=st.integers(1, 7))
def test_a_shorter_sweep_from_rest_hands_out_what_remains(plan, remaining):
    shorter = plan.shortened(remaining)
    assert shorter.bytes_held(1, 4) <= plan.bytes_held(1, 4)
    found = used_by(Segments(shorter, Ring(), Snapshots(shorter.segment)))
    assert_equal(found, all_in_memory(plan.n_imaging)[-remaining:])


def test_a_sweep_tells_its_half_and_what_it_holds():
    for sweep in (
        Segments(StoragePlan(5, 5, 0), Ring(), Snapshots(5)),
        elastic(5, Ring(), EncodedSnapshots(1e-4), 10**9),
    ):
        seen = []
        assert (sweep.half, sweep.remaining, sweep.held()) == (FORWARD, 5, [])
        sweep.run(lambda k, s, it=sweep, to=seen: to.append((it.half, it.remaining, k)))
        assert seen == [(BACKWARD, k + 1, k) for k in (4, 3, 2, 1, 0)]
        assert (sweep.remaining, sweep.held(), sweep.held_bytes) == (0, [], 0)


@settings(deadline=None, max_examples=40)
@given(
    n=st.integers(1, 30), snapshots=st.integers(1, 31), most_states=st.integers(1, 4)
)
def test_an_elastic_sweep_hands_out_the_same_snapshots_in_any_budget(
    n, snapshots, most_states
):
    budget = snapshots * SNAPSHOT + most_states * STATE
    run = Ring()
    sweep = elastic(n, run, Snapshots(n), budget, most_states)
    assert_equal(used_by(sweep), all_in_memory(n))
    assert run.advanced == sweep.steps_advanced
    if n <= snapshots:
        assert run.advanced == n


@given(snapshots=st.integers(2, 12))
@settings(deadline=None, max_examples=12)
def test_an_elastic_sweep_with_states_enough_advances_no_step_more_than_twice(
    snapshots,
):
    n, run = 30, Ring()
    sweep = elastic(n, run, Snapshots(n), snapshots * SNAPSHOT + 30 * STATE, 30)
    used_by(sweep)
    assert run.advanced < 2 * n


def test_an_elastic_sweep_keeps_one_snapshot_more_than_its_budget_at_most():
    budget, seen = 8 * SNAPSHOT + STATE, []
    run = Ring()
    sweep = elastic(40, run, Snapshots(40), budget, 1)
    plain = run.advance

    def advance(state, first, last, keep):
        plain(state, first, last, keep)
        seen.append(sweep.held_bytes)

    run.advance = advance
    used_by(sweep)
    assert budget - SNAPSHOT <= max(seen) <= budget + SNAPSHOT


@pytest.mark.parametrize("budget", [10**9, 4000])
def test_what_an_encoded_snapshot_holds_does_not_depend_on_the_segments(budget):
    expected = used_by(elastic(20, Ring(), EncodedSnapshots(1e-4), 10**9))
    found = used_by(elastic(20, Ring(), EncodedSnapshots(1e-4), budget + STATE, 1))
    assert_equal(found, expected)
