from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline.execution.driver.frontier import Frontier, needed
from anticline.workflow.tasks.task import Product, Task


def task(name: str, *after: str) -> Task:
    inputs = {f"in{k}": Product(b, "out", Path(b) / "out") for k, b in enumerate(after)}
    return Task(name, name, "trial", Path(name), inputs, {"out": Path(name) / "out"})


DIAMOND = [task("a"), task("b", "a"), task("c", "a"), task("d", "b", "c")]


def names(tasks: list[Task]) -> list[str]:
    return [one.id for one in tasks]


def test_a_task_can_start_when_all_that_it_reads_is_done():
    frontier = Frontier()
    assert names(frontier.add(DIAMOND)) == ["a"]
    assert names(frontier.finish("a")) == ["b", "c"]
    assert names(frontier.finish("c")) == []
    assert names(frontier.finish("b")) == ["d"]
    assert frontier.left == 1
    frontier.finish("d")
    assert frontier.left == 0


def test_what_is_done_does_not_hold_up_what_reads_it():
    frontier = Frontier()
    assert names(frontier.add(DIAMOND, done={"a", "b"})) == ["c"]
    assert names(frontier.finish("c")) == ["d"]


def test_a_failure_holds_what_depends_on_it_and_nothing_else():
    frontier = Frontier()
    frontier.add([*DIAMOND, task("e", "c")])
    frontier.finish("a")
    assert frontier.fail("b") == ["d"]
    assert frontier.held == {"d": "b"}
    assert frontier.left == 2
    assert names(frontier.finish("c")) == ["e"]
    frontier.finish("e")
    assert frontier.left == 0


def test_what_comes_to_be_known_later_is_held_by_an_earlier_failure():
    frontier = Frontier()
    frontier.add(DIAMOND)
    frontier.finish("a")
    frontier.fail("b")
    assert frontier.add([task("late", "d"), task("free", "a")]) == [task("free", "a")]
    assert frontier.held["late"] == "b"


def test_a_removed_result_is_made_again_only_for_somebody_who_needs_it():
    assert needed(DIAMOND, {"a", "b", "c", "d"}) == set()
    assert needed(DIAMOND, {"a", "d"}) == set()
    assert needed(DIAMOND, {"a", "b"}) == {"c", "d"}
    assert needed(DIAMOND, {"b"}) == {"a", "c", "d"}


def test_a_task_that_must_run_again_is_taken_in_again():
    frontier = Frontier()
    frontier.add(DIAMOND, done={"a", "b", "c", "d"})
    late = task("late", "b")
    assert names(frontier.add([DIAMOND[1], late])) == ["b"]
    assert names(frontier.finish("b")) == ["late"]


@st.composite
def graphs(draw):
    count = draw(st.integers(1, 25))
    return [
        task(str(k), *{str(draw(st.integers(0, k - 1))) for _ in range(2) if k})
        for k in range(count)
    ]


@given(graphs(), st.randoms(use_true_random=False), st.sets(st.integers(0, 24)))
def test_every_task_runs_once_after_what_it_reads_or_is_held_by_a_failure(
    tasks, chance, poisoned
):
    frontier, seen = Frontier(), []
    ready = frontier.add(tasks)
    while ready:
        one = ready.pop(chance.randrange(len(ready)))
        seen.append(one.id)
        assert all(before in frontier.done for before in one.after)
        if int(one.id) in poisoned:
            frontier.fail(one.id)
        else:
            ready += frontier.finish(one.id)
    assert len(seen) == len(set(seen))
    assert frontier.left == 0
    assert {*seen, *frontier.held} == {one.id for one in tasks}


@pytest.mark.parametrize("count", [5_000])
def test_a_chain_and_a_fan_of_many_tasks_cost_their_edges(count):
    fan = [task("a"), *(task(f"f{k}", "a") for k in range(count))]
    chain = [task("c0", "a"), *(task(f"c{k}", f"c{k - 1}") for k in range(1, count))]
    frontier = Frontier()
    frontier.add([*fan, *chain])
    assert len(frontier.finish("a")) == count + 1
    for k in range(count - 1):
        assert names(frontier.finish(f"c{k}")) == [f"c{k + 1}"]
    assert needed([*fan, *chain], set()) == {one.id for one in [*fan, *chain]}
