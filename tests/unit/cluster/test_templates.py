"""The templates of CloudFormation are well made, and give what a description needs."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from anticline import clouds
from anticline.cluster.document import read_cluster
from anticline.cluster.parallelcluster.stacks import OUTPUTS, parameters
from aws import account, stacks

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "parallelcluster"
NAMES = ("access", "accounting", "budget", "network", "storage")
TEMPLATES = [FOLDER / f"{name}.yaml" for name in NAMES]


@pytest.mark.slow
def test_the_linter_of_cloudformation_finds_nothing(needs):
    done = subprocess.run(
        [needs.aws_tool("cfn-lint"), "--regions", "us-east-2", "-t", *TEMPLATES],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout


def test_every_name_that_a_description_leaves_open_is_an_output():
    texts = "".join(path.read_text().partition("\nOutputs:")[2] for path in TEMPLATES)
    assert set(OUTPUTS) <= set(re.findall(r"^  (\w+): ", texts, re.MULTILINE))


def test_the_defaults_of_the_templates_are_those_of_the_cluster_file():
    aws = read_cluster(ROOT / "configs" / "clusters" / "aws.yaml").aws
    defaults = {
        "network": {"Project": aws.project, "ZoneId": aws.availability_zone_id},
        "storage": {
            "CapacityGib": aws.storage.capacity_gib,
            "Throughput": aws.storage.throughput_mb_per_s_per_tib,
        },
        "accounting": {
            "Type": aws.accounting.node,
            "DatabaseClass": aws.accounting.database,
            "Address": aws.accounting.host,
        },
        "budget": {
            "UsdPerMonth": f"{aws.budget.usd_per_month:g}",
            "WarnAtPercent": ",".join(map(str, aws.budget.warn_at_percent)),
            "ClusterNames": ",".join(aws.clusters),
        },
    }
    for name, wanted in defaults.items():
        text = (FOLDER / f"{name}.yaml").read_text()
        for key, value in wanted.items():
            found = re.search(
                rf"^  {key}:.*?Default: ([^,\n}}]+(,\S+)?)", text, re.S | re.M
            )
            assert found is not None, (name, key)
            assert found[1] == str(value), (name, key)


def test_what_a_description_tells_a_template_is_one_of_its_parameters():
    aws = read_cluster(ROOT / "configs" / "clusters" / "aws.yaml").aws
    outputs = re.findall(
        r"^  (\w+): ",
        "".join(path.read_text().partition("\nOutputs:")[2] for path in TEMPLATES),
        re.MULTILINE,
    )
    told = parameters(aws, dict.fromkeys(outputs, "made"))
    assert set(told) == set(NAMES)
    for name, given in told.items():
        text = (FOLDER / f"{name}.yaml").read_text()
        section = text.partition("\nParameters:")[2].partition("\nResources:")[0]
        known = set(re.findall(r"^  (\w+):", section, re.MULTILINE))
        assert known - set(given) == ({"Image"} if name == "accounting" else set())
        assert set(given) <= known


def test_nothing_may_do_everything():
    for path in TEMPLATES:
        text = path.read_text()
        assert not re.search(r"Action: \[?[\"']?\*", text), path
        for service in re.findall(r"Action: \[?(\w+):\*", text):
            statement = text[: text.index(f"{service}:*")].rpartition("Effect: ")[2]
            assert statement.startswith("Deny"), (path, service)


def test_metadata_need_a_token_and_nothing_is_public():
    accounting = (FOLDER / "accounting.yaml").read_text()
    assert "HttpTokens: required" in accounting
    assert "PubliclyAccessible: false" in accounting
    assert accounting.count("Encrypted: true") == 2
    storage = (FOLDER / "storage.yaml").read_text()
    assert storage.count("ublic") >= 4
    assert "SSEAlgorithm: AES256" in storage


@pytest.mark.slow
def test_stacks_are_made_of_what_a_description_tells_and_fill_it_in(needs, tmp_path):
    """All but the file system and the database, which moto's CloudFormation lacks."""
    file = ROOT / "configs" / "clusters" / "aws.yaml"
    answers = []
    with account.serving(needs, "another-bucket") as made:
        for name in ("network", "access", "budget"):
            told = clouds.cluster_parameters(file, name, answers)
            if name == "access":
                told |= {"Bucket": "a-bucket", "FileSystem": "fs-0123456789abcdef0"}
            answers.append(tmp_path / f"{name}.json")
            stacks.create(made, name, told, answers[-1])
        policies = made.aws("iam", "list-policies", "--scope", "Local")
        topics = made.aws("sns", "list-topics")
    assert "anticline-staging" in policies
    assert "anticline-budget-Topic" in topics
    (x86, arm) = clouds.cluster_render(file, tmp_path / "out", answers)
    for path in (x86, arm):
        text = path.read_text()
        assert "subnet-0000" not in text
        assert "sg-0000" not in text
        assert "arn:aws:iam::123456789012:policy/anticline/anticline-node" in text
        assert "fs-00000000000000001" in text  # of the stack that was not made
