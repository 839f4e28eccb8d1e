"""A queue of a description -> one of ParallelCluster's SlurmQueues."""

from __future__ import annotations

from typing import Any

from anticline.cluster.aws import Aws
from anticline.cluster.costs.table import Table
from anticline.cluster.model import Queue

CAPACITY = {"on-demand": "ONDEMAND", "spot": "SPOT"}
MIB_PER_GIB = 1024
ROOT_GIB = 60


def has_efa(queue: Queue, table: Table) -> bool:
    """Tell whether a queue's nodes get Elastic Fabric Adapters."""
    if queue.efa is not None:
        return queue.efa
    known = table.types.get(queue.node.type)
    return known is not None and known.efa_interfaces > 0


def placed_together(queue: Queue, table: Table) -> bool:
    """Tell whether nodes are put side by side.

    Spot nodes are not: a placement group would leave them the spare capacity of one
    spot in the building.
    """
    return has_efa(queue, table) and queue.purchase == "on-demand" and queue.nodes > 1


def queue_section(name: str, queue: Queue, aws: Aws, table: Table) -> dict[str, Any]:
    """Give a queue's part; it has no node while it has no job."""
    return {
        "Name": queue.partition or name,
        "CapacityType": CAPACITY[queue.purchase],
        "ComputeSettings": {
            "LocalStorage": {
                "RootVolume": {"Size": ROOT_GIB, "VolumeType": "gp3", "Encrypted": True}
            }
        },
        "Networking": {
            "SubnetIds": [aws.network.compute_subnet],
            "AdditionalSecurityGroups": [aws.network.nodes_security_group],
            "PlacementGroup": {"Enabled": placed_together(queue, table)},
        },
        "ComputeResources": [_resource(queue, table)],
        "CustomSlurmSettings": {"MaxTime": round(queue.walltime_h * 60)},
        "CustomActions": {"OnNodeConfigured": _node_start(queue, aws, table)},
        "Iam": {
            "S3Access": [{"BucketName": aws.storage.bucket, "KeyName": "bootstrap/*"}],
            "AdditionalIamPolicies": [{"Policy": aws.access.node_policy}],
        },
        "HealthChecks": {"Gpu": {"Enabled": queue.node.gpus > 0}},
        "Tags": [{"Key": "queue", "Value": name}],
    }


def _node_start(queue: Queue, aws: Aws, table: Table) -> dict[str, Any]:
    """Name the script that configures a node, and what a node of its type has."""
    node = queue.node
    adapters = table.types[node.type].efa_interfaces if has_efa(queue, table) else 0
    least = node.memory_gb_per_s * aws.least_memory_percent / 100
    expected = (str(node.gpus), str(adapters), f"{least:.0f}")
    storage = aws.storage
    return {
        "Script": f"s3://{storage.bucket}/bootstrap/node_start.sh",
        "Args": [storage.mounted_at, storage.bucket, aws.region, *expected],
    }


def _resource(queue: Queue, table: Table) -> dict[str, Any]:
    node = queue.node
    return {
        "Name": node.type.replace(".", "-"),
        "InstanceType": node.type,
        "MinCount": 0,
        "MaxCount": queue.nodes,
        "SchedulableMemory": int(node.memory_gib * MIB_PER_GIB),
        "Efa": {"Enabled": has_efa(queue, table)},
    }
