"""Hold configurations to aws-parallelcluster's own schemas and validators.

Run by the Python of the AWS tools, where ParallelCluster lives:

    python pcluster_program.py CONFIG...    prints {CONFIG: [[level, who, text], ...]}

EC2, IAM, FSx, S3 and Secrets Manager answer from moto, whose instance types and zones
are recordings of EC2's answers. What a configuration names is made there first, under
the names that it has.
"""

from __future__ import annotations

import json
import os
import re
import sys
from base64 import b64encode
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml

REGION = "us-east-2"
ZONE_ID = "use2-az2"
os.environ.update(
    AWS_DEFAULT_REGION=REGION, AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none"
)


def images(version: str) -> list[dict[str, object]]:
    """Official images as EC2 lists them; moto lets nobody register another's."""
    return [
        {
            "ImageId": f"ami-{number:017x}",
            "Name": f"aws-parallelcluster-{version}-amzn2023-hvm-{machine}-20260901",
            "Architecture": machine,
            "CreationDate": "2026-09-01T00:00:00.000Z",
            "State": "available",
            "OwnerId": "amazon",
            "RootDeviceName": "/dev/xvda",
            "BlockDeviceMappings": [
                {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 45}}
            ],
        }
        for number, machine in ((1, "x86_64"), (2, "arm64"))
    ]


def account() -> dict[str, str]:
    """Make what the templates make, by their outputs' names: name -> what it is."""
    import boto3

    ec2 = boto3.client("ec2")
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    zone = next(z["ZoneName"] for z in zones if z["ZoneId"] == ZONE_ID)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    for key in ("EnableDnsSupport", "EnableDnsHostnames"):
        ec2.modify_vpc_attribute(VpcId=vpc, **{key: {"Value": True}})
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=zone)
        for block in ("10.0.0.0/24", "10.0.16.0/20")
    ]
    head, compute = (made["Subnet"]["SubnetId"] for made in subnets)
    group = ec2.create_security_group(
        GroupName="nodes", Description="nodes", VpcId=vpc
    )["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]},
        ],
    )
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    routes = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(
        RouteTableId=routes, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway
    )
    ec2.associate_route_table(RouteTableId=routes, SubnetId=head)
    ec2.create_key_pair(KeyName="anticline")
    bucket = "anticline-123456789012-us-east-2"
    s3 = boto3.client("s3")
    s3.create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    for name in ("head_start.sh", "node_start.sh"):
        s3.put_object(Bucket=bucket, Key=f"bootstrap/{name}", Body=b"#!/bin/sh\n")
    iam = boto3.client("iam")
    allow = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    policies = [
        iam.create_policy(PolicyName=name, PolicyDocument=document)["Policy"]["Arn"]
        for name in ("anticline-staging", "anticline-node")
    ]
    secret = boto3.client("secretsmanager").create_secret(
        Name="anticline-munge", SecretString=b64encode(bytes(1024)).decode()
    )["ARN"]
    files = boto3.client("fsx").create_file_system(
        FileSystemType="LUSTRE",
        StorageCapacity=2400,
        SubnetIds=[compute],
        SecurityGroupIds=[group],
    )["FileSystem"]["FileSystemId"]
    files = with_a_long_name(files)
    return {
        "HeadSubnet": head,
        "ComputeSubnet": compute,
        "NodesSecurityGroup": group,
        "StagingPolicy": policies[0],
        "NodePolicy": policies[1],
        "FileSystem": files,
        "Bucket": bucket,
        "MungeKey": secret,
    }


def with_a_long_name(short: str) -> str:
    """Give a file system of moto's a name as long as AWS makes them."""
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.fsx.models import fsx_backends

    made = fsx_backends[DEFAULT_ACCOUNT_ID][REGION].file_systems
    name = "fs-0123456789abcdef0"
    made[name] = made.pop(short)
    made[name].file_system_id = name
    return name


PLACEHOLDERS = {
    "HeadSubnet": "subnet-00000000000000001",
    "ComputeSubnet": "subnet-00000000000000002",
    "NodesSecurityGroup": "sg-00000000000000001",
    "StagingPolicy": "arn:aws:iam::000000000000:policy/anticline/anticline-staging",
    "NodePolicy": "arn:aws:iam::000000000000:policy/anticline/anticline-node",
    "FileSystem": "fs-00000000000000001",
    "Bucket": "anticline-000000000000-us-east-2",
    "MungeKey": "arn:aws:secretsmanager:us-east-2:000000000000:secret:"
    "anticline-munge-000000",
}


def schema_only(path: Path) -> None:
    """Load a file by ParallelCluster's schemas; raises what they find."""
    from pcluster.schemas.cluster_schema import ClusterSchema

    ClusterSchema(cluster_name=path.stem).load(yaml.safe_load(path.read_text()))


def findings(path: Path, names: dict[str, str]) -> list[list[str]]:
    """Give what the schemas, then the validators say of a file."""
    from marshmallow import ValidationError
    from pcluster.aws.aws_api import AWSApi
    from pcluster.schemas.cluster_schema import ClusterSchema
    from pcluster.validators.common import ValidatorContext

    try:
        schema_only(path)
    except ValidationError as error:
        return [["ERROR", "Schema", str(error.messages)]]
    text = path.read_text()
    for name, placeholder in PLACEHOLDERS.items():
        text = re.sub(re.escape(placeholder), names[name], text)
    AWSApi.reset()
    config = ClusterSchema(cluster_name=path.stem).load(yaml.safe_load(text))
    found = config.validate(None, ValidatorContext())
    return [[one.level.name, one.validator_type, one.message] for one in found]


def main(paths: list[str]) -> None:
    """Print what is found in each file."""
    from moto import mock_aws
    from pcluster.aws.ec2 import Ec2Client
    from pcluster.utils import get_installed_version

    official = images(get_installed_version())

    def listed(self: Ec2Client, **asked: Any) -> list[dict[str, object]]:
        """Answer DescribeImages by ids or by a pattern of names."""
        names = [
            value
            for one in asked.get("Filters", ())
            if one["Name"] == "name"
            for value in one["Values"]
        ]
        return [
            image
            for image in official
            if image["ImageId"] in asked.get("ImageIds", (image["ImageId"],))
            and (not names or any(fnmatch(str(image["Name"]), n) for n in names))
        ]

    with (
        mock_aws(),
        patch.object(Ec2Client, "_describe_images_with_pagination", listed),
    ):
        names = account()
        print(json.dumps({path: findings(Path(path), names) for path in paths}))


if __name__ == "__main__":
    main(sys.argv[1:])
