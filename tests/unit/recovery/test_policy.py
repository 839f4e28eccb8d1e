from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline.recovery.policy import (
    Action,
    Ending,
    History,
    Limits,
    Room,
    Verdict,
    judge,
)

NEW = History(ranks=2, memory_gib=4.0)
ROOM = Room(memory_gib=16.0, ranks=8)
KINDS = (
    "done", "bad_input", "failed", "diverged", "out_of_memory", "interrupted",
    "killed", "no_time", "lost", "walltime",
)  # fmt: skip


def after(kind: str, history: History = NEW, *, gained: bool = False) -> Verdict:
    return judge(Ending(kind, "x86", gained, "the reason"), history, ROOM)


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        ("done", Action.DONE),
        ("bad_input", Action.GIVE_UP),
        ("diverged", Action.GIVE_UP),
        ("interrupted", Action.POSTPONE),
        ("walltime", Action.POSTPONE),
        ("no_time", Action.POSTPONE),
        ("lost", Action.POSTPONE),
        ("failed", Action.RETRY),
        ("killed", Action.RETRY),
        ("out_of_memory", Action.RETRY),
    ],
)
def test_each_end_has_its_remedy(kind, action):
    verdict = after(kind)
    assert verdict.action is action
    assert verdict.history.attempts == (kind != "no_time")  # it was not begun
    assert verdict.history.failures == (kind in ("failed", "killed"))


@pytest.mark.parametrize("kind", ["diverged", "bad_input"])
def test_what_would_happen_again_is_given_up_with_its_reason(kind):
    assert after(kind).remedy == "the reason"


def test_real_failures_are_retried_twice():
    history, actions = NEW, []
    for _ in range(3):
        verdict = after("failed", history)
        history = verdict.history
        actions.append(verdict.action)
    assert actions == [Action.RETRY, Action.RETRY, Action.GIVE_UP]
    assert verdict.remedy == "failed 3 times, the last time: the reason"


@pytest.mark.parametrize("kind", ["interrupted", "walltime", "lost"])
def test_an_interruption_that_gained_something_is_always_forgiven(kind):
    history = NEW
    for _ in range(100):
        verdict = after(kind, history, gained=True)
        assert verdict.action is Action.POSTPONE
        history = verdict.history
    assert after("failed", history).action is Action.RETRY


@pytest.mark.parametrize("kind", ["interrupted", "lost", "walltime"])
def test_going_on_without_gaining_anything_ends(kind):
    history, count = NEW, 0
    while (verdict := after(kind, history)).action is Action.POSTPONE:
        history, count = verdict.history, count + 1
    assert count == Limits().idle - 1
    assert verdict.remedy.endswith("the reason")


def test_many_blocks_may_turn_a_task_away_before_one_begins_it():
    history, waited_s = NEW, 0.0
    for _ in range(Limits().turned_away - 1):
        verdict = after("no_time", history)
        assert verdict.action is Action.POSTPONE
        history, waited_s = verdict.history, waited_s + verdict.pause_s
    assert after("no_time", history).action is Action.GIVE_UP
    assert waited_s > 600.0
    assert after("interrupted", history).history.turned_away == 0


def test_what_was_lost_goes_elsewhere_once():
    lost = after("lost").history
    assert lost.avoid == ("x86",)
    assert after("interrupted", lost).history.avoid == ()


def test_memory_doubles_up_to_the_node_and_then_ranks_up_to_the_most():
    history, asked = NEW, []
    while (verdict := after("out_of_memory", history)).action is Action.RETRY:
        history = verdict.history
        asked.append((history.ranks, history.memory_gib))
    assert asked == [(2, 8.0), (2, 16.0), (4, 16.0), (8, 16.0)]
    assert "16 GiB" in verdict.remedy


def test_pauses_grow_and_stay_below_a_minute():
    history, pauses = NEW, []
    for _ in range(4):
        verdict = after("lost", history)
        history = verdict.history
        pauses.append(verdict.pause_s)
    assert pauses == [0.0, 1.0, 3.0, 7.0]
    late = judge(Ending("lost", "x86"), History(1, 1.0, idle=90), ROOM, Limits(2, 99))
    assert late.pause_s == 60.0


@given(
    kinds=st.lists(st.sampled_from(KINDS[1:]), min_size=130, max_size=130),
    memory=st.floats(0.5, 64.0),
    ranks=st.integers(1, 16),
)
def test_no_series_of_ends_without_progress_goes_on_for_ever(kinds, memory, ranks):
    history = History(ranks=ranks, memory_gib=memory)
    for kind in kinds:
        verdict = after(kind, history)
        if verdict.action is Action.GIVE_UP:
            return
        history = verdict.history
    pytest.fail("so many ends without progress, and still no end")


@given(st.sampled_from(KINDS), st.booleans(), st.integers(0, 9), st.integers(0, 9))
def test_no_remedy_asks_for_more_than_there_is_room(kind, gained, failures, idle):
    history = History(2, 4.0, attempts=1, failures=failures, idle=idle)
    verdict = after(kind, history, gained=gained)
    assert verdict.history.ranks <= ROOM.ranks
    assert verdict.history.memory_gib <= ROOM.memory_gib
