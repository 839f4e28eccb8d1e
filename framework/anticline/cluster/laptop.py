"""The cluster of a run where none is named: this machine, without Slurm."""

from __future__ import annotations

from anticline.cluster.here import AUTO
from anticline.cluster.model import Cluster


def laptop() -> Cluster:
    """Describe this machine: one queue that stands in for every other.

    The same as configs/clusters/laptop.yaml, which an installation lacks.
    """
    node = {"type": "this machine", "cores": AUTO, "memory_gib": AUTO, "gpus": AUTO}
    aliases = ("x86", "graviton", "gpu")
    queue = {"aliases": aliases, "architecture": AUTO, "nodes": 1, "node": node}
    return Cluster.model_validate(
        {
            "name": "laptop",
            "summary": "this machine, under mpirun",
            "launcher": "mpirun",
            "queues": {"local": queue},
        }
    )
