"""CloudFormation: what its stacks are told by a description, and what they made."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from anticline.cluster.aws import Aws
from anticline.errors import BadInput, Finding

OUTPUTS = {
    "HeadSubnet": ("network", "head_subnet"),
    "ComputeSubnet": ("network", "compute_subnet"),
    "NodesSecurityGroup": ("network", "nodes_security_group"),
    "StagingPolicy": ("access", "staging_policy"),
    "NodePolicy": ("access", "node_policy"),
    "FileSystem": ("storage", "file_system"),
    "Bucket": ("storage", "bucket"),
    "SlurmdbdHost": ("accounting", "host"),
    "MungeKey": ("accounting", "munge_key"),
}
"""Output of a template in parallelcluster/ -> the key of `aws` that it fills."""


def parameters(aws: Aws, outputs: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Give what each template of parallelcluster/ is told: stack -> its parameters.

    outputs : of the stacks that are there. What needs one that is lacking, or what the
    description does not know (the image of slurmdbd), is left out.
    """
    storage, budget = aws.storage, aws.budget
    subnet = {"Subnet": "ComputeSubnet", "NodesSecurityGroup": "NodesSecurityGroup"}
    made: dict[str, dict[str, str]] = {
        "network": {},
        "storage": subnet,
        "access": {"Bucket": "Bucket", "FileSystem": "FileSystem"},
        "accounting": {
            **subnet,
            "Vpc": "Vpc",
            "SecondSubnet": "SecondSubnet",
            "Bucket": "Bucket",
        },
        "budget": {},
    }
    own: dict[str, dict[str, object]] = {
        "network": {
            "ZoneId": aws.availability_zone_id,
            "SecondZoneId": _another(aws.availability_zone_id),
        },
        "storage": {
            "CapacityGib": storage.capacity_gib,
            "Throughput": storage.throughput_mb_per_s_per_tib,
        },
        "access": {},
        "accounting": {
            "Type": aws.accounting.node,
            "DatabaseClass": aws.accounting.database,
            "Address": aws.accounting.host,
        },
        "budget": {
            "UsdPerMonth": f"{budget.usd_per_month:g}",
            "WarnAtPercent": ",".join(map(str, budget.warn_at_percent)),
            "Email": budget.email,
            "ClusterNames": ",".join(aws.clusters),
        },
    }
    return {
        stack: {"Project": aws.project}
        | {key: str(value) for key, value in own[stack].items()}
        | {key: outputs[name] for key, name in names.items() if name in outputs}
        for stack, names in made.items()
    }


def _another(zone: str) -> str:
    """Name another zone of a region, for what needs two: use2-az2 -> use2-az1."""
    region = zone.rpartition("-az")[0]
    return f"{region}-az{2 if zone.endswith('-az1') else 1}"


def outputs_of(files: Iterable[Path]) -> dict[str, str]:
    """Read what `aws cloudformation describe-stacks` printed: output -> its value.

    Raises
    ------
    BadInput
        A file that is no such answer.
    """
    return {key: value for path in files for key, value in _outputs(path).items()}


def with_outputs(aws: Aws, files: Iterable[Path]) -> Aws:
    """Put in what `aws cloudformation describe-stacks` printed into files.

    Outputs that no key takes are left alone.

    Raises
    ------
    BadInput
        A file that is no such answer, or a name that does not fit its key.
    """
    values = aws.model_dump()
    for name, value in outputs_of(files).items():
        if name in OUTPUTS:
            section, key = OUTPUTS[name]
            values[section][key] = value
    try:
        return Aws.model_validate(values)
    except ValidationError as error:
        raise BadInput(
            f"{'.'.join(map(str, one['loc']))}: {one['input']!r} found, {one['msg']}"
            for one in error.errors(include_url=False)
        ) from None


def _outputs(path: Path) -> Mapping[str, str]:
    try:
        answer: Any = json.loads(path.read_text(encoding="utf-8"))
        return {
            output["OutputKey"]: output["OutputValue"]
            for stack in answer["Stacks"]
            for output in stack.get("Outputs", ())
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        what = "is no answer of aws cloudformation describe-stacks"
        why = f"{what} ({type(error).__name__}: {error})"
        raise BadInput(Finding(str(path), None, why)) from None
