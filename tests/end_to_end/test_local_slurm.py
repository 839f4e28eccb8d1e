"""A real Slurm on this machine: it starts, runs MPI jobs, accounts, and goes away."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from anticline.cluster.document import read_cluster
from anticline.cluster.local import control
from anticline.cluster.local.daemons import Running
from anticline.errors import BadInput
from end_to_end.local_slurm import LOCAL, slurm, wait_for

RING = (
    "from mpi4py import MPI; c = MPI.COMM_WORLD; "
    "print(c.allreduce(c.rank), c.size, flush=True)"
)


def test_every_node_of_every_partition_takes_jobs(slurm_folder):
    found = control.status(slurm_folder)
    assert found.well
    assert sorted({partition for _, partition, _ in found.nodes}) == [
        "gpu",
        "graviton",
        "x86",
    ]
    assert len(found.nodes) == 6


def test_ranks_meet_within_a_node_and_across_nodes(slurm_folder):
    for nodes, ranks in ((1, 2), (2, 4)):
        line = ("srun", "-p", "x86", f"-N{nodes}", f"-n{ranks}", "--mpi=pmix")
        printed = slurm(slurm_folder, *line, sys.executable, "-c", RING)
        assert printed.split() == [str(sum(range(ranks))), str(ranks)] * ranks


def test_a_job_is_accounted_in_its_partition(slurm_folder):
    number = slurm(
        slurm_folder, "sbatch", "--parsable", "-W", "-p", "graviton", "--wrap", "true"
    ).strip()
    account = ("sacct", "-X", "-n", "-P", "-j", number, "-o", "partition,state")
    wait_for(lambda: slurm(slurm_folder, *account).split() == ["graviton|COMPLETED"])


def test_a_gpu_is_counted(slurm_folder):
    assert slurm(slurm_folder, "srun", "-p", "gpu", "--gres=gpu:1", "echo", "there")
    with pytest.raises(AssertionError, match="node configuration"):
        slurm(slurm_folder, "srun", "-p", "gpu", "--gres=gpu:2", "true")


def test_a_daemon_that_was_killed_is_started_again(slurm_folder):
    before = {
        daemon.name: daemon.pid for daemon in control.status(slurm_folder).daemons
    }
    os.kill(before["slurmd x86-2"], signal.SIGKILL)
    told: list[str] = []
    control.up(read_cluster(LOCAL), slurm_folder, told.append)
    assert told == ["starting slurmd x86-2"]
    assert control.status(slurm_folder).well
    slurm(slurm_folder, "srun", "-w", "x86-2", "true")


def test_nothing_is_left_when_it_is_taken_down(new_slurm):
    folder = new_slurm()
    slurm(folder, "sbatch", "-p", "x86", "-o", "/dev/null", "--wrap", "sleep 600")
    daemons = control.status(folder).daemons
    control.down(folder)
    assert not folder.exists()
    assert not [d for d in daemons if Running.of(d.pid)]
    with pytest.raises(BadInput, match="anticline cluster up"):
        control.status(folder)


def test_what_is_lacking_is_said_together(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    deep = tmp_path / ("a" * 100)
    with pytest.raises(BadInput) as caught:
        control.up(read_cluster(LOCAL), deep)
    texts = [found.text for found in caught.value.findings]
    assert "sudo anticline cluster up" in texts[0]
    assert "too long for a socket" in texts[-1]
    assert not deep.exists()
