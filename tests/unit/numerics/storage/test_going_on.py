"""A sweep that was stopped at any time step goes on as if it had not been."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anticline_solvers.numerics.storage import (
    BACKWARD,
    FORWARD,
    Segments,
    Snapshots,
    StoragePlan,
)

EVERY = 3


class Stop(Exception):
    """Raised by the time step at which a run is to stop."""


class Ring:
    """A wave on a ring of cells; three time steps an imaging step."""

    def __init__(self, stop_after=None):
        self.calls = 0
        self.stop_after = stop_after

    def start(self):
        now = np.exp(-((np.arange(40) - 20.0) ** 2) / 9)
        return {"now": now, "before": now.copy(), "next": np.array(0)}

    def advance(self, state, first, last, keep):
        begin = max(first * EVERY, int(state["next"]))
        for n in range(begin, last * EVERY):
            now, before = state["now"], state["before"]
            lap = np.roll(now, 1) - 2 * now + np.roll(now, -1)
            state["now"], state["before"] = 2 * now - before + 0.3 * lap, now
            state["next"] = np.array(n + 1)
            if keep is not None and n % EVERY == 0:
                keep(n // EVERY, state["now"])
            self.called()

    def called(self):
        self.calls += 1
        if self.calls == self.stop_after:
            raise Stop

    def save(self, state):
        return {name: array.copy() for name, array in state.items()}

    def load(self, state, saved):
        for name, array in saved.items():
            state[name] = array.copy()


def sweep_of(plan, run):
    return Segments(plan, run, Snapshots(plan.segment))


def used_by(sweep, run, used):
    """Run the sweep; using a snapshot is a time step too."""

    def use(k, snapshot):
        run.called()
        used.append((k, snapshot.copy()))

    sweep.run(use)


def uninterrupted(plan):
    run, used = Ring(), []
    used_by(sweep_of(plan, run), run, used)
    return used, run.calls


def assert_equal(found, expected):
    assert [k for k, _ in found] == [k for k, _ in expected]
    for (_, a), (_, b) in zip(found, expected, strict=True):
        np.testing.assert_array_equal(a, b)


PLANS = [StoragePlan(7, 7, 0), StoragePlan(11, 2, 2), StoragePlan(9, 4, 1)]


@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_a_sweep_restored_at_any_time_step_hands_out_the_same_snapshots(plan):
    expected, calls = uninterrupted(plan)
    for stop_after in range(1, calls):
        run, used = Ring(stop_after), []
        sweep = sweep_of(plan, run)
        with pytest.raises(Stop):
            used_by(sweep, run, used)
        saved = {name: array.copy() for name, array in sweep.export().items()}
        again = Ring()
        other = sweep_of(plan, again)
        other.restore(saved)
        assert other.half == sweep.half
        assert other.remaining == sweep.remaining == plan.n_imaging - len(used)
        assert other.held() == sweep.held()
        used_by(other, again, used)
        assert_equal(used, expected)
        assert run.calls + again.calls <= calls + 1


@settings(deadline=None)  # the library compiles its schedule on first use
@given(plan=st.sampled_from(PLANS), remaining=st.integers(1, 7))
def test_a_shorter_sweep_from_rest_hands_out_what_remains(plan, remaining):
    expected, _ = uninterrupted(plan)
    run, used = Ring(), []
    shorter = plan.shortened(remaining)
    assert shorter.bytes_held(1, 4) <= plan.bytes_held(1, 4)
    used_by(sweep_of(shorter, run), run, used)
    assert_equal(used, expected[-remaining:])


def test_a_sweep_tells_its_half_and_what_it_holds():
    plan, seen = StoragePlan(5, 5, 0), []
    run = Ring()
    sweep = sweep_of(plan, run)
    assert (sweep.half, sweep.remaining, sweep.held()) == (FORWARD, 5, [])
    sweep.run(lambda k, s: seen.append((sweep.half, sweep.remaining, sweep.held())))
    assert seen == [(BACKWARD, k, list(range(k))) for k in (5, 4, 3, 2, 1)]
    assert sweep.remaining == 0
    assert sweep.held_bytes == 0
