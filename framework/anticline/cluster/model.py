"""A cluster and its queues: what nodes there are, and how jobs get onto them.

Everything is frozen data, checked when made. Units stand in the names.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=1)]
Amount = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,62}$")]
Line = Annotated[str, Field(pattern=r"^[^\n\r\x00]+$")]

Architecture = Literal["x86_64", "aarch64"]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class Node(_Data):
    """A machine of a queue.

    type : the provider's name of it. cores : physical ones. memory_gib : that jobs
    may use [GiB]. gpus : number of them. price_usd_per_hour : of one node [USD/h].
    watts : what one node draws under load [W]. network_gbit_per_s : [Gbit/s].
    """

    type: Line
    cores: Count
    memory_gib: Amount
    gpus: Annotated[int, Field(ge=0)] = 0
    price_usd_per_hour: NotNegative = 0.0
    watts: NotNegative = 0.0
    network_gbit_per_s: NotNegative = 0.0


class Queue(_Data):
    """Nodes of one kind, and what a job has to say to get them.

    nodes : most that may run at a time. partition : Slurm's name of it; left out,
    the queue's own. slurm_cluster : for ``sbatch -M``; left out, the one at hand.
    purchase : spot nodes may be taken away. walltime_h : most that a job may ask
    for [h]. mpi : what ``srun --mpi`` needs. modules, setup : loaded, and run, on
    the node before a job's program.
    """

    architecture: Architecture
    node: Node
    nodes: Count
    partition: Name | None = None
    slurm_cluster: Name | None = None
    purchase: Literal["on-demand", "spot", "owned"] = "owned"
    walltime_h: Amount = 24.0
    mpi: Name = "pmix"
    account: Name | None = None
    qos: Name | None = None
    constraint: Line | None = None
    modules: tuple[Line, ...] = ()
    container: Line | None = None
    setup: tuple[Line, ...] = ()


class Cluster(_Data):
    """Queues that one run may use.

    launcher : "srun" under Slurm, "mpirun" on a machine without.
    """

    name: Name
    summary: Line = "a cluster"
    launcher: Literal["srun", "mpirun"] = "srun"
    queues: Annotated[dict[Name, Queue], Field(min_length=1)]

    def partition_of(self, queue: str) -> str:
        """Give Slurm's name of a queue."""
        return self.queues[queue].partition or queue
