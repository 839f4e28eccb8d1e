"""Tasks in blocks on a real Slurm: shared, signalled, killed, and begun again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from anticline.cluster.document import read_cluster
from anticline.cluster.local import control
from anticline.cluster.model import Cluster
from anticline.execution.blocks.executor import Block
from anticline.execution.blocks.executors import Executors
from anticline.execution.blocks.timing import Timing
from anticline.execution.node.order import Ended, Kind, Order
from chores_to_do import CHORES, order, report, sent
from end_to_end.local_slurm import LOCAL, environment, slurm, wait_for

QUICK = Timing(scale=0.3, idle=4.0, squeue=1, heartbeat=2, lost=15, warning=30)
WITHIN_S = 120.0
Begin = Callable[..., Executors]


def small(**changed: Any) -> Cluster:
    """The local cluster with one node a queue.

    changed : fields of every queue.
    """
    cluster = read_cluster(LOCAL)
    queues = {
        name: queue.model_copy(update={"nodes": 1} | changed)
        for name, queue in cluster.queues.items()
    }
    return cluster.model_copy(update={"queues": queues})


@pytest.fixture(scope="module")
def at_slurm(slurm_folder: Path) -> Iterator[Path]:
    """Let this process, and the jobs that it submits, find Slurm and the chores."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("OMPI_", "PMIX_", "SLURM_")):
                patch.delenv(name)
        for name, value in environment(slurm_folder).items():
            patch.setenv(name, value)
        patch.setenv("PYTHONPATH", str(CHORES))
        yield slurm_folder


@pytest.fixture(scope="module")
def workers(at_slurm: Path, tmp_path_factory: Any) -> Iterator[Executors]:
    """Workers that the quick tests share, as the tasks of a run do."""
    with Executors(small(), tmp_path_factory.mktemp("run"), QUICK) as made:
        yield made


@pytest.fixture
def begin(at_slurm: Path, tmp_path: Path) -> Iterator[Begin]:
    """Begin workers of one test; they are ended after it."""
    begun: list[Executors] = []

    def start(cluster: Cluster, **options: Any) -> Executors:
        begun.append(Executors(cluster, tmp_path, QUICK, **options))
        return begun[-1]

    yield start
    for one in begun:
        one.close()


def task(run: Path, name: str, **given: Any) -> Order:
    """Make an order for Slurm."""
    return order(run, name, launcher="srun", **given)


def ends(workers: Executors, queue: str, *orders: Order) -> list[Ended]:
    """Submit orders together, and wait for all."""
    futures = [sent(workers, made, queue) for made in orders]
    return [future.result(WITHIN_S) for future in futures]


def test_warm_tasks_and_a_step_of_two_ranks_share_a_block(workers, tmp_path):
    orders = [task(tmp_path, f"one{n}", value=n) for n in range(4)]
    orders.append(task(tmp_path, "two", value=2, ranks=2, memory_gib=1.0))
    orders += [task(tmp_path, f"more{n}", value=n) for n in range(2)]
    ended = ends(workers, "x86", *orders)
    assert [one.kind for one in ended] == [Kind.DONE] * len(orders)
    assert {one.job for one in ended} == {workers.blocks()[0].job}
    assert {one.host for one in ended} == {"x86-1"}
    assert report(orders[2]) == report(orders[4])  # of one rank and of two
    assert ended[4].cpu_seconds > ended[1].cpu_seconds
    assert ended[3].seconds < 1.0  # warm


def test_a_killed_worker_loses_its_task_and_the_next_one_works(workers, tmp_path):
    (ended,) = ends(workers, "x86", task(tmp_path, "a", trouble="die"))
    assert (ended.kind, ended.code) == (Kind.LOST, None)
    again = task(tmp_path, "a", trouble="die", attempt=2)
    after = ends(workers, "x86", again, task(tmp_path, "b"))
    assert [one.kind for one in after] == [Kind.DONE, Kind.DONE]


def test_a_signalled_step_goes_on_in_another_block(workers, at_slurm, tmp_path):
    journal = tmp_path / "journal"
    long = {"value": 5, "steps": 60, "ranks": 2, "journal": str(journal)}
    future = sent(workers, task(tmp_path, "step", seconds=30.0, **long), "x86")
    wait_for(journal.exists, WITHIN_S)
    block = next(one for one in workers.blocks() if one.state != "ended")
    slurm(at_slurm, "scancel", "--batch", "--signal=USR1", block.job)
    first = future.result(WITHIN_S)
    assert (first.kind, first.job) == (Kind.INTERRUPTED, block.job)
    assert "of 60 steps are kept" in first.reason
    again = task(tmp_path, "step", seconds=0.1, attempt=2, **long)
    whole = task(tmp_path, "whole", value=5, steps=60)
    second = ends(workers, "x86", again, whole)
    assert [one.kind for one in second] == [Kind.DONE, Kind.DONE]
    assert second[0].job != block.job
    assert report(again) == report(whole)
    assert len(journal.read_text().splitlines()) == 60  # no step was done twice
    account = ("sacct", "-X", "-n", "-P", "-j", block.job, "-o", "state")
    wait_for(lambda: slurm(at_slurm, *account).strip() == "COMPLETED", 60)


