"""Workflows on a real Slurm: the laptop's bits, whatever happens meanwhile."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil
import pytest

from anticline.cluster.document import read_cluster
from anticline.cluster.local import control
from anticline.execution.blocks.executor import RUNNING
from end_to_end.local_slurm import LOCAL, of_job, slurm, wait_for
from end_to_end.workflow_runs import DONE, Run, diamond, repeated

SLOW_SHOTS = {"steps": 10, "seconds": 2.5}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """On this machine, without Slurm."""
    run = Run(tmp_path_factory.mktemp("undisturbed"), diamond(**SLOW_SHOTS))
    run.workflow["steps"]["shots"]["parameters"]["seconds"] = 0.0
    run.workflow["steps"]["images"]["parameters"]["seconds"] = 0.0
    assert run.finish() == DONE, run.told
    return run.results()


@pytest.fixture
def run(slurm_folder, tmp_path):
    return Run(tmp_path, diamond(**SLOW_SHOTS), slurm_folder, LOCAL)


def jobs(run: Run, *states: str) -> list[tuple[str, str]]:
    """The queue and the number of the blocks that are in one of some states."""
    latest = {e.facts["job"]: e.facts for e in run.events("block")}
    return [(f["queue"], job) for job, f in latest.items() if f["state"] in states]


def a_block_runs(run: Run, queue: str) -> str:
    """Wait for a running block of a queue; its job."""
    found = wait_for(lambda: [j for q, j in jobs(run, RUNNING) if q == queue])
    return str(found[-1])


def a_block_works(run: Run, queue: str) -> str:
    """Wait for a block of a queue that a task runs in; its job."""

    def working() -> list[str]:
        over = Counter(e.task for e in run.events("ended"))
        begun = Counter(e.task for e in run.events("started"))
        return [
            event.facts["job"]
            for event in run.events("started")
            if event.facts["queue"] == queue and begun[event.task] > over[event.task]
        ]

    return str(wait_for(working)[-1])


def daemon(folder: Path, name: str) -> psutil.Process:
    """A daemon of the local Slurm."""
    found = next(one for one in control.status(folder).daemons if one.name == name)
    return psutil.Process(found.pid)


def mend(folder: Path) -> None:
    """Start the daemons that were killed."""
    control.up(read_cluster(LOCAL), folder)


def test_a_run_on_slurm_gives_the_bits_of_a_laptop(run, undisturbed):
    begun = time.strftime("%Y-%m-%dT%H:%M:%S")
    assert run.finish() == DONE, run.told
    assert run.results() == undisturbed
    queues = Counter(event.facts["queue"] for event in run.events("ended"))
    assert set(queues) == {"x86", "graviton", "gpu"}
    account = ("sacct", "-X", "-n", "-P", "-S", begun, "-o", "jobid,partition")
    partitions = dict(line.split("|") for line in slurm(run.slurm, *account).split())
    assert {partitions[job]: queue for queue, job in jobs(run, "running", "ended")} == {
        name: name for name in queues
    }
    assert not slurm(run.slurm, "squeue", "--noheader", "--states=R,PD").strip()


def test_whatever_happens_to_a_run_its_result_is_the_same(run, undisturbed):
    driver = run.begin()
    run.wait_for(lambda: len(run.journal()) > 4)
    job = a_block_runs(run, "x86")
    slurm(run.slurm, "scancel", "--batch", "--signal=USR1", job)
    run.wait_for(lambda: run.events("postponed"))
    daemon(run.slurm, "slurmd x86-1").kill()
    daemon(run.slurm, "slurmctld").kill()
    time.sleep(3.0)
    run.kill(driver)
    before = run.finished()
    mend(run.slurm)
    assert run.resume() == DONE, run.told
    assert repeated(before, run) == []
    assert run.results() == undisturbed
    steps = Counter(run.journal())
    assert sum(steps.values()) - len(steps) <= 6  # the one that each was in


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_the_driver_of_a_run_on_slurm_may_be_killed_at_any_moment(
    run, undisturbed, seed
):
    moments = random.Random(seed)
    driver, before = run.begin(), {}
    for _ in range(4):
        try:
            driver.wait(moments.uniform(1.0, 15.0))
            break
        except subprocess.TimeoutExpired:
            run.kill(driver)
            assert repeated(before, run) == []
            before = run.finished()
            given = (
                ("resume", str(run.path)) if (run.path / "run.json").exists() else ()
            )
            driver = run.begin(*given)
    assert run.end(driver) == DONE, run.told
    assert repeated(before, run) == []
    assert run.results() == undisturbed


@pytest.mark.slow
def test_a_cancelled_block_loses_nothing_that_is_finished(run, undisturbed):
    driver = run.begin()
    run.wait_for(lambda: len(run.journal()) > 15)
    before = run.finished()
    slurm(run.slurm, "scancel", a_block_runs(run, "x86"))
    assert run.end(driver) == DONE
    assert repeated(before, run) == []
    assert run.results() == undisturbed


@pytest.mark.slow
def test_a_node_that_dies_costs_what_ran_on_it(run, undisturbed):
    driver = run.begin()
    run.wait_for(lambda: len(run.journal()) > 10)
    job = a_block_works(run, "x86")
    node = slurm(run.slurm, "squeue", "-h", "-j", job, "-o", "%N").strip()
    before = run.finished()
    daemon(run.slurm, f"slurmd {node}").kill()
    for process in of_job(run.slurm, job):  # as a power cut does
        process.kill()
    assert run.end(driver) == DONE, run.told
    mend(run.slurm)
    assert {event.facts["kind"] for event in run.events("postponed")} == {"lost"}
    assert repeated(before, run) == []
    assert run.results() == undisturbed


@pytest.mark.slow
def test_a_walltime_that_is_hit_costs_no_retry(run, undisturbed, tmp_path):
    described: dict[str, Any] = read_cluster(LOCAL).model_dump(exclude_defaults=True)
    for queue in described["queues"].values():
        queue |= {"walltime_h": 1 / 60, "nodes": 1}
    run.cluster = tmp_path / "short.yaml"
    run.cluster.write_text(json.dumps(described))
    run.workflow["steps"]["shots"]["parameters"]["seconds"] = 30.0
    assert run.finish() == DONE, run.told
    assert {event.facts["kind"] for event in run.events("postponed")} >= {"interrupted"}
    assert not run.events("retried", "given_up")
    assert run.results() == undisturbed
    steps = Counter(run.journal())
    assert sum(steps.values()) == len(steps)  # all went on from their checkpoints


@pytest.mark.slow
def test_a_controller_that_is_away_for_a_minute_costs_nothing(run, undisturbed):
    driver = run.begin()
    run.wait_for(lambda: len(run.journal()) > 4)
    daemon(run.slurm, "slurmctld").kill()
    time.sleep(60.0)
    mend(run.slurm)
    assert run.end(driver) == DONE, run.told
    assert not run.events("retried", "given_up", "postponed")
    assert run.results() == undisturbed


@pytest.mark.slow
def test_tasks_leave_a_queue_that_gets_no_node(run, undisturbed, tmp_path):
    described: dict[str, Any] = read_cluster(LOCAL).model_dump(exclude_defaults=True)
    for queue in described["queues"].values():
        queue["patience_h"] = 10 / 3600
    run.cluster = tmp_path / "impatient.yaml"
    run.cluster.write_text(json.dumps(described))
    run.workflow["steps"]["images"]["queues"] = ["graviton", "gpu"]
    slurm(run.slurm, "scontrol", "update", "PartitionName=graviton", "State=DOWN")
    try:
        assert run.finish() == DONE, run.told
    finally:
        slurm(run.slurm, "scontrol", "update", "PartitionName=graviton", "State=UP")
    assert {event.facts["kind"] for event in run.events("postponed")} == {"no_capacity"}
    assert "graviton" not in {e.facts["queue"] for e in run.events("ended")}
    assert run.results() == undisturbed


@pytest.mark.slow
def test_a_driver_killed_with_its_interchange_leaves_no_job(run, undisturbed):
    driver = run.begin()
    run.wait_for(lambda: len(run.journal()) > 4)
    for process in psutil.Process(driver.pid).children(recursive=True):
        os.kill(process.pid, signal.SIGKILL)
    run.kill(driver)
    assert run.end(run.begin("cancel", str(run.path))) == DONE
    assert not slurm(run.slurm, "squeue", "--noheader", "--states=R,PD").strip()
    assert run.resume() == DONE
    assert run.results() == undisturbed
