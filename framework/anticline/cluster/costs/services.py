"""What AWS's price list says of services: files, volumes, addresses, ways out, MySQL.

Each price is the answer to one question: a service's code, attributes that its products
have, how their usage type ends, and the unit. Of prices in steps the first counts.

Source: docs.aws.amazon.com/awsaccountbilling/latest/aboutv2, "Using the Price List
Query API"; service codes and usage types as in AWS's bills.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from anticline.cluster.costs.table import Services

MONTH, HOUR, GB = "GB-Mo", "Hrs", "GB"
MYSQL = {"databaseEngine": "MySQL", "deploymentOption": "Single-AZ"}
_THROUGHPUT = re.compile(r"\b(125|250|500|1000) ?MB/?p?s(?:/| per )TiB", re.IGNORECASE)


@dataclass(frozen=True)
class Question:
    """What is asked about a price.

    service : its code. attributes : that its products have. usage : a regular
    expression that their usage type ends with. unit : that is sold. region : the
    attribute that names the region.
    """

    service: str
    attributes: Mapping[str, str]
    usage: str
    unit: str
    region: str = "regionCode"


QUESTIONS = {
    "volume_usd_per_gib_month": Question(
        "AmazonEC2",
        {"productFamily": "Storage", "volumeApiName": "gp3"},
        r"EBS:VolumeUsage\.gp3",
        MONTH,
    ),
    "nat_gateway_usd_per_hour": Question(
        "AmazonEC2", {"productFamily": "NAT Gateway"}, "NatGateway-Hours", HOUR
    ),
    "nat_gateway_usd_per_gib": Question(
        "AmazonEC2", {"productFamily": "NAT Gateway"}, "NatGateway-Bytes", GB
    ),
    "public_address_usd_per_hour": Question(
        "AmazonVPC", {"group": "VPCPublicIPv4Address"}, "InUseAddress", HOUR
    ),
    "load_balancer_usd_per_hour": Question(
        "AWSELB", {"productFamily": "Load Balancer-Network"}, "LoadBalancerUsage", HOUR
    ),
    "database_storage_usd_per_gib_month": Question(
        "AmazonRDS",
        {"productFamily": "Database Storage", "volumeType": "General Purpose-GP3"}
        | MYSQL,
        "RDS:GP3-Storage",
        MONTH,
    ),
    "object_usd_per_gib_month": Question(
        "AmazonS3",
        {"productFamily": "Storage", "volumeType": "Standard"},
        "TimedStorage-ByteHrs",
        MONTH,
    ),
    "egress_usd_per_gib": Question(
        "AWSDataTransfer",
        {"transferType": "AWS Outbound", "toLocation": "External"},
        "DataTransfer-Out-Bytes",
        GB,
        region="fromRegionCode",
    ),
}
LUSTRE = Question(
    "AmazonFSx", {"fileSystemType": "Lustre", "storageType": "SSD"}, "", MONTH
)


def refreshed_services(
    old: Services, databases: Iterable[str], region: str, pricing: Any
) -> tuple[Services, tuple[str, ...]]:
    """Ask for the prices of services in a region.

    databases : instance classes to ask for. A price that AWS does not tell stays as it
    was. Gives the new prices, and which of them AWS told.
    """
    told: dict[str, Any] = {}
    for key, question in QUESTIONS.items():
        price = min((p for _, p in _prices(pricing, question, region)), default=None)
        if price is not None:
            told[key] = price
    if lustre := _lustre(pricing, region):
        told["lustre_usd_per_gib_month"] = {**old.lustre_usd_per_gib_month, **lustre}
    if hours := _databases(pricing, databases, region):
        told["database_usd_per_hour"] = {**old.database_usd_per_hour, **hours}
    return Services.model_validate(old.model_dump() | told), tuple(told)


def _lustre(pricing: Any, region: str) -> dict[int, float]:
    """Find prices of persistent file systems by their throughput [MB/s per TiB]."""
    found: dict[int, float] = {}
    for words, price in _prices(pricing, LUSTRE, region):
        match = _THROUGHPUT.search(words)
        if match is not None:
            found[int(match[1])] = price
    return found


def _databases(pricing: Any, names: Iterable[str], region: str) -> dict[str, float]:
    found = {}
    for name in names:
        question = Question(
            "AmazonRDS",
            {"productFamily": "Database Instance", "instanceType": name} | MYSQL,
            re.escape(name),
            HOUR,
        )
        prices = [price for _, price in _prices(pricing, question, region)]
        if prices:
            found[name] = min(prices)
    return found


def _prices(
    pricing: Any, question: Question, region: str
) -> Iterator[tuple[str, float]]:
    """Give the words about each product that answers, and its first price [USD]."""
    for product in products(pricing, question, region):
        attributes = product["product"]["attributes"]
        if not re.search(f"{question.usage}$", attributes.get("usagetype", "")):
            continue
        for term in product["terms"].get("OnDemand", {}).values():
            for step in term["priceDimensions"].values():
                price = float(step["pricePerUnit"].get("USD", 0))
                first = step.get("beginRange", "0") == "0" and price > 0
                if first and step["unit"] == question.unit:
                    words = (*attributes.values(), step.get("description", ""))
                    yield " | ".join(words), price


def products(pricing: Any, question: Question, region: str) -> Iterator[dict[str, Any]]:
    """Ask for products, page by page."""
    asked = {**question.attributes, question.region: region}
    filters = [
        {"Type": "TERM_MATCH", "Field": key, "Value": value}
        for key, value in asked.items()
    ]
    more: dict[str, str] = {}
    while True:
        answer = pricing.get_products(
            ServiceCode=question.service, Filters=filters, **more
        )
        yield from map(json.loads, answer["PriceList"])
        if not answer.get("NextToken"):
            return
        more = {"NextToken": answer["NextToken"]}
