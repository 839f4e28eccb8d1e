"""What is paid while no job runs: by the hour, until the clusters are torn down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from anticline.cluster.aws import Aws
from anticline.cluster.costs.table import HOURS_PER_MONTH, Services, Table

ROOT_GIB = 60
DATABASE_GIB = 20


@dataclass(frozen=True)
class Item:
    """Something that costs; usd_per_hour: None where its price is not known."""

    what: str
    usd_per_hour: float | None

    @property
    def usd_per_month(self) -> float | None:
        """Price of a month of 730 hours [USD]."""
        return (
            None if self.usd_per_hour is None else self.usd_per_hour * HOURS_PER_MONTH
        )


def standing(aws: Aws, table: Table) -> list[Item]:
    """List what costs without a job: nodes that stay, files, accounting, ways out."""
    prices = table.services.get(aws.region, Services())
    return [*_nodes(aws, table), *_services(aws, prices)]


def traffic(aws: Aws, table: Table) -> list[Item]:
    """List what data cost: kept in the bucket [USD/GiB month], sent out [USD/GiB]."""
    prices = table.services.get(aws.region, Services())
    return [
        Item("a GiB kept in the bucket, a month", prices.object_usd_per_gib_month),
        Item("a GiB sent to the internet", prices.egress_usd_per_gib),
        Item("a GiB through the NAT gateway", prices.nat_gateway_usd_per_gib),
    ]


def _nodes(aws: Aws, table: Table) -> Iterator[Item]:
    for name, made in aws.clusters.items():
        price = table.price(made.head_node, aws.region)
        yield Item(f"{name}: head node, {made.head_node}", price)
        each = table.price(made.login_node, aws.region)
        price = None if each is None else made.login_nodes * each
        yield Item(f"{name}: {made.login_nodes} login node, {made.login_node}", price)
    price = table.price(aws.accounting.node, aws.region)
    yield Item(f"slurmdbd, {aws.accounting.node}", price)


def _services(aws: Aws, prices: Services) -> Iterator[Item]:
    storage = aws.storage
    speed = storage.throughput_mb_per_s_per_tib
    yield Item(
        f"FSx for Lustre, {storage.capacity_gib} GiB at {speed} MB/s for each TiB",
        _monthly(storage.capacity_gib, prices.lustre_usd_per_gib_month.get(speed)),
    )
    nodes = 1 + sum(1 + made.login_nodes for made in aws.clusters.values())
    yield Item(
        f"volumes of {nodes} nodes, {ROOT_GIB} GiB each",
        _monthly(nodes * ROOT_GIB, prices.volume_usd_per_gib_month),
    )
    name = aws.accounting.database
    price = prices.database_usd_per_hour.get(name)
    yield Item(f"accounting database, {name}", price)
    yield Item(
        f"its volume, {DATABASE_GIB} GiB",
        _monthly(DATABASE_GIB, prices.database_storage_usd_per_gib_month),
    )
    yield Item("NAT gateway, without its traffic", prices.nat_gateway_usd_per_hour)
    count = len(aws.clusters)
    price = _times(count, prices.load_balancer_usd_per_hour)
    yield Item(f"{count} load balancers before login nodes", price)
    # Of the NAT gateway, and of head and login nodes.
    addresses = 1 + sum(1 + made.login_nodes for made in aws.clusters.values())
    price = _times(addresses, prices.public_address_usd_per_hour)
    yield Item(f"{addresses} public addresses", price)


def _times(count: float, price: float | None) -> float | None:
    return None if price is None else count * price


def _monthly(count: float, price: float | None) -> float | None:
    """Give the price of an hour of so many units that are paid by the month."""
    return _times(count / HOURS_PER_MONTH, price)
