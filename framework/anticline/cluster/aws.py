"""The `aws` section of a cluster file: what an AWS account has to have for it.

Two kinds of keys: what a person chooses (region, sizes, money), and the names that
AWS gave to what the stacks made (a subnet, a file system). The second kind have
zeros in them until `anticline cluster render --stack` puts the stacks' outputs in.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from anticline.cluster.fields import Amount, Count, Data, Line, Name, Word

Type = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*\.[a-z0-9-]+$")]
"""An EC2 instance type."""
Bucket = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
Region = Annotated[str, Field(pattern=r"^[a-z]{2,4}(-[a-z]+)+-[0-9]$")]
Cidr = Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{1,2}$")]


def _id(kind: str) -> object:
    """Give the field of an identifier that AWS made: KIND-0123456789abcdef0."""
    return Field(pattern=f"^{kind}-[0-9a-f]{{17}}$")


class SlurmCluster(Data):
    """The nodes of one ParallelCluster that are always there."""

    head_node: Type
    """Instance type of the head node; its architecture is that of all nodes."""
    login_node: Type
    """Instance type of the login nodes."""
    login_nodes: Count = 1
    """How many login nodes there are."""


class Network(Data):
    """Where nodes are, by the outputs of parallelcluster/network.yaml."""

    head_subnet: Annotated[str, _id("subnet")]
    """Of head and login nodes: reached from outside."""
    compute_subnet: Annotated[str, _id("subnet")]
    """Of compute nodes and the file system: it reaches out, nothing reaches in."""
    nodes_security_group: Annotated[str, _id("sg")]
    """That all nodes are in, and that file system and accounting let in."""
    allowed_ips: Cidr
    """Addresses that may open an SSH connection to head and login nodes."""


Policy = Annotated[str, Field(pattern=r"^arn:aws:iam::[0-9]{12}:policy/\S+$")]


class Access(Data):
    """What nodes may do, by the outputs of parallelcluster/access.yaml."""

    staging_policy: Policy
    """Of head and login nodes: data to and from the bucket."""
    node_policy: Policy
    """Of compute nodes: tags on themselves."""


class Storage(Data):
    """The shared file system, by the outputs of parallelcluster/storage.yaml."""

    file_system: Annotated[str, _id("fs")]
    """FSx for Lustre."""
    bucket: Bucket
    """S3 bucket behind it, which also holds the bootstrap scripts."""
    capacity_gib: Annotated[int, Field(ge=1200, multiple_of=1200)]
    """Size of the file system [GiB]: 1200 or a multiple of 2400."""
    throughput_mb_per_s_per_tib: Literal[125, 250, 500, 1000] = 125
    """Throughput [MB/s] for each TiB of size."""
    mounted_at: Annotated[str, Field(pattern=r"^/[a-z][a-z0-9_/-]*$")] = "/shared"
    """Where every node finds it."""


class Accounting(Data):
    """The slurmdbd of all clusters, by outputs of parallelcluster/accounting.yaml."""

    host: Line
    """Address of the slurmdbd."""
    port: Annotated[int, Field(ge=1, le=65535)] = 6819
    """Its TCP port."""
    munge_key: Line
    """ARN of the secret with the munge key that all daemons share."""
    node: Type = "t4g.small"
    """Instance type of the slurmdbd."""
    database: Annotated[str, Field(pattern=r"^db\.[a-z0-9.]+$")] = "db.t4g.medium"
    """Instance class of the database."""


class Budget(Data):
    """What may be spent; checked before a run, and watched by AWS Budgets."""

    usd_per_month: Amount
    """All that the project's tag is on [USD/month]."""
    usd_per_run: Amount | None = None
    """Most that the estimate of one run may be [USD]; left out: the month's."""
    warn_at_percent: Annotated[
        tuple[Annotated[int, Field(ge=1, le=100)], ...],
        Field(min_length=3, max_length=3),
    ] = (50, 80, 100)
    """When a message is sent, three of them [% of the month's]."""
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]
    """Who gets it."""


class Aws(Data):
    """An AWS account's part of a cluster."""

    region: Region
    """Where everything is."""
    availability_zone_id: Annotated[str, Field(pattern=r"^[a-z0-9]+-az[0-9]$")]
    """The zone of all compute nodes and of the file system (use2-az2)."""
    image: Literal["alinux2023", "ubuntu2204", "ubuntu2404"] = "alinux2023"
    """Operating system of all nodes: one of ParallelCluster's own images."""
    ssh_key: Word
    """Name of the EC2 key pair."""
    project: Name
    """Tag on everything, by which costs are told apart."""
    clusters: Annotated[dict[Name, SlurmCluster], Field(min_length=1)]
    """A ParallelCluster for each slurm_cluster that queues name."""
    network: Network
    """Subnets and security groups."""
    access: Access
    """Policies of nodes."""
    storage: Storage
    """The shared file system."""
    accounting: Accounting
    """The slurmdbd."""
    budget: Budget
    """What may be spent."""
    idle_minutes: Count = 10
    """A node without a job is given back after so long [min]."""
    least_memory_percent: Annotated[int, Field(ge=0, le=90)] = 50
    """A node is drained below this share of its memory's bandwidth [%]; 0: never."""
    log_days: Literal[7, 14, 30, 60, 90, 180, 365] = 30
    """How long CloudWatch keeps logs [days]."""
