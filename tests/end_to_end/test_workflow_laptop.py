"""Workflows on this machine: run, killed, stopped, edited, poisoned, out of disk."""

from __future__ import annotations

import os
import random
import subprocess
import time

import pytest

from end_to_end.workflow_runs import (
    DONE,
    FAILED,
    INTERRUPTED,
    Run,
    diamond,
    interrupt,
    repeated,
    small_disk,
)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    run = Run(tmp_path_factory.mktemp("undisturbed"), diamond())
    assert run.finish() == DONE, run.told
    return run


@pytest.fixture
def run(tmp_path):
    return Run(tmp_path, diamond())


def test_a_run_that_is_done_is_not_done_again(undisturbed):
    before = undisturbed.finished()
    assert len(before) == 1 + 6 + 6 + 5 + 1
    assert undisturbed.resume() == DONE
    assert "0 tasks done, 19 were done before" in undisturbed.told[-1]
    assert repeated(before, undisturbed) == []


def test_a_task_starts_the_moment_its_own_inputs_exist(undisturbed):
    ended = [event.task for event in undisturbed.events("ended")]
    first_image = min(ended.index(f"images[{k}]") for k in range(6))
    last_shot = max(ended.index(f"shots[{k}]") for k in range(6))
    assert first_image < last_shot


@pytest.mark.parametrize("moment", [0.5])
def test_a_killed_driver_is_resumed_and_no_finished_task_is_repeated(
    run, undisturbed, moment
):
    driver = run.begin()
    run.wait_for(lambda: run.finished())
    time.sleep(moment)
    run.kill(driver)
    before = run.finished()
    assert run.resume() == DONE, run.told
    assert repeated(before, run) == []
    assert run.results() == undisturbed.results()


@pytest.mark.slow
def test_a_driver_may_be_killed_at_any_moment(tmp_path, undisturbed):
    moments = random.Random(7)
    for number in range(12):
        folder = tmp_path / str(number)
        folder.mkdir()
        run = Run(folder, diamond())
        code, kills = None, 0
        while code is None:
            driver = (
                run.begin()
                if not run.path.exists()
                else run.begin("resume", str(run.path))
            )
            try:
                code = (
                    driver.wait(moments.uniform(0.2, 6.0))
                    if kills < 4
                    else run.end(driver)
                )
            except subprocess.TimeoutExpired:
                run.kill(driver)
                kills += 1
                before = run.finished()
            else:
                driver.communicate()
        assert code == DONE
        assert repeated(before, run) == []
        assert run.results() == undisturbed.results()


def test_ctrl_c_keeps_the_work_and_the_run_goes_on_from_it(tmp_path, undisturbed):
    run = Run(tmp_path, diamond(seconds=1.0))
    driver = run.begin()
    run.wait_for(lambda: len(run.journal()) > 5)
    interrupt(driver)
    assert run.end(driver) == INTERRUPTED
    before, steps = run.finished(), run.journal()
    assert run.resume() == DONE
    assert repeated(before, run) == []
    assert run.results() == undisturbed.results()
    assert len(set(run.journal())) == len(run.journal()) > len(steps)


@pytest.mark.slow
def test_a_run_is_cancelled_from_elsewhere_and_goes_on(tmp_path, undisturbed):
    run = Run(tmp_path, diamond(seconds=1.0))
    driver = run.begin()
    run.wait_for(lambda: run.journal())
    assert run.end(run.begin("cancel", str(run.path))) == DONE
    assert run.end(driver) == INTERRUPTED
    assert "cancelled" in run.told[-1]
    assert run.resume() == DONE
    assert run.results() == undisturbed.results()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_a_full_disk_is_told_and_the_run_goes_on_when_there_is_room(
    tmp_path, undisturbed
):
    with small_disk(tmp_path / "disk", kib=1600) as disk:
        run = Run(disk, diamond(seconds=1.0))
        driver = run.begin()
        run.wait_for(lambda: len(run.journal()) > 2)
        ballast = disk / "ballast"
        with pytest.raises(OSError, match="No space left"):
            ballast.write_bytes(bytes(1 << 24))
        assert run.end(driver) in (INTERRUPTED, FAILED)  # FAILED: not even its log
        assert "No space left on device" in run.told[-1]
        ballast.unlink()
        before = run.finished()
        assert run.resume() == DONE, run.told
        assert repeated(before, run) == []
        assert run.results() == undisturbed.results()
