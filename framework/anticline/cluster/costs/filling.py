"""Prices, watts and bandwidth of nodes, from the table where a file has none."""

from __future__ import annotations

from anticline.cluster.costs.table import Table, known
from anticline.cluster.model import Cluster, Node


def priced(cluster: Cluster, table: Table | None = None) -> Cluster:
    """Fill in what the file leaves out; a cluster that is not on AWS stays as it is."""
    if cluster.aws is None:
        return cluster
    prices, region = table or known(), cluster.aws.region
    queues = {
        name: queue.model_copy(update={"node": _priced(queue.node, region, prices)})
        for name, queue in cluster.queues.items()
    }
    return cluster.model_copy(update={"queues": queues})


def _priced(node: Node, region: str, table: Table) -> Node:
    price = node.price_usd_per_hour or table.price(node.type, region) or 0.0
    watts = node.watts or table.watts(node.type)
    memory = node.memory_gb_per_s or table.memory_gb_per_s(node.type)
    return node.model_copy(
        update={"price_usd_per_hour": price, "watts": watts, "memory_gb_per_s": memory}
    )
