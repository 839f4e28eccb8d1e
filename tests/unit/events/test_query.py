"""Where a run stands: the fold of its events."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline.events import record
from anticline.events.log import Log, read_events
from anticline.events.progress import State
from anticline.events.query import RunState
from anticline.events.record import Event
from anticline.workflow.tasks.places import folder_of, step_of, task_of
from simulated_run import inversion, simulate, survey, tasks_of

FAILS = {"image[3]": ["diverged"], "shots[5]": ["lost"], "shots[7]": ["failed"]}


def plain(state: RunState) -> dict[str, Any]:
    """All that a state says, as values that compare."""
    return {
        "tasks": {name: asdict(task) for name, task in state.tasks.items()},
        "steps": {name: asdict(step) for name, step in state.steps.items()},
        "queues": {name: asdict(queue) for name, queue in state.queues.items()},
        "loops": {name: asdict(loop) for name, loop in state.loops.items()},
        "sessions": [asdict(session) for session in state.sessions],
        "finished": state.finished_at,
    }


def event(
    kind: str, task: str | None = None, /, at: float = 0.0, **facts: Any
) -> Event:
    return Event(f"2026-11-23T16:40:{at:09.6f}+00:00", kind, task, facts)


def test_a_run_that_went_well_has_every_task_done() -> None:
    state = RunState.of(simulate())
    assert state.outcome == "done"
    assert {task.state for task in state.tasks.values()} == {State.DONE}
    assert set(state.tasks) == {task.id for task in tasks_of(survey())}
    assert state.counts[State.DONE] == len(state.tasks)
    assert not any(queue.running or queue.queued for queue in state.queues.values())
    assert not any(queue.living for queue in state.queues.values())


def test_a_failed_task_holds_up_all_that_follows_it_and_nothing_else() -> None:
    state = RunState.of(simulate(fails=FAILS))
    assert [task.id for task in state.failed] == ["image[3]"]
    assert state.held_up() == {"stack[1.0]": "image[3]", "stack": "image[3]"}
    assert state.outcome == "failed"
    assert state.sessions[-1].remains == 3


def test_what_was_repeated_is_known_with_its_reason() -> None:
    state = RunState.of(simulate(fails=FAILS))
    repeated = {
        name: [attempt.kind for attempt in task.repeats]
        for name, task in state.tasks.items()
        if task.repeats
    }
    assert repeated == {"shots[5]": ["lost"], "shots[7]": ["failed"]}


@given(cut=st.integers(0, 200), seed=st.integers(0, 3))
def test_a_followed_log_gives_the_state_of_one_read_at_once(
    cut: int, seed: int
) -> None:
    events = simulate(survey(4), fails=FAILS, seed=seed)
    followed = RunState.of(events[:cut])
    for item in events[cut:]:
        followed.add(item)
    assert plain(followed) == plain(RunState.of(events))


@given(cut=st.integers(0, 150), seed=st.integers(0, 3))
def test_counts_are_those_of_the_tasks_at_every_moment(cut: int, seed: int) -> None:
    state = RunState.of(simulate(survey(4), fails=FAILS, seed=seed)[:cut])
    for step in state.steps.values():
        for where in State:
            tasks = [state.tasks[name] for name in step.tasks]
            assert step.counts[where] == sum(task.state is where for task in tasks)
    running = {name for queue in state.queues.values() for name in queue.running}
    assert running == {n for n, t in state.tasks.items() if t.state is State.RUNNING}


def test_the_log_gives_the_same_state_as_the_events(tmp_path: Path) -> None:
    events = simulate(fails=FAILS)
    with Log(tmp_path / "events.jsonl") as log:
        log.append(*events)
    read = read_events(tmp_path / "events.jsonl")
    assert plain(RunState.of(read)) == plain(RunState.of(events))


def test_a_new_driver_takes_back_what_the_killed_one_left_running() -> None:
    events = simulate(survey(4))
    begun = [k for k, e in enumerate(events) if e.event == record.STARTED][6]
    state = RunState.of(events[: begun + 1])
    left = {name for name, t in state.tasks.items() if t.state is State.RUNNING}
    assert left
    state.add(event("begun", at=59.0, workflow="survey", pid=2, host="head"))
    assert {state.tasks[name].state for name in left} == {State.WAITING}
    assert {state.tasks[name].attempts[-1].kind for name in left} == {"lost"}
    assert [session.outcome for session in state.sessions] == [None, None]
    assert state.sessions[0].ended is not None


def test_a_task_that_goes_to_another_queue_leaves_the_first() -> None:
    state = RunState.of(
        [
            event("submitted", "a", queue="gpu", attempt=1),
            event("submitted", "a", queue="x86", attempt=2),
            event("started", "a", queue="graviton", attempt=2),
        ]
    )
    assert not state.queues["gpu"].queued
    assert not state.queues["x86"].queued
    assert state.queues["graviton"].running == {"a"}


def test_a_task_that_was_kept_is_done_with_its_figures() -> None:
    state = RunState.of(
        [
            event("planned", "a", step="a", component="c", after=[]),
            event("kept", "a", seconds=3.0, cpu_seconds=2.0, queue="x86"),
        ]
    )
    assert state.tasks["a"].state is State.DONE
    assert state.tasks["a"].kept
    assert state.tasks["a"].attempts[0].cpu_seconds == 2.0


def test_a_cleaned_task_is_done_until_it_is_wanted_again() -> None:
    state = RunState.of([event("ended", "a", code=0), event("cleaned", "a", bytes=7)])
    assert state.tasks["a"].state is State.DONE
    assert state.tasks["a"].cleaned
    state.add(event("submitted", "a", queue="x86"))
    state.add(event("ended", "a", code=0))
    assert not state.tasks["a"].cleaned


def test_loops_are_counted_from_their_events() -> None:
    state = RunState.of(
        [
            event("planned", "invert(1)/update", step="invert/update"),
            event("looped", loop="invert", iteration=1, enough=False),
            event("planned", "invert(2)/update", step="invert/update"),
        ]
    )
    assert state.open_loops == ["invert"]
    state.add(event("looped", loop="invert", iteration=2, enough=True))
    assert state.open_loops == []
    assert state.loops["invert"].iterations == 2


def test_tasks_of_a_former_plan_are_gone_once_the_new_one_is_done() -> None:
    def turns(number: int) -> list[Event]:
        ids = [f"invert({turn})/update" for turn in range(1, number + 1)]
        return [
            event("begun", workflow="w"),
            *(event("planned", name, step="invert/update") for name in ids),
            *(event("ended", name, code=0) for name in ids),
            event("looped", loop="invert", iteration=number, enough=True),
        ]

    before, after = [*turns(3), event("finished", outcome="done")], turns(2)
    state = RunState.of([*before, *after])
    assert state.counts[State.DONE] == len(state.tasks) == 3
    state.add(event("finished", outcome="done"))
    assert state.counts[State.DONE] == len(state.tasks) == 2
    assert state.steps["invert/update"].tasks == list(state.tasks)
    assert state.loops["invert"].iterations == 2


def test_events_that_are_not_known_are_passed_over() -> None:
    state = RunState.of([event("sang", "a", key="C"), event("sang")])
    assert state.tasks["a"].state is State.WAITING


@pytest.mark.parametrize("workflow", [survey(20), inversion()])
def test_ids_folders_and_steps_are_those_of_the_workflow(workflow: Any) -> None:
    loops = {"invert": 3} if workflow.name == "inversion" else {}
    for task in tasks_of(workflow, **loops):
        assert folder_of(task.id) == task.folder
        assert task_of(task.folder) == task.id
        assert step_of(task.id) == task.step
