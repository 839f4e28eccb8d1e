"""A description becomes ParallelCluster's keys, or findings that name its lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from anticline import clouds
from anticline.cluster.costs.table import known
from anticline.cluster.document import read_cluster
from anticline.cluster.parallelcluster.configuration import configuration
from anticline.cluster.parallelcluster.stacks import with_outputs
from anticline.errors import BadInput

AWS = Path(__file__).parents[3] / "configs" / "clusters" / "aws.yaml"


def refused(folder, *changes):
    """Change aws.yaml; give its new findings, with the text of their lines."""
    text = AWS.read_text()
    for right, wrong in changes:
        assert right in text
        text = text.replace(right, wrong, 1)
    file = folder / "aws.yaml"
    file.write_text(text)
    with pytest.raises(BadInput) as caught:
        clouds.cluster_validate(file)
    lines = text.splitlines()
    return [(lines[one.line - 1].strip(), one.text) for one in caught.value.findings]


@pytest.mark.parametrize(
    ("change", "line", "text"),
    [
        (
            ("slurm_cluster: anticline-arm", "slurm_cluster: anticline-x86"),
            "anticline-x86: {head_node: m7a.2xlarge, login_node: m7a.xlarge}",
            "mixes architectures",
        ),
        (
            ("nodes: 16\n", "nodes: 16\n    colour: red\n"),
            "colour: red",
            "unknown key 'queues.x86.colour'",
        ),
        (
            ("type: c7a.48xlarge", "type: m7a.2xlarge"),
            "cores: 192",
            "m7a.2xlarge has cores: 8, not 192",
        ),
        (
            ("aliases: [gpu]\n    architecture: x86_64\n    slurm_cluster: "
             "anticline-x86\n    purchase: spot", "architecture: x86_64\n    "
             "slurm_cluster: anticline-x86\n    purchase: spot"),
            "purchase: spot",
            "queue 'gpu-spot' is spot and has no pair",
        ),
        (
            ("availability_zone_id: use2-az2", "availability_zone_id: use2-az1"),
            "type: hpc7a.96xlarge  # EPYC 9R14 (4th generation), EFA",
            "use2-az1 has no hpc7a.96xlarge; it is in",
        ),
        (
            ("purchase: on-demand", "purchase: spot\n    aliases: [x86-any]"),
            "purchase: spot",
            "hpc7a.96xlarge is sold on-demand, not spot",
        ),
        (
            ("memory_gib: 729", "memory_gib: 800"),
            "memory_gib: 800",
            "hpc7a.96xlarge has 768 GiB, less than 800",
        ),
        (
            ("availability_zone_id: use2-az2", "availability_zone_id: euw1-az1"),
            "availability_zone_id: euw1-az1",
            "zone euw1-az1 is not in us-east-2",
        ),
        (
            ("capacity_gib: 2400", "capacity_gib: 3600"),
            "capacity_gib: 3600",
            "1200 GiB or a multiple of 2400, not 3600",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_at_its_line(tmp_path, change, line, text):
    found = refused(tmp_path, change)
    assert any(where == line and text in what for where, what in found), found


def test_adapters_on_a_type_without_them_are_refused(tmp_path):
    cores = ("cores: 192\n      memory_gib: 729", "cores: 8\n      memory_gib: 30")
    found = refused(
        tmp_path,
        (
            "type: hpc7a.96xlarge  # EPYC 9R14 (4th generation), EFA",
            "type: m7a.2xlarge",
        ),
        cores,
        ("nodes: 16\n", "nodes: 16\n    efa: true\n"),
    )
    assert found == [("efa: true", "m7a.2xlarge has no Elastic Fabric Adapter")]


def test_every_queue_scales_to_zero_and_is_told_from_others():
    cluster = read_cluster(AWS)
    seen = []
    for name in cluster.aws.clusters:
        made = configuration(cluster, cluster.aws, name, known())
        for queue in made["Scheduling"]["SlurmQueues"]:
            seen.append(queue["Name"])
            (resource,) = queue["ComputeResources"]
            assert resource["MinCount"] == 0
            spot = queue["CapacityType"] == "SPOT"
            assert spot == queue["Name"].endswith("spot")
            assert not (spot and queue["Networking"]["PlacementGroup"]["Enabled"])
    assert seen == list(cluster.queues)


def test_volumes_are_encrypted_and_metadata_need_a_token():
    cluster = read_cluster(AWS)
    for name in cluster.aws.clusters:
        made = configuration(cluster, cluster.aws, name, known())
        assert made["Imds"] == {"ImdsSupport": "v2.0"}
        storages = [made["HeadNode"]["LocalStorage"]]
        queues = made["Scheduling"]["SlurmQueues"]
        storages += [queue["ComputeSettings"]["LocalStorage"] for queue in queues]
        assert all(one["RootVolume"]["Encrypted"] for one in storages)


def test_what_the_stacks_made_is_put_in(tmp_path):
    aws = read_cluster(AWS).aws
    file = tmp_path / "stack.json"
    output = {"OutputKey": "HeadSubnet", "OutputValue": "subnet-0123456789abcdef0"}
    other = {"OutputKey": "Other", "OutputValue": "x"}
    file.write_text(json.dumps({"Stacks": [{"Outputs": [output, other]}]}))
    made = with_outputs(aws, [file])
    assert made.network.head_subnet == "subnet-0123456789abcdef0"
    assert made.storage == aws.storage


def test_a_name_of_another_kind_is_refused(tmp_path):
    file = tmp_path / "stack.json"
    output = {"OutputKey": "HeadSubnet", "OutputValue": "vpc-1"}
    file.write_text(json.dumps({"Stacks": [{"Outputs": [output]}]}))
    with pytest.raises(BadInput, match=r"network\.head_subnet: 'vpc-1' found"):
        with_outputs(read_cluster(AWS).aws, [file])
    file.write_text("[]")
    with pytest.raises(BadInput, match="describe-stacks"):
        with_outputs(read_cluster(AWS).aws, [file])


def test_a_node_is_told_what_it_shall_have_by_the_table():
    cluster = read_cluster(AWS)
    args = {}
    for name in cluster.aws.clusters:
        made = configuration(cluster, cluster.aws, name, known())
        for queue in made["Scheduling"]["SlurmQueues"]:
            script = queue["CustomActions"]["OnNodeConfigured"]
            args[queue["Name"]] = script["Args"][3:]
    assert args["x86"] == ["0", "2", "461"]  # two sockets of 12 channels, 460.8 GB/s
    assert args["gpu"] == ["8", "4", "205"]
    assert args["gpu-large"] == ["8", "32", "205"]
    assert args["graviton-spot"] == ["0", "1", "538"]
