"""A description and one of its Slurm clusters -> the keys of ParallelCluster."""

from __future__ import annotations

from typing import Any

from anticline.cluster.aws import Aws
from anticline.cluster.costs.table import Table
from anticline.cluster.model import Cluster, Queue
from anticline.cluster.parallelcluster.queues import queue_section

ROOT_GIB = 60
HEALTH_INTERVAL_S = 300
SCRIPTS = "bootstrap"  # folder in the bucket
Section = dict[str, Any]


def queues_of(cluster: Cluster, slurm_cluster: str) -> dict[str, Queue]:
    """Give the queues that live in a Slurm cluster."""
    return {
        name: queue
        for name, queue in cluster.queues.items()
        if queue.slurm_cluster == slurm_cluster
    }


def configuration(
    cluster: Cluster, aws: Aws, slurm_cluster: str, table: Table
) -> Section:
    """Give what `pcluster create-cluster` reads of a Slurm cluster."""
    queues = queues_of(cluster, slurm_cluster)
    return {
        "Region": aws.region,
        "Image": {"Os": aws.image},
        "Imds": {"ImdsSupport": "v2.0"},
        "Tags": [
            {"Key": "project", "Value": aws.project},
            {"Key": "cluster", "Value": slurm_cluster},
        ],
        "Iam": {"ResourcePrefix": f"/{aws.project}/"},
        "HeadNode": _head_node(aws, slurm_cluster),
        "LoginNodes": {"Pools": [_login_pool(aws, slurm_cluster)]},
        "Scheduling": {
            "Scheduler": "slurm",
            "SlurmSettings": _slurm(aws, slurm_cluster),
            "SlurmQueues": [
                queue_section(name, queue, aws, table) for name, queue in queues.items()
            ],
        },
        "SharedStorage": [
            {
                "Name": "lustre",
                "MountDir": aws.storage.mounted_at,
                "StorageType": "FsxLustre",
                "FsxLustreSettings": {"FileSystemId": aws.storage.file_system},
            }
        ],
        "Monitoring": _monitoring(aws),
    }


def _head_node(aws: Aws, slurm_cluster: str) -> Section:
    return {
        "InstanceType": aws.clusters[slurm_cluster].head_node,
        "Networking": {
            "SubnetId": aws.network.head_subnet,
            "AdditionalSecurityGroups": [aws.network.nodes_security_group],
        },
        "Ssh": {"KeyName": aws.ssh_key, "AllowedIps": aws.network.allowed_ips},
        "LocalStorage": {
            "RootVolume": {"Size": ROOT_GIB, "VolumeType": "gp3", "Encrypted": True}
        },
        "CustomActions": _action(aws, "head_start.sh"),
        "Iam": {
            "S3Access": [
                {"BucketName": aws.storage.bucket, "KeyName": f"{SCRIPTS}/*"},
            ],
            "AdditionalIamPolicies": [{"Policy": aws.access.staging_policy}],
        },
        "Imds": {"Secured": True},
    }


def _login_pool(aws: Aws, slurm_cluster: str) -> Section:
    made = aws.clusters[slurm_cluster]
    return {
        "Name": "login",
        "InstanceType": made.login_node,
        "Count": made.login_nodes,
        "GracetimePeriod": 10,
        "Networking": {
            "SubnetIds": [aws.network.head_subnet],
            "AdditionalSecurityGroups": [aws.network.nodes_security_group],
        },
        "Ssh": {"AllowedIps": aws.network.allowed_ips},
        "Iam": {"AdditionalIamPolicies": [{"Policy": aws.access.staging_policy}]},
    }


def _action(aws: Aws, script: str) -> Section:
    """Name a script that a node runs when it is configured."""
    return {
        "OnNodeConfigured": {
            "Script": f"s3://{aws.storage.bucket}/{SCRIPTS}/{script}",
            "Args": [aws.storage.mounted_at, aws.storage.bucket, aws.region],
        }
    }


def _slurm(aws: Aws, slurm_cluster: str) -> Section:
    program = f"{aws.storage.mounted_at}/anticline/bootstrap/health_check.sh"
    return {
        "ScaledownIdletime": aws.idle_minutes,
        "QueueUpdateStrategy": "DRAIN",
        "EnableMemoryBasedScheduling": True,
        "MungeKeySecretArn": aws.accounting.munge_key,
        "ExternalSlurmdbd": {
            "Host": aws.accounting.host,
            "Port": aws.accounting.port,
        },
        "CustomSlurmSettings": [
            {"ClusterName": slurm_cluster},
            {"HealthCheckProgram": program},
            {"HealthCheckInterval": HEALTH_INTERVAL_S},
            {"HealthCheckNodeState": "IDLE"},
        ],
    }


def _monitoring(aws: Aws) -> Section:
    return {
        "DetailedMonitoring": False,
        "Logs": {
            "CloudWatch": {
                "Enabled": True,
                "RetentionInDays": aws.log_days,
                "DeletionPolicy": "Retain",
            },
            "Rotation": {"Enabled": True},
        },
        "Dashboards": {"CloudWatch": {"Enabled": True}},
        "Alarms": {"Enabled": True},
    }
