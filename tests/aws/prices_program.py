"""Refresh a table of prices from recorded answers.

    python prices_program.py TABLE DAY ADDRESS NAME...    with framework/ on PYTHONPATH

The price list answers at ADDRESS (price_list.py); EC2 by the Stubber of botocore, which
holds each request and each answer to the service models of AWS.
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


def client(service: str, region: str, address: str | None = None) -> object:
    """Make a client that asks nobody, or a server here."""
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=address,
        aws_access_key_id="none",
        aws_secret_access_key="none",
    )


def main(path: Path, day: str, address: str, names: list[str]) -> None:
    """Write the table anew."""
    pricing, ec2 = client("pricing", "us-east-1", address), client("ec2", REGION)
    facts = json.loads((RECORDED / "instance_types.json").read_text())
    offered = json.loads((RECORDED / "offerings.json").read_text())
    with Stubber(ec2) as types:
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
        table, databases = read_table(path), ["db.t4g.medium"]
        new = refresh.refreshed(table, names, databases, REGION, day, pricing, ec2)
        types.assert_no_pending_responses()
    refresh.write(new, path)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:])
