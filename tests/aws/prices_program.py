"""Refresh a table of prices from recorded answers, by botocore's Stubber.

    python prices_program.py TABLE DAY NAME...    with framework/ on PYTHONPATH

The stubs check each request, and each answer, against AWS's own service models.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import boto3
from botocore.stub import Stubber

from anticline.cluster.costs import refresh
from anticline.cluster.costs.table import read_table

RECORDED = Path(__file__).with_name("recorded")
REGION = "us-east-2"


def client(service: str, region: str) -> object:
    """Make a client that asks nobody."""
    return boto3.client(
        service,
        region_name=region,
        aws_access_key_id="none",
        aws_secret_access_key="none",
    )


def main(path: Path, day: str, names: list[str]) -> None:
    """Write the table anew."""
    pricing, ec2 = client("pricing", "us-east-1"), client("ec2", REGION)
    facts = json.loads((RECORDED / "instance_types.json").read_text())
    offered = json.loads((RECORDED / "offerings.json").read_text())
    with Stubber(pricing) as prices, Stubber(ec2) as types:
        types.add_response(
            "describe_instance_type_offerings",
            offered,
            {
                "LocationType": "availability-zone-id",
                "Filters": [{"Name": "instance-type", "Values": sorted(names)}],
            },
        )
        types.add_response(
            "describe_instance_types", facts, {"InstanceTypes": sorted(names)}
        )
        for one in facts["InstanceTypes"]:
            name = one["InstanceType"]
            asked = refresh.SHARED_LINUX | {"instanceType": name, "regionCode": REGION}
            answer = json.loads((RECORDED / f"price_{name}.json").read_text())
            prices.add_response(
                "get_products",
                {"PriceList": [json.dumps(item) for item in answer]},
                {
                    "ServiceCode": "AmazonEC2",
                    "Filters": [
                        {"Type": "TERM_MATCH", "Field": key, "Value": value}
                        for key, value in asked.items()
                    ],
                },
            )
        new = refresh.refreshed(read_table(path), names, REGION, day, pricing, ec2)
        types.assert_no_pending_responses()
        prices.assert_no_pending_responses()
    refresh.write(new, path)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
