"""What a batch script says."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from anticline.cluster.model import Cluster
from anticline.execution.batch.chain import Submission
from anticline.execution.batch.jobscript import directives, jobscript
from anticline.execution.batch.plan import Job
from anticline.execution.batch.submit import submit_script
from anticline.execution.driver.queues import Needs

QUEUE = {
    "architecture": "x86_64",
    "nodes": 8,
    "node": {"type": "thin", "cores": 32, "memory_gib": 64},
}
PLAIN = Job("shots", "seismic.forward", "step shots", "q", Needs(4, 8, 0, 50.0), 1, 2.5)


def cluster(node: dict | None = None, **keys) -> Cluster:
    queue = {**QUEUE, **keys, "node": {**QUEUE["node"], **(node or {})}}
    return Cluster.model_validate({"name": "c", "queues": {"q": queue}})


def sbatch(job: Job, made: Cluster) -> dict[str, str]:
    pairs = (line[2:].partition("=") for line in directives(job, made))
    return {key: value for key, _, value in pairs}


def test_a_job_asks_for_what_its_tasks_need():
    said = sbatch(PLAIN, cluster())
    assert said["nodes"] == "1"
    assert (said["ntasks"], said["ntasks-per-node"]) == ("4", "4")
    assert (said["cpus-per-task"], said["mem"]) == ("8", f"{50 * 1024}M")
    assert said["time"] == "02:30:00"
    assert "gpus-per-task" not in said


def test_ranks_and_memory_are_shared_by_the_nodes():
    said = sbatch(replace(PLAIN, needs=Needs(10, 8, 0, 96.0), nodes=3), cluster())
    assert (said["nodes"], said["ntasks-per-node"]) == ("3", "4")
    assert said["mem"] == f"{32 * 1024}M"


def test_no_job_asks_for_more_time_than_its_queue_gives():
    assert sbatch(PLAIN, cluster(walltime_h=1))["time"] == "01:00:00"


def test_what_the_queue_wants_is_said():
    made = cluster(
        partition="compute.long", account="seismic", qos="high", constraint="rome&ib"
    )
    said = sbatch(PLAIN, made)
    assert said["partition"] == "compute.long"
    assert (said["account"], said["qos"]) == ("seismic", "high")
    assert said["constraint"] == "rome&ib"


def test_gpus_are_asked_for_by_their_kind():
    job = replace(PLAIN, needs=Needs(2, 4, 1, 8.0))
    text = jobscript(job, cluster({"gpus": 4, "gpu_type": "h100"}))
    assert text.count("--gpus-per-task=h100:1") == 2  # sbatch, srun


def test_a_thread_has_a_core_for_itself():
    assert sbatch(PLAIN, cluster({"threads_per_core": 2}))["threads-per-core"] == "1"


def test_modules_and_set_up_come_before_the_program():
    made = cluster(modules=("openmpi/4.1", "x y"), setup=("source /a/bin/activate",))
    lines = jobscript(PLAIN, made).splitlines()
    order = [
        lines.index("module load openmpi/4.1"),
        lines.index("module load 'x y'"),
        lines.index("source /a/bin/activate"),
        next(k for k, line in enumerate(lines) if line.startswith("srun ")),
    ]
    assert order == sorted(order)


def test_in_a_container_run_the_ranks_and_the_record():
    gpu = replace(PLAIN, needs=Needs(1, 1, 1, 8.0))
    text = jobscript(gpu, cluster({"gpus": 1}, container="/images/a b.sif"))
    inside = "apptainer exec --nv --bind \"$PWD\" '/images/a b.sif'"
    assert f"{inside} anticline-rank seismic.forward" in text
    assert f"{inside} python -P -m anticline.execution.batch.job" in text
    plain = jobscript(PLAIN, cluster(container="i.sif"))
    assert "--nv" not in plain


def test_a_case_has_no_record_and_a_task_has():
    case = jobscript(replace(PLAIN, case="/home/a b/case.yaml"), cluster())
    assert "anticline-rank seismic.forward '/home/a b/case.yaml' &" in case
    assert "record" not in case
    assert "record ended" in jobscript(PLAIN, cluster())


@pytest.mark.parametrize(
    ("shifted", "arguments", "environment", "expected"),
    [
        (False, ["steps/model"], {}, "run/steps/model"),
        (False, ["steps/s"], {"SLURM_ARRAY_TASK_ID": "7"}, "run/steps/s/007"),
        (True, ["steps/s", "1000"], {"SLURM_ARRAY_TASK_ID": "7"}, "run/steps/s/1007"),
        (True, ["steps/s"], {"SLURM_ARRAY_TASK_ID": "7"}, "run/steps/s/007"),
    ],
)
def test_the_shell_finds_the_folder_of_a_task(
    shifted, arguments, environment, expected
):
    text = jobscript(replace(PLAIN, shifted=shifted), cluster())
    line = next(line for line in text.splitlines() if line.startswith("task="))
    told = subprocess.run(
        ["bash", "-c", f'{line}; echo "$task"', "script", *arguments],
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == expected


@pytest.mark.parametrize("case", [None, "case.yaml"])
@pytest.mark.parametrize("slurm_cluster", [None, "arm"])
def test_the_shell_can_read_what_is_written(case, slurm_cluster, tmp_path):
    calls = [Submission("a", (), Path("steps/a")), Submission("b", (), Path("b"))]
    calls[1] = replace(calls[1], waits=(("afterok", "$a"),))
    run = None if case else "run"
    for name, text in {
        "job": jobscript(replace(PLAIN, case=case), cluster(modules=("m",))),
        "submit": submit_script(calls, ["a.sh", "b.sh"], "", slurm_cluster, run),
    }.items():
        script = tmp_path / name
        script.write_text(text)
        done = subprocess.run(["bash", "-n", script], capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
