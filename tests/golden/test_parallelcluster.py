"""parallelcluster/ is what is rendered today, and what ParallelCluster accepts."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from anticline import clouds

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "parallelcluster"
AWS = "configs/clusters/aws.yaml"
PROGRAM = ROOT / "tests" / "aws" / "pcluster_program.py"
CLUSTERS = ("anticline-x86", "anticline-arm")

# What moto's answers lack, so that a validator fails on any configuration.
NOT_ANSWERED = {
    "HeadNodeLaunchTemplateValidator": "The request must contain the parameter ebs",
    "ComputeResourceLaunchTemplateValidator": "must contain the parameter ebs",
    "ExistingFsxNetworkingValidator": "'NoneType' object is not iterable",
    "KeyPairValidator": "'KeyType'",
}
WARNED = {
    # A spot queue is not put side by side: that would leave it hardly any capacity.
    "EfaPlacementGroupValidator": "Placement group is disabled for queue",
    # slurmdbd speaks inside the network alone, where munge signs what it says.
    "ExternalSlurmdbdTrafficNotEncrypted": "",
}


def findings(needs, *files: Path) -> dict[str, list[list[str]]]:
    """What aws-parallelcluster says of files: level, validator and text."""
    done = subprocess.run(
        [needs.aws_tool("python"), PROGRAM, *files],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def found(needs) -> dict[str, list[list[str]]]:
    files = [FOLDER / f"{name}.yaml" for name in CLUSTERS]
    by_file = findings(needs, *files)
    return {path.stem: by_file[str(path)] for path in files}


def test_the_configurations_are_what_is_rendered(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    made = clouds.cluster_render(AWS, tmp_path)
    assert tuple(path.stem for path in made) == CLUSTERS
    for path in made:
        kept = (FOLDER / path.name).read_text()
        assert kept == path.read_text(), "stale; make it anew: make parallelcluster"


@pytest.mark.slow
@pytest.mark.parametrize("name", CLUSTERS)
def test_parallelcluster_accepts_a_configuration(found, name):
    said = [one for one in found[name] if one[0] != "INFO"]
    for level, validator, text in said:
        known = {"ERROR": NOT_ANSWERED, "WARNING": WARNED}[level]
        assert validator in known, (validator, text)
        assert known[validator] in text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("right", "wrong", "validator"),
    [
        ("InstanceType: c8g.48xlarge", "InstanceType: c7a.48xlarge", "Architecture"),
        ("MinCount: 0", "MinCount: 0\n          Colour: red", "Schema"),
        ("InstanceType: c8g.48xlarge", "InstanceType: c8g.16xlarge", "Efa"),
        ("Os: alinux2023", "Os: debian12", "Schema"),
    ],
)
def test_parallelcluster_refuses_what_is_wrong(
    needs, tmp_path, right, wrong, validator
):
    file = tmp_path / "anticline-arm.yaml"
    text = (FOLDER / "anticline-arm.yaml").read_text()
    assert right in text
    file.write_text(text.replace(right, wrong))
    said = [
        one
        for one in findings(needs, file)[str(file)]
        if one[0] == "ERROR" and one[1] not in NOT_ANSWERED
    ]
    assert any(validator in one[1] for one in said), said
