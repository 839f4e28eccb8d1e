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
(OWN,) = texts.controllers(CLUSTER, PLACE)

TWO = Cluster.model_validate(
    {
        "name": "two",
        "queues": {
            name: {
                "architecture": "x86_64",
                "nodes": nodes,
                "slurm_cluster": where,
                "node": {"type": "virtual", "cores": 1, "memory_gib": 1, "gpus": gpus},
            }
            for name, nodes, where, gpus in (
                ("x86", 1, "near", 0),
                ("graviton", 2, "far", 0),
                ("gpu", 1, "near", 1),
            )
        },
    }
)
WIDE = texts.Place(Path("/srv/slurm"), tuple(range(7000, 7007)))


def test_every_node_has_a_port_of_its_own():
    assert texts.ports_needed(CLUSTER) == 5
    found = [(node.name, node.port) for node in texts.nodes(CLUSTER, PLACE)]
    assert found == [("x86-1", 7002), ("x86-2", 7003), ("accelerated-1", 7004)]


def test_nodes_and_partitions_are_those_of_the_queues():
    lines = texts.slurm_conf(CLUSTER, PLACE, OWN).splitlines()
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
    for text in (texts.slurm_conf(CLUSTER, PLACE, OWN), texts.slurmdbd_conf(PLACE)):
        for line in text.splitlines():
            key, _, value = line.partition("=")
            value = value.removeprefix("socket=")
            assert not value.startswith("/") or value.startswith("/srv/slurm/"), line
            assert "Host" not in key or "localhost" in line or "127.0.0.1" in line


def test_a_gpu_is_a_file_of_its_node():
    assert texts.gres_conf(CLUSTER, PLACE, OWN) == (
        "NodeName=accelerated-1 Name=gpu File=/srv/slurm/gpu/accelerated-1/gpu0\n"
        "NodeName=accelerated-1 Name=gpu File=/srv/slurm/gpu/accelerated-1/gpu1\n"
    )


def test_queues_of_two_slurm_clusters_have_two_controllers():
    assert texts.ports_needed(TWO) == len(WIDE.ports)
    near, far = texts.controllers(TWO, WIDE)
    assert (near.name, near.queues, near.port) == ("near", ("x86", "gpu"), 7001)
    assert (far.name, far.queues, far.port) == ("far", ("graviton",), 7002)
    ports = [node.port for node in texts.nodes(TWO, WIDE)]
    assert ports == [7003, 7004, 7005, 7006]
    text = texts.slurm_conf(TWO, WIDE, far)
    assert "ClusterName=far" in text
    assert [line for line in text.splitlines() if "Name=" in line[:14]][1:] == [
        f"NodeName=graviton-{n} NodeHostname=localhost NodeAddr=127.0.0.1 "
        f"Port={7003 + n} CPUs=1 RealMemory=1024"
        for n in (1, 2)
    ] + ["PartitionName=graviton Nodes=graviton-1,graviton-2 MaxTime=1440 Default=YES"]
    assert texts.gres_conf(TWO, WIDE, far) == ""
    assert "gpu-1" in texts.gres_conf(TWO, WIDE, near)


def test_two_slurm_clusters_share_nothing_but_accounting_and_folders_of_nodes():
    texts_of = [
        texts.slurm_conf(TWO, WIDE, own) for own in texts.controllers(TWO, WIDE)
    ]
    near, far = (
        dict(line.split("=", 1) for line in text.splitlines() if "Name=" not in line)
        for text in texts_of
    )
    own = {"SlurmctldPort", "StateSaveLocation", "SlurmctldPidFile", "TaskProlog"}
    assert {key for key in near if near[key] != far[key]} == own
