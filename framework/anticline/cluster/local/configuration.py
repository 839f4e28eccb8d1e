"""What the daemons of a local Slurm read, as text.

Every virtual node has a port, a spool folder and a temporary folder of its own:
PMIx and Open MPI's shared memory name their files by host, and all nodes are one.

Source: the manual pages slurm.conf(5) and slurmdbd.conf(5), Slurm 22.05.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from anticline.cluster.model import Cluster

MEBIBYTES = 1024  # in a gibibyte


@dataclass(frozen=True)
class Place:
    """Where one local Slurm lives.

    folder : all its files. ports : TCP ports on the loopback interface: the
    controller's, the database daemon's, and one for each node.
    """

    folder: Path
    ports: tuple[int, ...]

    @property
    def slurm_conf(self) -> Path:
        """What Slurm's commands find the cluster by, as SLURM_CONF."""
        return self.folder / "slurm.conf"

    @property
    def munge_socket(self) -> Path:
        """Where munged answers."""
        return self.folder / "munge" / "socket"

    @property
    def database_socket(self) -> Path:
        """Where the database answers."""
        return self.folder / "database" / "socket"

    def log(self, daemon: str) -> Path:
        """Give a daemon's log file."""
        return self.folder / "log" / f"{daemon}.log"


@dataclass(frozen=True)
class VirtualNode:
    """A node of a queue, with its port."""

    name: str
    queue: str
    port: int


def ports_needed(cluster: Cluster) -> int:
    """Count the ports of a cluster's controller, database daemon and nodes."""
    return 2 + sum(queue.nodes for queue in cluster.queues.values())


def nodes(cluster: Cluster, place: Place) -> Iterator[VirtualNode]:
    """List the nodes: x86-1, x86-2, gpu-1 ..."""
    ports = iter(place.ports[2:])
    for name, queue in cluster.queues.items():
        partition = queue.partition or name
        for number in range(1, queue.nodes + 1):
            yield VirtualNode(f"{partition}-{number}", name, next(ports))


def slurm_conf(cluster: Cluster, place: Place) -> str:
    """Write slurm.conf: everything on the loopback interface, under `folder`."""
    folder = place.folder
    lines = [
        f"ClusterName={cluster.name}",
        "SlurmctldHost=localhost(127.0.0.1)",
        f"SlurmctldPort={place.ports[0]}",
        "SlurmUser=root",
        "SlurmdUser=root",
        "AuthType=auth/munge",
        f"AuthInfo=socket={place.munge_socket}",
        "AccountingStorageType=accounting_storage/slurmdbd",
        "AccountingStorageHost=127.0.0.1",
        f"AccountingStoragePort={place.ports[1]}",
        f"AccountingStoragePass={place.munge_socket}",
        "JobAcctGatherType=jobacct_gather/linux",
        "JobAcctGatherFrequency=5",
        "ProctrackType=proctrack/linuxproc",
        "TaskPlugin=task/none",
        f"TaskProlog={folder}/task_prolog",
        "SelectType=select/cons_tres",
        "SelectTypeParameters=CR_CPU_Memory",
        "SlurmdParameters=config_overrides",
        "SchedulerParameters=bf_interval=1,sched_min_interval=100000",
        "MpiDefault=pmix",
        "ReturnToService=2",
        "SlurmdTimeout=15",
        "MessageTimeout=20",
        "GresTypes=gpu",
        f"StateSaveLocation={folder}/state",
        f"SlurmdSpoolDir={folder}/spool/%n",
        f"TmpFS={folder}/tmp/%n",
        f"SlurmctldPidFile={folder}/slurmctld.pid",
        f"SlurmdPidFile={folder}/slurmd.%n.pid",
    ]
    lines += [_node_line(cluster, node) for node in nodes(cluster, place)]
    lines += _partition_lines(cluster, place)
    return "\n".join(lines) + "\n"


def _node_line(cluster: Cluster, node: VirtualNode) -> str:
    made = cluster.queues[node.queue].node
    gpus = f" Gres=gpu:{made.gpus}" if made.gpus else ""
    return (
        f"NodeName={node.name} NodeHostname=localhost NodeAddr=127.0.0.1 "
        f"Port={node.port} CPUs={made.cores} "
        f"RealMemory={int(made.memory_gib * MEBIBYTES)}{gpus}"
    )


def _partition_lines(cluster: Cluster, place: Place) -> Iterator[str]:
    first = next(iter(cluster.queues))
    for name, queue in cluster.queues.items():
        own = ",".join(n.name for n in nodes(cluster, place) if n.queue == name)
        yield (
            f"PartitionName={queue.partition or name} Nodes={own} "
            f"MaxTime={round(queue.walltime_h * 60)} "
            f"Default={'YES' if name == first else 'NO'}"
        )


def gres_conf(cluster: Cluster, place: Place) -> str:
    """Write gres.conf: GPUs that are empty files, since the nodes are virtual."""
    return "".join(
        f"NodeName={node} Name=gpu File={path}\n"
        for node, path in gpu_files(cluster, place)
    )


def gpu_files(cluster: Cluster, place: Place) -> Iterator[tuple[str, Path]]:
    """List the file that stands for each GPU, with the node that has it."""
    for node in nodes(cluster, place):
        for number in range(cluster.queues[node.queue].node.gpus):
            yield node.name, place.folder / "gpu" / node.name / f"gpu{number}"


def slurmdbd_conf(place: Place) -> str:
    """Write slurmdbd.conf; the database answers on a socket, not on a port."""
    return "\n".join(
        [
            "AuthType=auth/munge",
            f"AuthInfo=socket={place.munge_socket}",
            "DbdHost=localhost",
            "DbdAddr=127.0.0.1",
            f"DbdPort={place.ports[1]}",
            "SlurmUser=root",
            "StorageType=accounting_storage/mysql",
            "StorageHost=localhost",
            "StorageUser=root",
            "StorageLoc=slurm_acct_db",
            f"PidFile={place.folder}/slurmdbd.pid",
            "",
        ]
    )


def task_prolog(place: Place) -> str:
    """Write the script whose output Slurm adds to each task's environment."""
    folder = f"{place.folder}/tmp/$SLURMD_NODENAME"
    return (
        "#!/bin/sh\n"
        "# Ranks of two virtual nodes do not meet in one shared-memory file.\n"
        f'echo "export OMPI_MCA_btl_vader_backing_directory={folder}"\n'
    )
