"""A real Slurm on this machine: it starts, runs MPI jobs, accounts, and goes away."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from anticline.cluster.document import read_cluster
from anticline.cluster.local import control
from anticline.cluster.local.daemons import Running
from anticline.errors import BadInput

LOCAL = Path(__file__).parents[2] / "configs" / "clusters" / "local-slurm.yaml"
RING = (
    "from mpi4py import MPI; c = MPI.COMM_WORLD; "
    "print(c.allreduce(c.rank), c.size, flush=True)"
)


@pytest.fixture(scope="module")
def folder(needs) -> Iterator[Path]:
    """The folder of a local Slurm that runs."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    for program in control.PROGRAMS:
        needs.command(program)
    made = Path(tempfile.mkdtemp(prefix="slurm-"))
    control.up(read_cluster(LOCAL), made)
    yield made
    if control.Slurm.found(made):
        control.down(made)
    shutil.rmtree(made, ignore_errors=True)


def slurm(folder: Path, *command: str) -> str:
    environment = {**os.environ, "SLURM_CONF": str(folder / "slurm.conf")}
    done = subprocess.run(
        command,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=folder,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_node_of_every_partition_takes_jobs(folder):
    found = control.status(folder)
    assert found.well
    assert sorted({partition for _, partition, _ in found.nodes}) == [
        "gpu",
        "graviton",
        "x86",
    ]
    assert len(found.nodes) == 6


def test_ranks_meet_within_a_node_and_across_nodes(folder):
    for nodes, ranks in ((1, 2), (2, 4)):
        line = ("srun", "-p", "x86", f"-N{nodes}", f"-n{ranks}", "--mpi=pmix")
        printed = slurm(folder, *line, sys.executable, "-c", RING)
        assert printed.split() == [str(sum(range(ranks))), str(ranks)] * ranks


def test_a_job_is_accounted_in_its_partition(folder):
    number = slurm(
        folder, "sbatch", "--parsable", "-W", "-p", "graviton", "--wrap", "true"
    ).strip()
    rows = slurm(
        folder, "sacct", "-X", "-n", "-P", "-j", number, "-o", "partition,state"
    )
    assert rows.split() == ["graviton|COMPLETED"]


def test_a_gpu_is_counted(folder):
    assert slurm(folder, "srun", "-p", "gpu", "--gres=gpu:1", "echo", "there")
    with pytest.raises(AssertionError, match="node configuration"):
        slurm(folder, "srun", "-p", "gpu", "--gres=gpu:2", "true")


def test_a_daemon_that_was_killed_is_started_again(folder):
    before = {daemon.name: daemon.pid for daemon in control.status(folder).daemons}
    os.kill(before["slurmd x86-2"], signal.SIGKILL)
    told: list[str] = []
    control.up(read_cluster(LOCAL), folder, told.append)
    assert told == ["starting slurmd x86-2"]
    assert control.status(folder).well
    slurm(folder, "srun", "-w", "x86-2", "true")


def test_nothing_is_left_when_it_is_taken_down(folder):
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
