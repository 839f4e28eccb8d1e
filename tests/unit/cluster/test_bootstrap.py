"""The scripts that prepare nodes: sound, repeated without harm, outspoken."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from aws.account import Account, serving
from aws.metadata import Metadata

ROOT = Path(__file__).parents[3]
SCRIPTS = ROOT / "parallelcluster" / "bootstrap"
BUCKET = "anticline-000000000000-us-east-2"


def run(
    script: str, *arguments: object, **settings: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SCRIPTS / script, *map(str, arguments)],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_checker_of_shell_scripts_finds_nothing(needs):
    done = subprocess.run(
        [needs.aws_tool("shellcheck"), "-x", "-P", ROOT, *sorted(SCRIPTS.glob("*.sh"))],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout


def test_a_step_is_done_once_and_a_failed_one_is_begun_again(tmp_path):
    script = tmp_path / "steps.sh"
    script.write_text(
        f"set -euo pipefail\nLOG={tmp_path}/log STEPS={tmp_path}/steps\n"
        f". {SCRIPTS}/log.sh\nfirst() {{ echo first >>{tmp_path}/done; }}\n"
        f"second() {{ [[ -e {tmp_path}/mended ]]; echo second >>{tmp_path}/done; }}\n"
        "once first first\nonce second second\necho all\n"
    )
    failed = subprocess.run(["bash", script], capture_output=True, text=True)
    assert (failed.returncode, "all" in failed.stdout) == (1, False)
    assert "second: FAILED; mend it and run this script again" in failed.stdout
    (tmp_path / "mended").touch()
    for _ in range(2):
        done = subprocess.run(["bash", script], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
    assert (tmp_path / "done").read_text().split() == ["first", "second"]
    assert "first: done before" in (tmp_path / "log").read_text()


@pytest.mark.parametrize(
    ("release", "known"),
    [("ID=amzn\n", "amzn"), ("ID=ubuntu\n", "ubuntu"), ("ID=debian\n", "ubuntu")],
)
def test_a_plan_names_the_system_and_does_nothing(tmp_path, release, known):
    (tmp_path / "os-release").write_text(release)
    settings = {"OS_RELEASE": str(tmp_path / "os-release")}
    done = run("build_environment.sh", "--plan", tmp_path / "there", **settings)
    assert done.returncode == 0, done.stderr
    assert f"system: {known}, {os.uname().machine}" in done.stdout
    assert not (tmp_path / "there").exists()


@pytest.fixture
def node(tmp_path) -> dict[str, str]:
    """Settings of a node with two GPUs, two adapters and memory of some speed."""
    for number in range(2):
        port = tmp_path / "infiniband" / f"efa_{number}" / "ports" / "1"
        port.mkdir(parents=True)
        (port / "state").write_text("4: ACTIVE\n")
    (tmp_path / "expected").write_text("GPUS=2\nADAPTERS=2\nLEAST_GB_PER_S=0.1\n")
    tools = tmp_path / "tools"
    tools.mkdir()
    program(tools / "nvidia-smi", "echo 0; echo 0")
    build = ("gcc", "-O3", "-pthread", "-o", tools / "memory_bandwidth")
    subprocess.run([*build, SCRIPTS / "memory_bandwidth.c"], check=True)
    return {
        "EXPECTED": str(tmp_path / "expected"),
        "SHARED": str(tmp_path),
        "STAMP": str(tmp_path / "stamp"),
        "MEASURE": str(tools / "memory_bandwidth"),
        "INFINIBAND": str(tmp_path / "infiniband"),
        "PATH": f"{tools}:/usr/bin:/bin",
    }


def program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_an_idle_node_without_a_fault_is_left_alone(node, tmp_path):
    done = run("health_check.sh", "--report", **node)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "stamp").exists()
    program(tmp_path / "tools" / "memory_bandwidth", "echo 0.01")
    assert run("health_check.sh", "--report", **node).returncode == 0  # once an hour


def test_everything_that_is_wrong_is_said_at_once(node, tmp_path):
    (tmp_path / "infiniband/efa_1/ports/1/state").write_text("1: DOWN\n")
    (tmp_path / "expected").write_text("GPUS=8\nADAPTERS=4\nLEAST_GB_PER_S=100000\n")
    program(tmp_path / "tools" / "nvidia-smi", "echo 0; echo 3")
    settings = node | {"SHARED": str(tmp_path / "lacking")}
    done = run("health_check.sh", "--report", **settings)
    assert done.returncode == 1
    for words in (
        "2 GPUs of 8",
        "a GPU has uncorrected errors",
        "EFA efa_1 is not active",
        "2 EFA adapters of 4",
        "100000 expected",
        "does not answer",
    ):
        assert words in done.stderr
    assert not (tmp_path / "stamp").exists()


def test_a_bad_node_is_drained_with_the_reason(node, tmp_path):
    program(tmp_path / "tools" / "nvidia-smi", "exit 9")
    program(tmp_path / "tools" / "scontrol", f'echo "$@" >>{tmp_path}/asked')
    done = run("health_check.sh", **node, SLURMD_NODENAME="gpu-dy-1")
    assert done.returncode == 0, done.stderr
    *_, last = (tmp_path / "asked").read_text().splitlines()
    reason = "reason=health: nvidia-smi fails"
    assert last == f"update nodename=gpu-dy-1 state=drain {reason}"


def test_memory_of_a_busy_node_is_not_judged(node, tmp_path):
    program(tmp_path / "tools" / "memory_bandwidth", "echo 0.01")
    program(tmp_path / "tools" / "scontrol", "echo NodeName=x CPUAlloc=4")
    assert run("health_check.sh", "--report", **node).returncode == 0
    assert not (tmp_path / "stamp").exists()


def test_what_memory_gives_is_a_figure_of_all_cores(node):
    one = subprocess.run(
        ["taskset", "-c", "0", node["MEASURE"], "8"], capture_output=True, check=True
    )
    assert 0.1 < float(one.stdout) < 1000
    wrong = subprocess.run([node["MEASURE"], "0"], capture_output=True, check=False)
    assert wrong.returncode == 1


def test_scripts_that_call_slurm_find_it_where_parallelcluster_has_it():
    for name in ("health_check.sh", "watch_interruptions.sh"):
        assert "export PATH=$PATH:/opt/slurm/bin" in (SCRIPTS / name).read_text()


def test_a_node_starts_in_good_order_and_knows_what_it_shall_have(node, tmp_path):
    mount = Path("/dev/shm")  # a file system of its own
    scripts = mount / "anticline" / "bootstrap"
    if scripts.exists() or not os.path.ismount(mount):
        pytest.skip(f"{scripts} is there, or {mount} is no file system")
    shutil.copytree(SCRIPTS, scripts)
    root = tmp_path / "root"
    expected = root / "etc/anticline/expected"
    settings = node | {"NODE_ROOT": str(root), "EXPECTED": str(expected)}
    try:
        arguments = (mount, BUCKET, "us-east-2", 2, 2)
        done = run("node_start.sh", *arguments, "0.1", **settings)
        assert (done.returncode, done.stderr) == (0, "")
        assert expected.read_text() == "GPUS=2\nADAPTERS=2\nLEAST_GB_PER_S=0.1\n"
        unit = (root / "etc/systemd/system/anticline-interruptions.service").read_text()
        assert f"ExecStart={scripts}/watch_interruptions.sh\n" in unit
        Path(node["STAMP"]).unlink()
        done = run("node_start.sh", *arguments, "100000", **settings)
        assert (done.returncode, "100000 expected" in done.stderr) == (1, True)
    finally:
        shutil.rmtree(mount / "anticline")


def test_a_node_whose_file_system_is_not_mounted_does_not_start(tmp_path):
    arguments = (tmp_path, BUCKET, "us-east-2", 0, 0, 0)
    done = run("node_start.sh", *arguments, NODE_ROOT=str(tmp_path))
    assert (done.returncode, "is not mounted" in done.stderr) == (1, True)
    assert not (tmp_path / "etc").exists()


def test_the_watcher_does_nothing_while_there_is_no_notice():
    with Metadata() as metadata:
        process = subprocess.Popen(
            [SCRIPTS / "watch_interruptions.sh"],
            env={
                **os.environ,
                "IMDS": metadata.url,
                "EVERY_S": "0.1",
                "PATH": "/bin:/usr/bin",
            },
            stdout=subprocess.PIPE,
            text=True,
        )
        until = time.monotonic() + 20
        while len(metadata.tokens) < 3 and time.monotonic() < until:
            time.sleep(0.05)
        assert process.poll() is None
        process.kill()
        assert process.communicate()[0] == ""
        assert metadata.refused == 0
    assert len(metadata.tokens) >= 3


def test_a_prolog_without_a_metadata_service_fails_no_job():
    assert run("tag_user.sh", IMDS="http://127.0.0.1:9").returncode == 0


@pytest.fixture(scope="module")
def account(needs) -> Iterator[Account]:
    with serving(needs, BUCKET) as made:
        yield made


@pytest.mark.slow
def test_data_come_from_a_bucket_and_results_return_whole(account, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    for name, size in (("survey.h5", 3_000_000), ("deep/model.h5", 1)):
        path = here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(size))
    (here / "image.h5.part").write_text("half")
    (here / "image.work").mkdir()
    (here / "image.work" / "checkpoint").write_text("own")
    place = f"s3://{BUCKET}/results/run"
    done = run("results_home.sh", here, place, **account.settings)
    assert done.returncode == 0, done.stderr
    done = run("stage_in.sh", place, there, **account.settings)
    assert (done.returncode, "2 files in" in done.stdout) == (0, True), done.stderr
    for name in ("survey.h5", "deep/model.h5"):
        assert (here / name).read_bytes() == (there / name).read_bytes()
    assert {p.name for p in there.rglob("*")} == {"survey.h5", "deep", "model.h5"}


@pytest.mark.slow
def test_results_that_did_not_come_home_are_said(account, tmp_path):
    (tmp_path / "image.h5").write_text("image")
    place = "s3://a-bucket-that-nobody-made/results"
    assert run("results_home.sh", tmp_path, place, **account.settings).returncode != 0


@pytest.mark.slow
def test_a_head_node_gets_the_scripts_of_the_bucket(account, tmp_path):
    account.aws("s3", "sync", SCRIPTS, f"s3://{BUCKET}/bootstrap/")
    settings = account.settings | {"SLURM_ETC": str(tmp_path / "slurm")}
    for _ in range(2):
        done = run(
            "head_start.sh", tmp_path / "shared", BUCKET, "us-east-2", **settings
        )
        assert done.returncode == 0, done.stderr
    folder = tmp_path / "shared" / "anticline" / "bootstrap"
    assert {p.name for p in folder.iterdir()} == {p.name for p in SCRIPTS.iterdir()}
    assert os.access(folder / "health_check.sh", os.X_OK)
    prolog = tmp_path / "slurm" / "scripts" / "prolog.d" / "50_tag_user"
    assert prolog.read_text() == (SCRIPTS / "tag_user.sh").read_text()


@pytest.mark.slow
def test_slurmdbd_gets_its_key_and_its_password(account, tmp_path):
    key = base64.b64encode(os.urandom(96)).decode()
    arns = [
        account.aws("secretsmanager", "create-secret", "--name", name,
                    "--secret-string", text, "--query", "ARN",
                    "--output", "text").strip()
        for name, text in (("munge", key), ("database", "pass-word"))
    ]  # fmt: skip
    own = {"SLURM_ETC": str(tmp_path), "MUNGE_KEY": str(tmp_path / "key")}
    done = run("slurmdbd_start.sh", "us-east-2", *arns, "db.local", "10.0.16.10",
               **account.settings, **own, ONLY_FILES="1")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "key").read_bytes() == base64.b64decode(key)
    conf = (tmp_path / "slurmdbd.conf").read_text()
    assert "StoragePass=pass-word\n" in conf
    assert "StorageHost=db.local\n" in conf
    assert (tmp_path / "slurmdbd.conf").stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_a_prolog_writes_whose_job_it_is_on_the_instance(account):
    wanted = ("--query", "Instances[0].InstanceId", "--output", "text")
    found = account.aws("ec2", "run-instances", "--image-id", "ami-12c6146b", *wanted)
    with Metadata() as metadata:
        metadata.facts["instance-id"] = found.strip()
        settings = account.settings | {"IMDS": metadata.url, "SLURM_JOB_USER": "ada"}
        assert run("tag_user.sh", **settings).returncode == 0
    tags = account.aws("ec2", "describe-tags", "--query", "Tags[].[Key,Value]",
                       "--output", "text")  # fmt: skip
    assert ["user", "ada"] in [line.split("\t") for line in tags.splitlines()]


def test_the_scripts_are_programs():
    assert shutil.which("bash")
    for path in SCRIPTS.glob("*.sh"):
        sourced = path.name == "log.sh"
        assert os.access(path, os.X_OK) != sourced, path
        assert path.read_text().startswith("#!/usr/bin/env bash\n") != sourced
