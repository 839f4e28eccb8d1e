"""Queues in two Slurm clusters, as of two architectures, driven from one place."""

from __future__ import annotations

from pathlib import Path

import pytest

from end_to_end.local_slurm import LOCAL, slurm, wait_for
from end_to_end.workflow_runs import DONE, Run, diamond, repeated

TWO = LOCAL.with_name("local-two-slurms.yaml")


@pytest.fixture(scope="module")
def two(new_slurm) -> Path:
    """The folder of two Slurm clusters."""
    return new_slurm(TWO)


def jobs(folder: Path) -> dict[str, set[str]]:
    """Give the partitions that had jobs, by Slurm cluster."""
    lines = slurm(folder, "sacct", "-M", "intel,arm", "-X", "-n", "-P", "-o",
                  "Cluster,Partition").split()  # fmt: skip
    found: dict[str, set[str]] = {}
    for line in lines:
        cluster, partition = line.split("|")
        found.setdefault(cluster, set()).add(partition)
    return found


@pytest.mark.slow
def test_a_job_asks_the_controller_of_its_own_cluster(two, tmp_path):
    out = tmp_path / "out"
    wrapped = "scontrol show config | grep ClusterName; srun -n 2 -N 2 hostname"
    slurm(two, "sbatch", "-M", "arm", "-N", "2", "--wait", f"--output={out}",
          f"--wrap={wrapped}")  # fmt: skip
    first, *others = out.read_text().splitlines()
    assert first.split() == ["ClusterName", "=", "arm"]
    assert len(others) == 2


@pytest.mark.slow
def test_a_run_over_two_clusters_gives_the_results_of_a_laptop(two, tmp_path):
    here = Run(tmp_path / "here", diamond())
    here.folder.mkdir()
    assert here.finish() == DONE, here.told
    run = Run(tmp_path, diamond(), two, TWO)
    process = run.begin()
    run.wait_for(lambda: any("images" in name for name in run.finished()))
    run.kill(process)
    before = run.finished()
    assert run.resume() == DONE, run.told
    assert run.results() == here.results()
    assert repeated(before, run) == []
    found = wait_for(lambda: len(jobs(two)) == 2 and jobs(two), 60.0)
    assert "x86" in found["intel"]
    assert found["arm"] == {"graviton"}
