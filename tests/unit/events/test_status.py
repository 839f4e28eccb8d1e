"""Where a run stands, told in lines and as JSON; with a log and without."""

from __future__ import annotations

import fcntl
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from anticline.errors import BadInput, ExitCode
from anticline.events import status
from anticline.events.driver import LOCK, driver_of, driving
from anticline.events.log import EVENTS
from anticline.events.progress import State
from anticline.events.runs import Follower, look
from simulated_run import simulate, survey, tasks_of, write_run

HOLD = """
import sys, time
from pathlib import Path
from anticline.events.driver import driving
with driving(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def holder(run: Path) -> subprocess.Popen[str]:
    """Start a process that drives the run."""
    command = [sys.executable, "-c", HOLD, str(run)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_finished_run_is_told_in_a_few_lines(run: Path) -> None:
    lines = list(status.lines(look(run)))
    assert lines[0].startswith("survey on trial: done; 21 of 21 tasks done, ")
    table = {line.split()[0]: line.split()[1:] for line in lines[1:]}
    assert table["shots"] == ["8", "8"]
    assert table["stack"] == ["3", "3"]
    assert len(lines) == 7


def test_what_failed_is_told_with_its_reason_and_its_log(failed_run: Path) -> None:
    lines = "\n".join(status.lines(look(failed_run)))
    log = failed_run / "steps/image/003/log.txt"
    assert f"failed: image[3] (diverged): it was diverged; see {log}" in lines
    assert log.exists()
    assert "2 tasks cannot run without them" in lines


def test_the_document_says_the_same_as_the_state(failed_run: Path) -> None:
    sight = look(failed_run)
    document = json.loads(status.as_json(sight))
    assert document["format"] == "anticline-status/1"
    assert document["state"] == "failed"
    assert document["driver"] is None
    tasks = document["tasks"]
    assert tasks["total"] == len(sight.state.tasks) == sum(tasks.values()) / 2
    assert document["failed"][0]["task"] == "image[3]"
    assert document["held_up"] == {"stack[1.0]": "image[3]", "stack": "image[3]"}
    assert sum(step["done"] for step in document["steps"]) == tasks["done"]
    assert document["time_left_s"] is None


def test_a_run_is_running_while_its_driver_lives_and_stopped_once_it_is_killed(
    tmp_path: Path,
) -> None:
    events = simulate(survey(8))[:60]
    run = write_run(tmp_path / "run", events, tasks_of(survey(8)))
    with holder(run) as driver:
        sight = look(run)
        assert sight.word == "running"
        assert sight.driver is not None
        assert sight.driver.startswith(f"process {driver.pid} on ")
        lines = "\n".join(status.lines(sight))
        assert "time left: " in lines
        assert "queue x86: " in lines
        driver.kill()
        driver.wait()
    sight = look(run)
    assert sight.word == "stopped"
    assert sight.exit_code == ExitCode.INTERRUPTED
    assert f"anticline resume {run}" in status.headline(sight)


def test_a_second_driver_is_refused_by_the_name_of_the_first(run: Path) -> None:
    with holder(run) as first:
        named = f"driven by process {first.pid} on"
        with pytest.raises(BadInput, match=named), driving(run):
            pass
        first.kill()
        first.wait()
    with driving(run):
        assert driver_of(run) is not None
    assert driver_of(run) is None


def test_asking_for_the_driver_keeps_no_driver_out(run: Path) -> None:
    with (run / LOCK).open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_SH)  # as one that asks, at its moment
        started = time.monotonic()
        with pytest.raises(BadInput), driving(run):
            pass
        assert time.monotonic() - started >= 1.0  # it waited for the asking to end
    with driving(run):
        pass


def test_a_folder_that_is_no_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"is no run"):
        look(tmp_path)
    assert not (tmp_path / LOCK).exists()


def test_damaged_lines_are_told_and_the_rest_counts(run: Path) -> None:
    lines = (run / EVENTS).read_bytes().splitlines(keepends=True)
    lines[4] = b"\x00\x01 rubbish\n"
    (run / EVENTS).write_bytes(b"".join(lines))
    sight = look(run)
    assert sight.state.counts[State.DONE] == 21
    assert f"{run / EVENTS}:5  is no event" in "\n".join(status.lines(sight))


def test_without_a_log_the_tasks_folders_tell_the_same(
    jobs_run: Path, failed_run: Path
) -> None:
    by_jobs, by_driver = look(jobs_run), look(failed_run)
    assert not by_jobs.logged
    assert by_jobs.word == by_driver.word == "failed"
    for name, task in by_driver.state.tasks.items():
        found = by_jobs.state.tasks[name]
        assert (found.state, found.step, found.component, set(found.after)) == (
            task.state, task.step, task.component, set(task.after),
        )  # fmt: skip
    assert by_jobs.state.held_up() == by_driver.state.held_up()
    assert "no driver wrote a log here" in "\n".join(status.lines(by_jobs))


def test_what_a_job_runs_now_is_seen_by_its_lock(jobs_run: Path) -> None:
    place = jobs_run / "steps/stack"
    (place / "running.json").write_text('{"attempt": 1, "host": "x86-2", "job": "7"}')
    assert look(jobs_run).state.tasks["stack"].state is State.WAITING
    with (place / "running.json").open() as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        task = look(jobs_run).state.tasks["stack"]
        assert task.state is State.RUNNING
        assert task.last is not None
        assert (task.last.host, task.last.job) == ("x86-2", "7")


def test_a_submitted_task_runs_once_its_folder_says_so(tmp_path: Path) -> None:
    events = [e for e in simulate(survey(8)) if e.event != "started"]
    first = next(k for k, e in enumerate(events) if e.event == "submitted")
    run = write_run(tmp_path / "run", events[: first + 1], tasks_of(survey(8)))
    follower = Follower(run)
    with holder(run) as driver:
        assert follower.look().state.tasks["model"].state is State.QUEUED
        claim = run / "steps/model/running.json"
        claim.write_text('{"attempt": 2, "host": "of another attempt"}')
        assert follower.look().state.tasks["model"].state is State.QUEUED
        claim.write_text('{"attempt": 1, "host": "x86-1"}')
        sight = follower.look()
        assert sight.state.tasks["model"].state is State.RUNNING
        assert follower.news == []  # the log tells it, and later
        driver.send_signal(signal.SIGKILL)
        driver.wait()


def test_looking_twice_is_looking_once(run: Path) -> None:
    follower = Follower(run)
    follower.look()
    twice = follower.look().state
    assert {n: t.state for n, t in twice.tasks.items()} == {
        n: t.state for n, t in look(run).state.tasks.items()
    }
