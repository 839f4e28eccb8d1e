"""The table of prices anew, from AWS's price list and EC2's own facts.

`pricing:GetProducts`, `ec2:DescribeInstanceTypes` and
`ec2:DescribeInstanceTypeOfferings` are called, with the credentials at hand; nothing is
changed there.

Source: docs.aws.amazon.com/awsaccountbilling/latest/aboutv2, "Using the Price List
Query API"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from anticline.cluster.costs.services import (
    HOUR,
    Question,
    products,
    refreshed_services,
)
from anticline.cluster.costs.table import InstanceType, Services, Table
from anticline.errors import Failed

PRICE_LIST_REGION = "us-east-1"  # the service lives in few regions, and knows all
SHARED_LINUX = {
    "operatingSystem": "Linux",
    "tenancy": "Shared",
    "preInstalledSw": "NA",
    "capacitystatus": "Used",
}
ARCHITECTURES = {"x86_64": "x86_64", "arm64": "aarch64"}


def clients(region: str) -> tuple[Any, Any]:
    """Make the clients of the price list and of EC2.

    Raises
    ------
    Failed
        boto3 is not installed.
    """
    try:
        import boto3
    except ImportError as error:
        msg = "boto3 is needed to ask AWS: pip install 'anticline[aws]'"
        raise Failed(msg) from error
    return boto3.client("pricing", region_name=PRICE_LIST_REGION), boto3.client(
        "ec2", region_name=region
    )


def refreshed(
    table: Table,
    names: Iterable[str],
    databases: Iterable[str],
    region: str,
    day: str,
    pricing: Any,
    ec2: Any,
) -> Table:
    """Give the table with prices and facts of a region anew.

    names, databases : instance types of EC2, instance classes of RDS. day : YYYY-MM-DD.
    An instance type that AWS does not sell in the region loses its price there; a
    service's price that it does not tell stays, with its source.

    Raises
    ------
    Failed
        EC2 knows no such type.
    """
    wanted = sorted(names)
    zones = _zones(ec2, wanted)
    types = dict(table.types)
    for facts in _facts(ec2, wanted):
        name = facts["InstanceType"]
        old = types.get(name)
        prices = dict(old.usd_per_hour) if old else {}
        prices.pop(region, None)
        if (price := _price(pricing, name, region)) is not None:
            prices[region] = price
        area = {zone.rpartition("-")[0] for zone in zones.get(name, ())}
        kept = [z for z in old.zones if z.rpartition("-")[0] not in area] if old else []
        types[name] = InstanceType.model_validate(
            _of_ec2(facts)
            | {
                "zones": sorted({*kept, *zones.get(name, ())}),
                "watts": old.watts if old else 0.0,
                "memory_gb_per_s": old.memory_gb_per_s if old else 0.0,
                "usd_per_hour": prices,
            }
        )
    had = table.services.get(region, Services())
    made, told = refreshed_services(had, databases, region, pricing)
    source = f"AWS Price List, {region}, {day}"
    return table.model_copy(
        update={
            "types": types,
            "date": day,
            "source": f"{source}, and EC2, by anticline cluster prices",
            "services": {**table.services, region: made},
            "sources": {**table.sources, **dict.fromkeys(told, source)},
        }
    )


def prices(table: Table, region: str) -> dict[str, float]:
    """List what is known of a region: instance types, and services' prices by name."""
    found = {
        name: kind.usd_per_hour[region]
        for name, kind in table.types.items()
        if region in kind.usd_per_hour
    }
    services = table.services.get(region, Services())
    for key, value in services.model_dump(exclude_none=True).items():
        many = value.items() if isinstance(value, Mapping) else ((None, value),)
        found |= {f"{key}{f' {of}' if of else ''}": price for of, price in many}
    return found


def write(table: Table, path: Path) -> None:
    """Write a table, its leading remarks kept; beside first, then renamed."""
    from ruamel.yaml import YAML

    old = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    remarks = []
    for line in old:
        if not line.startswith("#"):
            break
        remarks.append(f"{line}\n")
    writer = YAML(typ="safe", pure=True)
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as stream:
        stream.writelines(remarks)
        writer.dump(table.model_dump(mode="json"), stream)
    part.replace(path)


def _facts(ec2: Any, names: list[str]) -> Iterator[dict[str, Any]]:
    found = ec2.describe_instance_types(InstanceTypes=names)["InstanceTypes"]
    if lacking := set(names) - {one["InstanceType"] for one in found}:
        msg = f"EC2 knows nothing of {', '.join(sorted(lacking))} in this region"
        raise Failed(msg)
    yield from found


def _of_ec2(facts: dict[str, Any]) -> dict[str, Any]:
    """Take what the table holds from an answer of DescribeInstanceTypes."""
    processors = facts["ProcessorInfo"]["SupportedArchitectures"]
    gpus = facts.get("GpuInfo", {}).get("Gpus", ())
    adapters = facts["NetworkInfo"].get("EfaInfo", {})
    return {
        "architecture": next(
            ARCHITECTURES[p] for p in processors if p in ARCHITECTURES
        ),
        "cores": facts["VCpuInfo"]["DefaultCores"],
        "threads_per_core": facts["VCpuInfo"]["DefaultThreadsPerCore"],
        "memory_mib": facts["MemoryInfo"]["SizeInMiB"],
        "gpus": sum(one["Count"] for one in gpus if one["Manufacturer"] == "NVIDIA"),
        "efa_interfaces": adapters.get("MaximumEfaInterfaces", 0),
        "purchase": [
            one
            for one in facts["SupportedUsageClasses"]
            if one in ("on-demand", "spot")
        ],
    }


def _zones(ec2: Any, names: list[str]) -> dict[str, set[str]]:
    """Ask in which zones of the region each type is, by their ids."""
    answer = ec2.describe_instance_type_offerings(
        LocationType="availability-zone-id",
        Filters=[{"Name": "instance-type", "Values": names}],
    )
    found: dict[str, set[str]] = {}
    for one in answer["InstanceTypeOfferings"]:
        found.setdefault(one["InstanceType"], set()).add(one["Location"])
    return found


def _price(pricing: Any, name: str, region: str) -> float | None:
    """Ask for the price on demand [USD/h]; None: it is not sold there."""
    question = Question("AmazonEC2", SHARED_LINUX | {"instanceType": name}, "", HOUR)
    prices = [
        float(dimension["pricePerUnit"]["USD"])
        for product in products(pricing, question, region)
        for term in product["terms"].get("OnDemand", {}).values()
        for dimension in term["priceDimensions"].values()
        if dimension["unit"] == HOUR
    ]
    return min((price for price in prices if price > 0), default=None)
