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
    prices = table.services.get(aws.region)
    items = [*_nodes(aws, table)]
    if prices is None:
        names = ("file system", "volumes", "NAT gateway", "database", "load balancers")
        return [*items, *(Item(name, None) for name in names)]
    return [*items, *_services(aws, prices)]


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
    each = prices.lustre_usd_per_gib_month.get(speed)
    yield Item(
        f"FSx for Lustre, {storage.capacity_gib} GiB at {speed} MB/s for each TiB",
        None if each is None else storage.capacity_gib * each / HOURS_PER_MONTH,
    )
    nodes = 1 + sum(1 + made.login_nodes for made in aws.clusters.values())
    volumes = nodes * ROOT_GIB * prices.volume_usd_per_gib_month / HOURS_PER_MONTH
    yield Item(f"volumes of {nodes} nodes, {ROOT_GIB} GiB each", volumes)
    name = aws.accounting.database
    each = prices.database_usd_per_hour.get(name)
    files = DATABASE_GIB * prices.database_storage_usd_per_gib_month / HOURS_PER_MONTH
    price = None if each is None else each + files
    yield Item(f"accounting database, {name}, {DATABASE_GIB} GiB", price)
    yield Item("NAT gateway, without its traffic", prices.nat_gateway_usd_per_hour)
    count = len(aws.clusters)
    balancers = count * prices.load_balancer_usd_per_hour
    yield Item(f"{count} load balancers before login nodes", balancers)
    addresses = 1 + sum(1 + made.login_nodes for made in aws.clusters.values())
    price = addresses * prices.public_address_usd_per_hour
    yield Item(f"{addresses} public addresses", price)
