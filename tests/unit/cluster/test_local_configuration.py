"""What the daemons of a local Slurm read."""

from __future__ import annotations

from pathlib import Path

from anticline.cluster.local import configuration as texts
from anticline.cluster.model import Cluster

CLUSTER = Cluster.model_validate(
    {
        "name": "here",
        "queues": {
            "x86": {
                "architecture": "x86_64",
                "nodes": 2,
                "node": {"type": "virtual", "cores": 2, "memory_gib": 1.5},
            },
            "gpu": {
                "architecture": "x86_64",
                "nodes": 1,
                "partition": "accelerated",
                "walltime_h": 0.5,
                "node": {"type": "virtual", "cores": 1, "memory_gib": 1, "gpus": 2},
            },
        },
    }
)
PLACE = texts.Place(Path("/srv/slurm"), (7000, 7001, 7002, 7003, 7004))


def test_every_node_has_a_port_of_its_own():
    assert texts.ports_needed(CLUSTER) == 5
    found = [(node.name, node.port) for node in texts.nodes(CLUSTER, PLACE)]
    assert found == [("x86-1", 7002), ("x86-2", 7003), ("accelerated-1", 7004)]


def test_nodes_and_partitions_are_those_of_the_queues():
    lines = texts.slurm_conf(CLUSTER, PLACE).splitlines()
    assert (
        "NodeName=x86-2 NodeHostname=localhost NodeAddr=127.0.0.1 Port=7003 CPUs=2 "
        "RealMemory=1536"
    ) in lines
    assert (
        "NodeName=accelerated-1 NodeHostname=localhost NodeAddr=127.0.0.1 Port=7004 "
        "CPUs=1 RealMemory=1024 Gres=gpu:2"
    ) in lines
    assert lines[-2:] == [
        "PartitionName=x86 Nodes=x86-1,x86-2 MaxTime=1440 Default=YES",
        "PartitionName=accelerated Nodes=accelerated-1 MaxTime=30 Default=NO",
    ]


def test_nothing_lies_or_listens_outside():
    for text in (texts.slurm_conf(CLUSTER, PLACE), texts.slurmdbd_conf(PLACE)):
        for line in text.splitlines():
            key, _, value = line.partition("=")
            value = value.removeprefix("socket=")
            assert not value.startswith("/") or value.startswith("/srv/slurm/"), line
            assert "Host" not in key or "localhost" in line or "127.0.0.1" in line


def test_a_gpu_is_a_file_of_its_node():
    assert texts.gres_conf(CLUSTER, PLACE) == (
        "NodeName=accelerated-1 Name=gpu File=/srv/slurm/gpu/accelerated-1/gpu0\n"
        "NodeName=accelerated-1 Name=gpu File=/srv/slurm/gpu/accelerated-1/gpu1\n"
    )
