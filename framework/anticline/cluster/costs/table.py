"""prices.yaml as data: what an instance type is, draws and costs."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from anticline.cluster.fields import Amount, Count, Data, NotNegative

FILE = Path(__file__).with_name("prices.yaml")
HOURS_PER_MONTH = 730.0


class InstanceType(Data):
    """An EC2 instance type."""

    architecture: Literal["x86_64", "aarch64"]
    """Of its processor."""
    cores: Count
    """Physical cores."""
    threads_per_core: Count
    """Hardware threads of a core."""
    memory_mib: Count
    """Memory [MiB]."""
    gpus: Annotated[int, Field(ge=0)]
    """NVIDIA GPUs."""
    efa_interfaces: Annotated[int, Field(ge=0)]
    """Most Elastic Fabric Adapters; 0: it has none."""
    purchase: tuple[Literal["on-demand", "spot"], ...]
    """How it is sold."""
    zones: tuple[str, ...]
    """Ids of availability zones that have it."""
    memory_gb_per_s: NotNegative = 0.0
    """That its memory's channels carry, all sockets [GB/s]; 0: not known."""
    watts: NotNegative = 0.0
    """Drawn under full load [W]; 0: not known."""
    usd_per_hour: Mapping[str, Amount] = {}
    """On demand, Linux, by region [USD/h]; a region left out is not known."""


class Services(Data):
    """Prices of one region beside its instances; None: not known."""

    lustre_usd_per_gib_month: Mapping[int, Amount] = {}
    """FSx for Lustre, persistent SSD, by throughput [MB/s for each TiB]."""
    volume_usd_per_gib_month: Amount | None = None
    """EBS gp3."""
    nat_gateway_usd_per_hour: Amount | None = None
    """NAT gateway, without the data it passes on."""
    nat_gateway_usd_per_gib: Amount | None = None
    """Data that a NAT gateway passes on."""
    public_address_usd_per_hour: Amount | None = None
    """A public IPv4 address."""
    load_balancer_usd_per_hour: Amount | None = None
    """Network load balancer before the login nodes."""
    database_usd_per_hour: Mapping[str, Amount] = {}
    """RDS for MySQL, one zone, by instance class."""
    database_storage_usd_per_gib_month: Amount | None = None
    """RDS gp3."""
    object_usd_per_gib_month: Amount | None = None
    """S3 Standard, the first 50 TB."""
    egress_usd_per_gib: Amount | None = None
    """Data that leave AWS for the internet, the first 10 TB of a month."""


class Table(Data):
    """All that prices.yaml says."""

    format: Literal["anticline-prices/1"]
    """Name and version."""
    date: str
    """When prices were read, YYYY-MM-DD."""
    source: str
    """From where, where nothing else is said."""
    sources: Mapping[str, str] = {}
    """Of a service's price: from where, and of when."""
    services: Mapping[str, Services]
    """By region."""
    types: Mapping[str, InstanceType]
    """By name."""

    def price(self, name: str, region: str) -> float | None:
        """Price of an instance type on demand [USD/h]; None: not known."""
        known = self.types.get(name)
        return None if known is None else known.usd_per_hour.get(region)

    def watts(self, name: str) -> float:
        """Power of an instance type under load [W]; 0: not known."""
        known = self.types.get(name)
        return 0.0 if known is None else known.watts

    def memory_gb_per_s(self, name: str) -> float:
        """Bandwidth of an instance type's memory [GB/s]; 0: not known."""
        known = self.types.get(name)
        return 0.0 if known is None else known.memory_gb_per_s


def read_table(path: Path = FILE) -> Table:
    """Read a table of prices.

    Raises
    ------
    OSError, pydantic.ValidationError
        No such file, or it is no such table.
    """
    from ruamel.yaml import YAML

    return Table.model_validate(YAML(typ="safe", pure=True).load(path))


@functools.cache
def known() -> Table:
    """Give the table that comes along, read once."""
    return read_table()
