"""A cluster and its queues: what nodes there are, and how jobs get onto them.

Everything is frozen data, checked when made. Units stand in the names. The text
under a key is what an editor shows of it (JSON Schema).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from anticline.cluster import here
from anticline.cluster.aws import Aws
from anticline.cluster.fields import Amount, Count, Data, Line, Name, NotNegative, Word

_AUTO = {"const": here.AUTO}
Cores = Annotated[
    Count,
    BeforeValidator(here.cores),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1}, _AUTO]}),
]
Memory = Annotated[
    Amount,
    BeforeValidator(here.memory_gib),
    WithJsonSchema({"anyOf": [{"type": "number", "exclusiveMinimum": 0}, _AUTO]}),
]
Gpus = Annotated[
    int,
    Field(ge=0),
    BeforeValidator(here.gpus),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, _AUTO]}),
]
Architecture = Annotated[
    Literal["x86_64", "aarch64"],
    BeforeValidator(here.architecture),
    WithJsonSchema({"enum": ["x86_64", "aarch64", here.AUTO]}),
]


class Node(Data):
    """A machine of a queue; `auto` stands for the figure of this machine."""

    type: Line
    """The provider's name of it."""
    cores: Cores
    """Physical cores that jobs may use, or auto."""
    threads_per_core: Count = 1
    """Hardware threads of a core; a job's threads have a core each all the same."""
    memory_gib: Memory
    """Memory that jobs may use [GiB], or auto."""
    gpus: Gpus = 0
    """Number of GPUs, or auto."""
    gpu_type: Word | None = None
    """The GPUs' name in Slurm (--gpus-per-task=NAME:1)."""
    network_gbit_per_s: NotNegative = 0.0
    """Bandwidth to other nodes [Gbit/s]; 0: not known."""
    memory_gb_per_s: NotNegative = 0.0
    """What its memory's channels carry [GB/s]; 0: not known; on AWS: of the table."""
    price_usd_per_hour: NotNegative = 0.0
    """Price of one node [USD/h]; 0: not known, or nothing; on AWS: of the table."""
    watts: NotNegative = 0.0
    """What one node draws under load [W]; 0: not known; on AWS: of the table."""


class Queue(Data):
    """Nodes of one kind, and what a job has to say to get them."""

    architecture: Architecture
    """x86_64 or aarch64, or auto."""
    node: Node
    """What each node is."""
    nodes: Count
    """Most nodes that may run at a time."""
    aliases: tuple[Name, ...] = ()
    """Further names that a workflow may call it by; queues may share one."""
    partition: Word | None = None
    """Slurm's name of it; left out: the queue's own."""
    slurm_cluster: Word | None = None
    """The Slurm cluster it lives in (sbatch -M); left out: the one at hand."""
    purchase: Literal["on-demand", "spot", "owned"] = "owned"
    """How nodes are paid for; spot ones may be taken away."""
    efa: bool | None = None
    """AWS: Elastic Fabric Adapters; left out: where the nodes' type has them."""
    walltime_h: Amount = 24.0
    """Most that a job may ask for [h]."""
    patience_h: Amount = 0.5
    """How long a job waits for a node before another queue is tried [h]."""
    mpi: Name = "pmix"
    """What srun --mpi needs."""
    account: Word | None = None
    """Slurm account that jobs are charged to."""
    qos: Word | None = None
    """Quality of service."""
    constraint: Line | None = None
    """Features that a node must have."""
    modules: tuple[Line, ...] = ()
    """Loaded (module load) before a job's program."""
    setup: tuple[Line, ...] = ()
    """Shell lines that are run before a job's program."""
    container: Line | None = None
    """Apptainer image in which a job's program runs."""


class Cluster(Data):
    """Queues that one run may use."""

    name: Name
    """Of the cluster."""
    summary: Line = "a cluster"
    """What a person should know of it."""
    launcher: Literal["srun", "mpirun"] = "srun"
    """srun under Slurm, mpirun on a machine without."""
    most_array_tasks: Count = 1000
    """Most elements of one array job: Slurm's MaxArraySize less one."""
    aws: Aws | None = None
    """What an AWS account has to have for it, where its nodes are there."""
    queues: Annotated[dict[Name, Queue], Field(min_length=1)]
    """By name; the first that fits is taken where a workflow names none."""

    def partition_of(self, queue: str) -> str:
        """Give Slurm's name of a queue."""
        return self.queues[queue].partition or queue

    def called(self, name: str) -> tuple[str, ...]:
        """Give the queues that a workflow means by a name; none: nobody knows it.

        The queue of that name is first, then those that have it among their
        aliases, in their order.
        """
        own = (name,) if name in self.queues else ()
        aliased = (q for q, made in self.queues.items() if name in made.aliases)
        return own + tuple(queue for queue in aliased if queue != name)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that `called` knows, each once."""
        aliases = (a for queue in self.queues.values() for a in queue.aliases)
        return tuple(dict.fromkeys((*self.queues, *aliases)))
