"""The names that CloudFormation gave to what it made, put into a description."""

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


def with_outputs(aws: Aws, files: Iterable[Path]) -> Aws:
    """Put in what `aws cloudformation describe-stacks` printed into files.

    Outputs that no key takes are left alone.

    Raises
    ------
    BadInput
        A file that is no such answer, or a name that does not fit its key.
    """
    values = aws.model_dump()
    for path in files:
        for name, value in _outputs(path).items():
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
