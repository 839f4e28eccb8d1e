"""What the daemons of a local Slurm read, as text.

Queues may live in several Slurm clusters (`slurm_cluster`), as those of AWS
ParallelCluster do: each has a controller and a folder for its files, and they share
the accounting daemon, by which `sbatch -M` finds them.

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
    database daemon's, one for each controller, and one for each node.
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
class Controller:
    """One Slurm cluster.

    queues : that live in it. folder : of its files; the first one's is the place's.
    daemon : the name of its controller among the daemons.
    """

    name: str
    queues: tuple[str, ...]
    folder: Path
    port: int
    daemon: str

    @property
    def slurm_conf(self) -> Path:
        """What its daemons and their jobs find it by."""
        return self.folder / "slurm.conf"


@dataclass(frozen=True)
class VirtualNode:
    """A node of a queue, with its port."""

    name: str
    queue: str
    port: int


def slurm_clusters(cluster: Cluster) -> dict[str, tuple[str, ...]]:
    """Name the Slurm clusters of a description, each with its queues."""
    found: dict[str, tuple[str, ...]] = {}
    for name, queue in cluster.queues.items():
        where = queue.slurm_cluster or cluster.name
        found[where] = (*found.get(where, ()), name)
    return found


def ports_needed(cluster: Cluster) -> int:
    """Count the ports of a cluster's database daemon, controllers and nodes."""
    return 1 + len(slurm_clusters(cluster)) + nodes_of(cluster)


def nodes_of(cluster: Cluster) -> int:
    """Count the nodes of all queues."""
    return sum(queue.nodes for queue in cluster.queues.values())


def controllers(cluster: Cluster, place: Place) -> Iterator[Controller]:
    """List the Slurm clusters; commands speak with the first by themselves."""
    found = slurm_clusters(cluster).items()
    for number, (name, queues) in enumerate(found):
        folder = place.folder / name if number else place.folder
        daemon = f"slurmctld {name}" if number else "slurmctld"
        yield Controller(name, queues, folder, place.ports[1 + number], daemon)


def nodes(cluster: Cluster, place: Place) -> Iterator[VirtualNode]:
    """List the nodes: x86-1, x86-2, gpu-1 ..."""
    ports = iter(place.ports[1 + len(slurm_clusters(cluster)) :])
    for name, queue in cluster.queues.items():
        partition = queue.partition or name
        for number in range(1, queue.nodes + 1):
            yield VirtualNode(f"{partition}-{number}", name, next(ports))


def slurm_conf(cluster: Cluster, place: Place, own: Controller) -> str:
    """Write slurm.conf: everything on the loopback interface, under `folder`."""
    folder = place.folder
    lines = [
        f"ClusterName={own.name}",
        "SlurmctldHost=localhost(127.0.0.1)",
        f"SlurmctldPort={own.port}",
        "SlurmUser=root",
        "SlurmdUser=root",
        "AuthType=auth/munge",
        f"AuthInfo=socket={place.munge_socket}",
        "AccountingStorageType=accounting_storage/slurmdbd",
        "AccountingStorageHost=127.0.0.1",
        f"AccountingStoragePort={place.ports[0]}",
        f"AccountingStoragePass={place.munge_socket}",
        "JobAcctGatherType=jobacct_gather/linux",
        "JobAcctGatherFrequency=5",
        "ProctrackType=proctrack/linuxproc",
        "TaskPlugin=task/none",
        f"TaskProlog={own.folder}/task_prolog",
        "SelectType=select/cons_tres",
        "SelectTypeParameters=CR_CPU_Memory",
        "SlurmdParameters=config_overrides",
        "SchedulerParameters=bf_interval=1,sched_min_interval=100000",
        "MpiDefault=pmix",
        "ReturnToService=2",
        "SlurmdTimeout=15",
        "MessageTimeout=20",
        "GresTypes=gpu",
        f"StateSaveLocation={own.folder}/state",
        f"SlurmdSpoolDir={folder}/spool/%n",
        f"TmpFS={folder}/tmp/%n",
        f"SlurmctldPidFile={own.folder}/slurmctld.pid",
        f"SlurmdPidFile={folder}/slurmd.%n.pid",
    ]
    here = [node for node in nodes(cluster, place) if node.queue in own.queues]
    lines += [_node_line(cluster, node) for node in here]
    lines += [_partition_line(cluster, name, here) for name in own.queues]
    return "\n".join(lines) + "\n"


def _node_line(cluster: Cluster, node: VirtualNode) -> str:
    made = cluster.queues[node.queue].node
    gpus = f" Gres=gpu:{made.gpus}" if made.gpus else ""
    return (
        f"NodeName={node.name} NodeHostname=localhost NodeAddr=127.0.0.1 "
        f"Port={node.port} CPUs={made.cores} "
        f"RealMemory={int(made.memory_gib * MEBIBYTES)}{gpus}"
    )


def _partition_line(cluster: Cluster, name: str, here: list[VirtualNode]) -> str:
    queue, own = cluster.queues[name], [n.name for n in here if n.queue == name]
    return (
        f"PartitionName={queue.partition or name} Nodes={','.join(own)} "
        f"MaxTime={round(queue.walltime_h * 60)} "
        f"Default={'YES' if name == here[0].queue else 'NO'}"
    )


def gres_conf(cluster: Cluster, place: Place, own: Controller) -> str:
    """Write gres.conf: GPUs that are empty files, since the nodes are virtual."""
    return "".join(
        f"NodeName={node.name} Name=gpu File={path}\n"
        for node, path in gpu_files(cluster, place)
        if node.queue in own.queues
    )


def gpu_files(cluster: Cluster, place: Place) -> Iterator[tuple[VirtualNode, Path]]:
    """List the file that stands for each GPU, with the node that has it."""
    for node in nodes(cluster, place):
        for number in range(cluster.queues[node.queue].node.gpus):
            yield node, place.folder / "gpu" / node.name / f"gpu{number}"


def slurmdbd_conf(place: Place) -> str:
    """Write slurmdbd.conf; the database answers on a socket, not on a port."""
    return "\n".join(
        [
            "AuthType=auth/munge",
            f"AuthInfo=socket={place.munge_socket}",
            "DbdHost=localhost",
            "DbdAddr=127.0.0.1",
            f"DbdPort={place.ports[0]}",
            "SlurmUser=root",
            "StorageType=accounting_storage/mysql",
            "StorageHost=localhost",
            "StorageUser=root",
            "StorageLoc=slurm_acct_db",
            f"PidFile={place.folder}/slurmdbd.pid",
            "",
        ]
    )


def task_prolog(place: Place, own: Controller) -> str:
    """Write the script whose output Slurm adds to each task's environment.

    A job may have been submitted from another of the Slurm clusters: what it starts
    asks the controller of its own.
    """
    folder = f"{place.folder}/tmp/$SLURMD_NODENAME"
    return (
        "#!/bin/sh\n"
        f'echo "export SLURM_CONF={own.slurm_conf}"\n'
        "# Ranks of two virtual nodes do not meet in one shared-memory file.\n"
        f'echo "export OMPI_MCA_btl_vader_backing_directory={folder}"\n'
    )
