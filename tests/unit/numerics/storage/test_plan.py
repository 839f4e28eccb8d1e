"""The forward wavefield in reverse order: the same snapshots, least repetition."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from checkpoint_schedules import optimal_steps_binomial
from hypothesis import given, settings
from hypothesis import strategies as st

from anticline_solvers.numerics.storage import (
    StoragePlan,
    plan_storage,
    reverse_sweep,
    segments_advanced,
)


class Leapfrog:
    """A wave on a ring of cells; a snapshot before every third time step."""

    def __init__(self, n_cells=50):
        self.n_cells = n_cells
        self.advanced = 0

    def start(self):
        now = np.exp(-((np.arange(self.n_cells) - 20.0) ** 2) / 9)
        return {"now": now, "before": now.copy()}

    def advance(self, state, first, last, keep):
        for k in range(first, last):
            if keep is not None:
                keep(k, state["now"])
            for _ in range(3):
                now, before = state["now"], state["before"]
                lap = np.roll(now, 1) - 2 * now + np.roll(now, -1)
                state["now"], state["before"] = 2 * now - before + 0.3 * lap, now
            self.advanced += 1

    def save(self, state):
        return {name: array.copy() for name, array in state.items()}

    def load(self, state, saved):
        for name, array in saved.items():
            state[name] = array.copy()


def snapshots_of(plan, run=None):
    used = []
    reverse_sweep(
        plan,
        run or Leapfrog(),
        lambda k, snapshot: used.append((k, snapshot.copy())),
    )
    return used


def plans(draw):
    n_imaging = draw(st.integers(1, 60))
    segment = draw(st.integers(1, n_imaging))
    return StoragePlan(n_imaging, segment, draw(st.integers(1, 8)))


@settings(deadline=None)  # the library compiles its schedule on first use
@given(plan=st.composite(plans)())
def test_every_plan_gives_the_snapshots_of_all_in_memory_last_first(plan):
    expected = snapshots_of(StoragePlan(plan.n_imaging, plan.n_imaging, 0))
    found = snapshots_of(plan)
    assert [k for k, _ in found] == list(range(plan.n_imaging))[::-1]
    for (_, a), (_, b) in zip(found, expected, strict=True):
        np.testing.assert_array_equal(a, b)


@settings(deadline=None)  # the library compiles its schedule on first use
@given(plan=st.composite(plans)())
def test_a_plan_tells_how_many_steps_the_run_advances(plan):
    run = Leapfrog()
    snapshots_of(plan, run)
    assert run.advanced == plan.steps_advanced


@given(n=st.integers(2, 80), c=st.integers(1, 12))
def test_the_number_of_segments_advanced_is_the_binomial_optimum(n, c):
    assert segments_advanced(n, c) == optimal_steps_binomial(n, min(c, n - 1))


@given(
    n=st.integers(1, 300),
    snapshot=st.integers(1, 1000),
    state=st.integers(1, 5000),
    budget=st.integers(1, 200_000),
)
def test_a_plan_never_holds_more_than_its_budget(n, snapshot, state, budget):
    if budget < min(n * snapshot, snapshot + state):
        with pytest.raises(ValueError, match="raise the memory budget"):
            plan_storage(n, snapshot, state, budget)
    else:
        plan = plan_storage(n, snapshot, state, budget)
        assert plan.bytes_held(snapshot, state) <= budget
        assert plan.in_memory == (n * snapshot <= budget)


@given(
    n=st.integers(2, 60),
    snapshot=st.integers(1, 20),
    state=st.integers(1, 100),
    budget=st.integers(120, 600),
)
def test_no_other_affordable_plan_runs_less_again(n, snapshot, state, budget):
    chosen = plan_storage(n, snapshot, state, budget)
    for segment in range(1, n + 1):
        for checkpoints in range(1, 12):
            other = StoragePlan(n, segment, checkpoints)
            if other.bytes_held(snapshot, state) <= budget:
                assert chosen.steps_advanced <= other.steps_advanced


def test_a_larger_budget_never_runs_more_again():
    advanced = [
        plan_storage(500, 100, 450, budget).steps_advanced
        for budget in range(1000, 60_000, 500)
    ]
    assert advanced == sorted(advanced, reverse=True)
    assert advanced[-1] == 500


def test_a_tenth_of_the_memory_adds_less_than_one_and_a_half_runs():
    plan = plan_storage(1000, 1, 4, 100)
    assert plan.steps_advanced < 2.5 * 1000


def test_memory_in_use_stays_within_the_budget():
    run = Leapfrog(n_cells=20_000)
    snapshot, state = 8 * run.n_cells, 16 * run.n_cells
    budget = 12 * snapshot
    plan = plan_storage(100, snapshot, state, budget)
    assert not plan.in_memory
    seen = []
    reverse_sweep(StoragePlan(3, 1, 2), run, lambda k, s: seen.append(k))
    tracemalloc.start()
    run.advance(run.start(), 0, 3, None)
    running = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    reverse_sweep(plan, run, lambda k, s: seen.append(k))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(seen) == 103
    # The running state is held twice while a saved one is copied into it.
    assert peak < budget + running + state + 100_000


@pytest.mark.parametrize("numbers", [(5, 0, 1), (5, 6, 1), (5, 2, 0), (0, 1, 1)])
def test_numbers_that_make_no_schedule_are_refused(numbers):
    with pytest.raises(ValueError, match="makes no schedule"):
        StoragePlan(*numbers)
