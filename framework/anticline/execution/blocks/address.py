"""At which of its addresses a cluster's nodes reach this machine."""

from __future__ import annotations

import os
import socket
import subprocess

from anticline.cluster.model import Cluster

ADDRESS = "ANTICLINE_ADDRESS"
LOOPBACK = "127.0.0.1"
_ANY_PORT = 6817  # nothing is sent
_COMMAND_S = 60.0
_FEW = 8


def address_for(cluster: Cluster, queue: str) -> str:
    """Give the address that workers of a queue connect to.

    ANTICLINE_ADDRESS where it is set; loopback without Slurm; else the one from which
    this machine would speak to the queue's nodes. Nothing is sent to find out.
    """
    if given := os.environ.get(ADDRESS):
        return given
    if cluster.launcher == "mpirun":
        return LOOPBACK
    for node in _nodes(cluster, queue):
        if found := _towards(node):
            return found
    return _towards(socket.gethostname()) or LOOPBACK


def _nodes(cluster: Cluster, queue: str) -> list[str]:
    """Ask Slurm for the addresses of a few of a queue's nodes."""
    made = cluster.queues[queue]
    clusters = ["--clusters", made.slurm_cluster] if made.slurm_cluster else []
    partition = cluster.partition_of(queue)
    line = ["sinfo", *clusters, "-h", "-N", "-p", partition, "-o", "%o"]
    try:
        done = subprocess.run(
            line, capture_output=True, text=True, check=False, timeout=_COMMAND_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return list(dict.fromkeys(done.stdout.split()))[:_FEW]


def _towards(name: str) -> str | None:
    """Give this machine's end of a path to another; None: it has no such name yet."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((name, _ANY_PORT))
        except OSError:
            return None
        return str(probe.getsockname()[0])
