"""EC2's notice of an interruption: checkpoint, requeue, and an unchanged result."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from anticline import operations
from aws.metadata import Metadata
from end_to_end.local_slurm import LOCAL, environment, slurm, wait_for
from end_to_end.test_rendered_jobs import gathers, write_cases

WATCHER = LOCAL.parents[2] / "parallelcluster" / "bootstrap" / "watch_interruptions.sh"


@pytest.fixture(scope="module")
def own(new_slurm) -> Path:
    """A Slurm whose nodes may be drained."""
    return new_slurm()


def watch(
    folder: Path, node: str, metadata: Metadata, **settings: str
) -> subprocess.Popen:
    """Start the watcher of a node, as its start script does."""
    settings = {
        "IMDS": metadata.url,
        "SLURMD_NODENAME": node,
        "EVERY_S": "0.2",
    } | settings
    return subprocess.Popen(
        [WATCHER],
        env=environment(folder) | {"REST_S": "0"} | settings,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_a_job_on_a_node_that_is_taken_away_goes_on_elsewhere_to_the_same_result(
    own, tmp_path
):
    job, here = tmp_path / "job", tmp_path / "here"
    for folder in (job, here):
        folder.mkdir()
    scripts = operations.render(
        write_cases(job), LOCAL, job / "scripts", queues=["graviton"], ranks=2
    )

    def ask(*command: str) -> str:
        return slurm(own, *command, cwd=job)

    ask(str(scripts[-1]))
    number = ask("squeue", "-h", "-n", "forward", "-o", "%i").strip()
    work = job / "gathers.h5.work"
    wait_for(lambda: list(work.rglob("*.h5")))  # some shots are done
    node = ask("squeue", "-h", "-j", number, "-o", "%N").strip()
    with Metadata() as metadata:
        watcher = watch(own, node, metadata)
        assert watcher.poll() is None
        metadata.interrupt()
        said = watcher.communicate(timeout=100)[0]
    assert f"job {number} is told" in said
    assert "put back by Slurm" not in said  # it went by itself
    assert "no job is left" in said
    assert metadata.refused == 0
    assert "drain" in ask("sinfo", "-h", "-N", "-n", node, "-o", "%T")
    assert not (job / "gathers.h5").exists()
    wait_for(lambda: (job / "gathers.h5").exists())  # Slurm waits two minutes first
    account = ("sacct", "-X", "-D", "-n", "-P", "-j", number, "-o", "state,nodelist")

    def states() -> list[str]:
        return ask(*account).split()

    wait_for(lambda: states()[-1:] and "COMPLETED" in states()[-1])
    first, last = states()
    assert first == f"REQUEUED|{node}"
    assert not last.endswith(f"|{node}")

    assert operations.run(write_cases(here)) == 0
    undisturbed, found = gathers(here / "gathers.h5"), gathers(job / "gathers.h5")
    assert undisturbed.keys() == found.keys()
    assert all((undisturbed[shot] == found[shot]).all() for shot in found)


@pytest.mark.slow
def test_a_job_that_does_not_listen_is_put_back_by_slurm(own, tmp_path):
    wrapped = "trap '' USR1; sleep 300"
    line = ("sbatch", "--parsable", "--requeue", "-p", "gpu", "--wrap", wrapped)
    number = slurm(own, *line, cwd=tmp_path).strip()
    asked = ("squeue", "-h", "-j", number, "-o", "%T|%N")
    wait_for(lambda: slurm(own, *asked).startswith("RUNNING"))
    node = slurm(own, *asked).strip().partition("|")[2]
    with Metadata() as metadata:
        metadata.interrupt()
        said = watch(own, node, metadata, LAST_S="2").communicate(timeout=60)[0]
    assert f"job {number} is put back by Slurm" in said
    state = ("sacct", "-X", "-D", "-n", "-P", "-j", number, "-o", "state")
    wait_for(lambda: "REQUEUED" in slurm(own, *state))
    slurm(own, "scancel", number)