@pytest.mark.slow
def test_blocks_come_with_tasks_and_go_when_there_are_none(begin, tmp_path):
    told: list[Block] = []
    workers = begin(read_cluster(LOCAL), tell=told.append)
    assert not workers.blocks()
    orders = [task(tmp_path, str(n), seconds=2.0) for n in range(8)]
    ended = ends(workers, "graviton", *orders)
    assert {one.host for one in ended} == {"graviton-1", "graviton-2"}
    wait_for(lambda: all(one.state == "ended" for one in workers.blocks()), 60)
    for name in ("graviton-0", "graviton-1"):
        states = [block.state for block in told if block.name == name]
        assert states[-2:] == ["running", "ended"]
        assert states[:-2] in ([], ["pending"])  # not seen where a node is free
    assert ends(workers, "graviton", task(tmp_path, "later"))[0].done


@pytest.mark.slow
def test_a_task_of_two_nodes_has_them_to_itself(begin, tmp_path):
    workers = begin(read_cluster(LOCAL))
    made = task(tmp_path, "wide", value=3, ranks=4, nodes=2)
    one = task(tmp_path, "one", value=3)
    assert [end.kind for end in ends(workers, "x86", made, one)] == [Kind.DONE] * 2
    assert report(made) == report(one)
    assert {block.name for block in workers.blocks()} == {"x86-2nodes-0", "x86-0"}


@pytest.mark.slow
def test_a_gpu_task_has_a_worker_that_keeps_a_gpu(begin, tmp_path):
    workers = begin(small())
    orders = [task(tmp_path, "gpu", value=3, gpus=1), task(tmp_path, "cpu", value=3)]
    assert [one.kind for one in ends(workers, "gpu", *orders)] == [Kind.DONE] * 2
    assert report(orders[0]) == report(orders[1])
    assert {block.name for block in workers.blocks()} == {"gpu-gpu-0", "gpu-0"}


@pytest.mark.slow
def test_a_cancelled_job_leaves_its_tasks_interrupted_with_their_work(
    begin, at_slurm, tmp_path
):
    workers = begin(small())
    journal = tmp_path / "journal"
    long = {"steps": 60, "journal": str(journal)}
    future = sent(workers, task(tmp_path, "a", seconds=30.0, **long), "x86")
    wait_for(journal.exists, WITHIN_S)
    slurm(at_slurm, "scancel", workers.blocks()[0].job)
    first = future.result(WITHIN_S)
    assert first.kind == Kind.INTERRUPTED
    again = task(tmp_path, "a", seconds=0.1, attempt=2, **long)
    assert ends(workers, "x86", again)[0].done
    assert len(journal.read_text().splitlines()) == 60


@pytest.mark.slow
def test_the_walltime_interrupts_and_what_does_not_fit_is_not_begun(begin, tmp_path):
    """Slurm sends the signal up to a minute before it is due, 30 s before the end."""
    workers = begin(small(walltime_h=2 / 60))
    journal = tmp_path / "journal"
    long = {"steps": 400, "journal": str(journal)}
    future = sent(workers, task(tmp_path, "a", seconds=200.0, **long), "x86")
    wait_for(journal.exists, WITHIN_S)
    time.sleep(62)  # it is no new block any more
    (late,) = ends(workers, "x86", task(tmp_path, "b", walltime_s=110.0))
    first = future.result(WITHIN_S)
    assert first.kind == Kind.INTERRUPTED
    assert late.kind == Kind.NO_TIME or late.job != first.job
    again = task(tmp_path, "a", seconds=4.0, attempt=2, **long)
    late_again = task(tmp_path, "b", attempt=2, walltime_s=110.0)
    second = ends(workers, "x86", again, late_again)
    assert [one.kind for one in second] == [Kind.DONE] * 2
    assert first.job not in {one.job for one in second}
    assert len(journal.read_text().splitlines()) == 400


@pytest.mark.slow
def test_a_controller_that_does_not_answer_is_waited_for(begin, at_slurm, tmp_path):
    workers = begin(small())
    journal = tmp_path / "journal"
    long = task(tmp_path, "a", steps=20, seconds=15.0, journal=str(journal))
    runs = sent(workers, long, "x86")
    wait_for(journal.exists, WITHIN_S)
    daemons = control.status(at_slurm).daemons
    controller = next(one.pid for one in daemons if one.name == "slurmctld")
    os.kill(controller, signal.SIGSTOP)
    try:
        waits = sent(workers, task(tmp_path, "b"), "graviton")
        assert runs.result(WITHIN_S).done  # nothing that runs is lost
        time.sleep(30)
        assert not waits.done()
    finally:
        os.kill(controller, signal.SIGCONT)
    assert waits.result(WITHIN_S).done


@pytest.mark.slow
def test_jobs_that_slurm_refuses_do_not_end_the_workers(begin, tmp_path):
    """A queue of an unknown partition fails again and again; others go on."""
    cluster = small()
    lost = cluster.queues["gpu"].model_copy(update={"partition": "nowhere"})
    queues = {**cluster.queues, "gpu": lost}
    workers = begin(cluster.model_copy(update={"queues": queues}))
    never = sent(workers, task(tmp_path, "never"), "gpu")

    def failed() -> list[Block]:
        return [block for block in workers.blocks() if block.queue == "gpu"]

    wait_for(lambda: len(failed()) >= 3, WITHIN_S)
    assert all("sbatch" in block.reason for block in failed())
    assert ends(workers, "x86", task(tmp_path, "a"))[0].done
    assert not never.done()
