"""What is derived from a run's state: time left, efficiency, timeline."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline.events.amounts import duration, percent, plural, size
from anticline.events.efficiency import GIB, Timing, efficiency, timing
from anticline.events.estimate import throughput_per_min, time_left
from anticline.events.progress import State, seconds_of
from anticline.events.query import RunState
from anticline.events.record import ENDED, STARTED, Event
from anticline.events.timeline import most_at_once, span, timeline
from simulated_run import simulate, survey


@pytest.mark.parametrize("seed", range(4))
def test_the_time_left_lies_between_the_bounds_that_are_told(seed: int) -> None:
    events = simulate(survey(24), {"x86": 5, "gpu": 3}, seed=seed)
    end = seconds_of(events[-1].utc)
    state = RunState()
    told = inside = 0
    for event in events:
        state.add(event)
        if event.event == ENDED and state.steps["stack"].seconds:
            now = seconds_of(event.utc)
            left = time_left(state, now)
            if left is None or left.unknown:
                continue
            told += 1
            inside += 0.9 * left.low_s - 5 <= end - now <= 1.1 * left.high_s + 5
    assert told > 10
    assert inside > 0.9 * told


def test_what_has_not_run_yet_is_named_as_missing_from_the_estimate() -> None:
    events = simulate(survey(4))
    ends = [k for k, event in enumerate(events) if event.event == ENDED]
    first_shot = next(k for k in ends if str(events[k].task).startswith("shots"))
    state = RunState.of(events[: first_shot + 1])
    left = time_left(state, state.latest_s or 0.0)
    assert left is not None
    assert left.unknown == ("image", "stack")


def test_nothing_is_estimated_before_anything_has_run() -> None:
    events = simulate(survey(4))
    planned = [event for event in events if event.event in ("begun", "planned")]
    assert time_left(RunState.of(planned), 0.0) is None


def test_nothing_is_left_of_a_run_that_is_done() -> None:
    state = RunState.of(simulate(survey(4)))
    left = time_left(state, state.latest_s or 0.0)
    assert left is None or left.high_s == 0.0


def test_throughput_counts_the_last_five_minutes() -> None:
    state = RunState.of(simulate(survey(40)))
    now = state.latest_s or 0.0
    recent = sum(end >= now - 300 for end in state.finished_at)
    assert throughput_per_min(state, now) == pytest.approx(recent / 5)
    assert throughput_per_min(state, now + 3600) == 0.0


def test_efficiency_is_used_by_held_of_every_attempt() -> None:
    state = RunState.of(simulate(fails={"shots[5]": ["failed"]}))
    attempts = [a for t in state.steps["shots"].tasks for a in state.tasks[t].attempts]
    used = efficiency(state, "shots")
    assert used.attempts == len(attempts) == 17
    held = math.fsum(a.seconds or 0.0 for a in attempts)
    assert used.cpu_held_s == pytest.approx(held)
    assert used.cpu == pytest.approx(
        math.fsum(a.cpu_seconds or 0.0 for a in attempts) / held
    )
    assert used.asked_bytes == 2 * GIB
    assert used.memory == max(a.peak_bytes or 0 for a in attempts) / (2 * GIB)
    lost = [a.seconds or 0.0 for a in attempts if a.kind == "failed"]
    assert used.lost_s == math.fsum(lost) > 0


def test_ranks_and_threads_hold_processors() -> None:
    event = Event(
        "2026-11-23T16:40:00+00:00",
        ENDED,
        "a",
        {"code": 0, "seconds": 10.0, "cpu_seconds": 40.0, "ranks": 4, "threads": 2},
    )
    assert efficiency(RunState.of([event]), "a").cpu == 0.5


def test_what_was_not_measured_has_no_efficiency() -> None:
    event = Event("2026-11-23T16:40:00+00:00", ENDED, "a", {"code": 0})
    used = efficiency(RunState.of([event]), "a")
    assert used.cpu is None
    assert used.memory is None


@given(st.lists(st.floats(0.001, 1e6), min_size=1, max_size=30))
def test_quartiles_lie_in_their_order(seconds: list[float]) -> None:
    took = Timing.of(seconds)
    assert took is not None
    order = [
        took.shortest_s, took.lower_s, took.median_s, took.upper_s, took.longest_s,
    ]  # fmt: skip
    assert all(b >= a * (1 - 1e-12) for a, b in itertools.pairwise(order))
    assert took.count == len(seconds)


def test_a_step_that_never_ran_has_no_timing() -> None:
    state = RunState.of(simulate(survey(4))[:20])
    assert timing(state, "stack") is None


@given(seed=st.integers(0, 20))
def test_no_two_bars_of_a_lane_overlap(seed: int) -> None:
    events = simulate(survey(10), fails={"shots[5]": ["lost"]}, seed=seed)
    state = RunState.of(events)
    tracks = timeline(state, state.latest_s or 0.0)
    assert {track.queue: track.lanes for track in tracks} == {"x86": 4, "gpu": 2}
    for track in tracks:
        for one, two in itertools.pairwise(
            sorted(track.bars, key=lambda bar: (bar.lane, bar.start))
        ):
            assert one.lane != two.lane or one.end <= two.start + 1e-9
    assert sum(len(t.bars) for t in tracks) == sum(e.event == STARTED for e in events)


def test_jobs_lie_beside_the_tasks_that_ran_in_them() -> None:
    state = RunState.of(simulate(survey(4)))
    for track in timeline(state, state.latest_s or 0.0):
        (job,) = track.jobs
        assert job.label.startswith("job 10")
        assert all(job.start <= bar.start for bar in track.bars)
        assert all(bar.end <= job.end + 1e-3 for bar in track.bars)


def test_bars_too_short_to_see_are_drawn_as_one() -> None:
    state = RunState.of(simulate(survey(40)))
    fine = timeline(state, state.latest_s or 0.0)
    coarse = timeline(state, state.latest_s or 0.0, finest_s=1e6)
    assert sum(len(t.bars) for t in coarse) < 30 < sum(len(t.bars) for t in fine)
    assert sum(b.count for t in coarse for b in t.bars) == sum(
        b.count for t in fine for b in t.bars
    )
    assert span(coarse) == span(fine)


def test_the_most_at_once_are_the_workers() -> None:
    assert most_at_once(RunState.of(simulate(survey(20)))) == 6
    assert most_at_once(RunState()) == 0


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "-"), (0, "0 s"), (0.012, "12 ms"), (0.44, "0.4 s"), (9.96, "10 s"),
        (59.6, "1 min"), (60, "1 min"), (185, "3 min 5 s"), (3599.7, "1 h"),
        (7620, "2 h 7 min"), (86400, "1 d"), (270000, "3 d 3 h"),
    ],
)  # fmt: skip
def test_durations_are_written_for_people(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, "-"), (0, "0 bytes"), (1023, "1.0 KiB"), (1536, "1.5 KiB"),
        (4 * GIB, "4.0 GiB"), (200 * 2**20, "200 MiB"),
    ],
)  # fmt: skip
def test_sizes_are_written_for_people(count: float | None, text: str) -> None:
    assert size(count) == text


def test_shares_and_counts_are_written_for_people() -> None:
    assert percent(0.874) == "87 %"
    assert percent(None) == "-"
    assert (plural(1, "task"), plural(0, "task")) == ("1 task", "0 tasks")


def test_running_tasks_count_only_what_is_left_of_them() -> None:
    events = simulate(survey(8))
    state = RunState()
    for event in events:
        state.add(event)
        if event.event == STARTED and state.steps["shots"].seconds:
            break
    running = [t for t in state.tasks.values() if t.state is State.RUNNING]
    assert running
    now = state.latest_s or 0.0
    before, later = time_left(state, now), time_left(state, now + 5)
    assert before is not None
    assert later is not None
    assert later.low_s < before.low_s
