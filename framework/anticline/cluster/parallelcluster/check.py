"""What ParallelCluster or EC2 would refuse of a description, before anything runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from anticline.cluster.aws import Aws
from anticline.cluster.costs.table import InstanceType, Table
from anticline.cluster.model import Cluster, Queue
from anticline.cluster.parallelcluster.configuration import queues_of

Place = tuple[Any, ...]
Remark = tuple[Place, str]
MOST_QUEUES = 50
_QUEUE_NAME = re.compile(r"[a-z][a-z0-9-]{0,24}")
_CLUSTER_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


def check(cluster: Cluster, table: Table) -> Iterator[Remark]:
    """Give each mistake with its place: the keys that lead to it."""
    aws = cluster.aws
    if aws is None:
        yield (), "'aws' is missing: region, network, storage, accounting, budget"
        return
    yield from _check_services(aws, table)
    for name in aws.clusters:
        yield from _check_slurm_cluster(cluster, aws, name, table)
    for name, queue in cluster.queues.items():
        yield from _check_queue(name, queue, aws, table)
        if queue.purchase == "spot" and not _has_pair(cluster, queue):
            yield (
                ("queues", name, "purchase"),
                f"queue '{name}' is spot and has no pair: name an on-demand queue of "
                f"{queue.slurm_cluster} and {queue.architecture} among its aliases",
            )


def _check_services(aws: Aws, table: Table) -> Iterator[Remark]:
    if not aws.availability_zone_id.startswith(_zone_prefix(aws.region)):
        yield (
            ("aws", "availability_zone_id"),
            f"zone {aws.availability_zone_id} is not in {aws.region}",
        )
    size = aws.storage.capacity_gib
    if size != 1200 and size % 2400:
        yield (
            ("aws", "storage", "capacity_gib"),
            f"FSx for Lustre has 1200 GiB or a multiple of 2400, not {size}",
        )
    if aws.region not in table.services:
        yield (
            ("aws", "region"),
            f"prices of {aws.region} are not known; anticline cluster prices",
        )


def _zone_prefix(region: str) -> str:
    """Begin the ids of a region's zones: us-east-2 -> use2-az."""
    area, *directions, number = region.split("-")
    short = {"northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw"}
    ways = "".join(short.get(way, way[:1]) for way in directions)
    return f"{area}{ways}{number}-az"


def _check_slurm_cluster(
    cluster: Cluster, aws: Aws, name: str, table: Table
) -> Iterator[Remark]:
    place = ("aws", "clusters", name)
    queues = queues_of(cluster, name)
    if not _CLUSTER_NAME.fullmatch(name):
        yield place, f"'{name}': a ParallelCluster has small letters, digits and '-'"
    if not 1 <= len(queues) <= MOST_QUEUES:
        yield place, f"'{name}' has {len(queues)} queues; 1 to {MOST_QUEUES} are needed"
    made = aws.clusters[name]
    for key, kind in (("head_node", made.head_node), ("login_node", made.login_node)):
        yield from _check_type((*place, key), kind, aws, table)
        known = table.types.get(kind)
        for queue in dict.fromkeys(q.architecture for q in queues.values()):
            if known and queue != known.architecture:
                yield (
                    (*place, key),
                    f"'{name}' mixes architectures: {kind} is {known.architecture} and "
                    f"it has queues of {queue}; give those a slurm_cluster apart",
                )


def _check_queue(name: str, queue: Queue, aws: Aws, table: Table) -> Iterator[Remark]:
    place = ("queues", name)
    if not _QUEUE_NAME.fullmatch(queue.partition or name):
        yield place, f"'{name}': 25 small letters, digits and '-' at most"
    if queue.slurm_cluster not in aws.clusters:
        known = ", ".join(aws.clusters)
        found = f"'{queue.slurm_cluster}'" if queue.slurm_cluster else "nothing"
        yield (
            (*place, "slurm_cluster"),
            f"{found} found, one of aws.clusters is needed: {known}",
        )
    if queue.purchase == "owned":
        yield (*place, "purchase"), "on AWS a node is 'on-demand' or 'spot'"
    yield from _check_type((*place, "node", "type"), queue.node.type, aws, table)
    if (made := table.types.get(queue.node.type)) is not None:
        yield from _check_node(place, queue, made)


def _check_type(place: Place, kind: str, aws: Aws, table: Table) -> Iterator[Remark]:
    made = table.types.get(kind)
    if made is None:
        yield place, f"{kind} is not in the table; anticline cluster prices adds it"
    elif aws.availability_zone_id not in made.zones:
        near = ", ".join(made.zones) or "none known"
        yield place, f"{aws.availability_zone_id} has no {kind}; it is in {near}"


def _check_node(place: Place, queue: Queue, made: InstanceType) -> Iterator[Remark]:
    node, kind = queue.node, queue.node.type
    same = (
        ("cores", node.cores, made.cores),
        ("threads_per_core", node.threads_per_core, made.threads_per_core),
        ("gpus", node.gpus, made.gpus),
    )
    for key, found, needed in same:
        if found != needed:
            yield (*place, "node", key), f"{kind} has {key}: {needed}, not {found}"
    if queue.architecture != made.architecture:
        yield (
            (*place, "architecture"),
            f"{kind} is {made.architecture}, not {queue.architecture}",
        )
    if node.memory_gib * 1024 > made.memory_mib:
        yield (
            (*place, "node", "memory_gib"),
            f"{kind} has {made.memory_mib // 1024} GiB, less than {node.memory_gib:g}",
        )
    if queue.efa and not made.efa_interfaces:
        yield (*place, "efa"), f"{kind} has no Elastic Fabric Adapter"
    if queue.purchase != "owned" and queue.purchase not in made.purchase:
        sold = " or ".join(made.purchase)
        yield (*place, "purchase"), f"{kind} is sold {sold}, not {queue.purchase}"


def _has_pair(cluster: Cluster, spot: Queue) -> bool:
    """Tell whether a spot queue stands in for one on demand beside it."""
    pairs = (cluster.queues[a] for a in spot.aliases if a in cluster.queues)
    return any(
        pair.purchase == "on-demand"
        and pair.slurm_cluster == spot.slurm_cluster
        and pair.architecture == spot.architecture
        for pair in pairs
    )
