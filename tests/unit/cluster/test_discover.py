"""A cluster file from what a Slurm says of itself."""

from __future__ import annotations

import dataclasses

import pytest

from anticline.cluster import discover
from anticline.cluster.describe import description
from anticline.cluster.document import cluster_of
from anticline.cluster.site import read_site
from anticline.errors import BadInput

CONFIG = """\
Configuration data as of 2026-11-23T16:40:51
ClusterName             = valley
MaxArraySize            = 5001
MpiDefault              = none
SLURM_VERSION           = 23.11.4
"""
PARTITIONS = """\
PartitionName=cpu State=UP MaxTime=1-12:30:00 MaxNodes=2 RootOnly=NO PreemptMode=OFF \
MaxMemPerNode=UNLIMITED Nodes=c[1-4]
PartitionName=gpu State=UP MaxTime=UNLIMITED MaxNodes=UNLIMITED RootOnly=NO \
PreemptMode=REQUEUE MaxMemPerNode=90000 Nodes=g[1-2]
PartitionName=on State=UP MaxTime=00:30:00 RootOnly=NO Nodes=s1
PartitionName=old State=DOWN MaxTime=01:00:00 RootOnly=NO Nodes=c1
PartitionName=admin State=UP MaxTime=01:00:00 RootOnly=YES Nodes=c1
PartitionName=empty State=UP MaxTime=01:00:00 RootOnly=NO Nodes=(null)
"""
THIN = (
    "NodeName={name} Arch=x86_64 CoresPerSocket=32 CPUEfctv=128 CPUTot=128 "
    "AvailableFeatures={feature},ib Gres=(null) OS=Linux 6.1 #1 SMP @0 Boards=1 "
    "Sockets=2 ThreadsPerCore=2 RealMemory=256000 MemSpecLimit=6000 State=IDLE "
    "Partitions={partitions}\n"
)
NODES = (
    THIN.format(name="c1", feature="rome", partitions="cpu,old,admin")
    + THIN.format(name="c2", feature="rome", partitions="cpu")
    + THIN.format(name="c3", feature="milan", partitions="cpu").replace("2560", "5120")
    + "NodeName=g1 Arch=aarch64 CoresPerSocket=72 CPUEfctv=70 CPUTot=72 Gres="
    "gpu:h100:4(S:0-1),nvme:1 AvailableFeatures=(null) Boards=1 Sockets=1 "
    "RealMemory=480000 Partitions=gpu\n"
    "NodeName=s1 CoresPerSocket=1 CPUTot=4 Gres=gpu:2 AvailableFeatures=static,"
    "hpc7g.4xlarge Boards=1 Sockets=4 RealMemory=8192 State=IDLE+CLOUD+POWERED_DOWN "
    "Partitions=on\n"
)
MPI = "MPI plugin types are...\n\tnone\n\tpmi2\n\tpmix\n"


@pytest.fixture
def site():
    return read_site(CONFIG, PARTITIONS, NODES, MPI, "seismic\n")


@pytest.fixture
def cluster(site):
    return cluster_of(description(site, "aarch64"), "valley.yaml")


def test_partitions_that_take_jobs_of_users_become_queues(cluster):
    assert list(cluster.queues) == ["cpu-rome", "cpu-milan", "gpu", "on"]
    assert cluster.name == "valley"
    assert cluster.most_array_tasks == 5000
    assert {queue.mpi for queue in cluster.queues.values()} == {"pmix"}
    assert {queue.account for queue in cluster.queues.values()} == {"seismic"}


def test_a_partition_of_two_kinds_is_two_queues_told_apart_by_a_feature(cluster):
    rome, milan = cluster.queues["cpu-rome"], cluster.queues["cpu-milan"]
    assert (rome.partition, rome.constraint, rome.nodes) == ("cpu", "rome", 2)
    assert (milan.partition, milan.constraint, milan.nodes) == ("cpu", "milan", 1)
    assert (rome.node.cores, rome.node.threads_per_core) == (64, 2)
    assert rome.node.memory_gib == pytest.approx(250_000 / 1024)
    assert rome.walltime_h == 36.5


def test_what_slurm_keeps_for_itself_is_left_to_it(cluster):
    node = cluster.queues["gpu"].node
    assert (node.cores, node.gpus, node.gpu_type) == (70, 4, "h100")
    assert node.memory_gib == pytest.approx(90_000 / 1024)
    assert cluster.queues["gpu"].purchase == "spot"


def test_what_slurm_does_not_know_is_nought_and_said(site, cluster):
    text = description(site, "aarch64")
    assert text.count("price_usd_per_hour: 0  # not known to Slurm") == 4
    assert text.count("watts: 0  # not known to Slurm") == 4
    assert "walltime_h: 168  # the partition has no limit" in text
    assert "architecture: aarch64  # of this machine: none has started yet" in text
    assert cluster.queues["on"].node.type == "hpc7g.4xlarge"


def test_kinds_that_no_feature_tells_apart_are_one_queue_with_the_least_of_each():
    alike = NODES.replace("milan", "rome")
    site = read_site(CONFIG, PARTITIONS, alike, MPI, "")
    queue = cluster_of(description(site, "x86_64"), "x").queues["cpu"]
    assert queue.node.memory_gib == pytest.approx(250_000 / 1024)
    assert (queue.nodes, queue.account) == (2, None)


def test_names_that_mean_something_in_yaml_stay_names(site):
    odd = [dataclasses.replace(p, name=name) for p, name in zip(
        site.partitions, ("null", "2xlarge", "2xlarge"), strict=True
    )]  # fmt: skip
    made = cluster_of(
        description(dataclasses.replace(site, partitions=tuple(odd)), "x86_64"), "x"
    )
    assert [q.partition for q in made.queues.values()][2:] == ["2xlarge", "2xlarge"]
    assert list(made.queues)[2:] == ["q2xlarge", "q2xlarge-2"]


def test_without_slurm_it_is_said_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadInput, match="anticline cluster up"):
        discover.discover()


def test_a_file_that_is_there_is_not_written_over(tmp_path):
    out = tmp_path / "mine.yaml"
    discover.write("a", out)
    with pytest.raises(BadInput, match="figures of yours"):
        discover.write("b", out)
    assert out.read_text() == "a"
