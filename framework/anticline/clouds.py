"""The verbs about clusters on AWS: render, validate, what they cost."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from anticline.cluster.costs.table import known
from anticline.cluster.document import read_with_lines
from anticline.cluster.model import Cluster
from anticline.cluster.parallelcluster.check import check
from anticline.cluster.parallelcluster.configuration import configuration
from anticline.cluster.parallelcluster.stacks import with_outputs
from anticline.cluster.parallelcluster.text import text_of
from anticline.errors import BadInput, Finding


def cluster_validate(file: Path | str) -> Cluster:
    """Hold a cluster file to what ParallelCluster and EC2 would accept.

    Raises
    ------
    BadInput
        With every finding, each ``file:line  message``.
    """
    cluster, line_of = read_with_lines(Path(file))
    found = [
        Finding(str(file), line_of(place), text)
        for place, text in check(cluster, known())
    ]
    if found:
        raise BadInput(sorted(found, key=lambda one: one.line or 0))
    return cluster


def cluster_render(
    file: Path | str, out: Path | str, stacks: Iterable[Path | str] = ()
) -> list[Path]:
    """Write ParallelCluster's configuration of each Slurm cluster of a file.

    stacks : answers of `aws cloudformation describe-stacks`, whose outputs name what
    exists in an account; none: the names that the file has. Returns the files.

    Raises
    ------
    BadInput
        Findings of the cluster file or of a stack's.
    """
    cluster = cluster_validate(file)
    assert cluster.aws is not None  # else it has findings
    aws = with_outputs(cluster.aws, map(Path, stacks))
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in aws.clusters:
        keys = configuration(cluster, aws, name, known())
        path = folder / f"{name}.yaml"
        path.write_text(text_of(keys, os.fspath(file)), encoding="utf-8")
        written.append(path)
    return written
