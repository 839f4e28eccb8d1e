"""Commands of `anticline cluster ...` that are about AWS."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ClusterFile = Annotated[Path, typer.Argument(help="Cluster file (YAML).")]
AWS = Path("configs/clusters/aws.yaml")


def add_to(group: typer.Typer) -> None:
    """Add the commands to the group `cluster`."""
    group.command("validate")(cluster_validate)
    group.command("render")(cluster_render)


def cluster_validate(file: ClusterFile = AWS) -> None:
    """Say what ParallelCluster or EC2 would refuse of a cluster file."""
    from anticline import clouds

    made = clouds.cluster_validate(file)
    clusters = len(made.aws.clusters) if made.aws else 0
    typer.echo(f"{file}: no finding; {clusters} clusters, {len(made.queues)} queues")


def cluster_render(
    file: ClusterFile = AWS,
    out: Annotated[Path, typer.Option(help="Folder to write.")] = Path(
        "parallelcluster"
    ),
    stack: Annotated[
        list[Path] | None,
        typer.Option(help="Answer of aws cloudformation describe-stacks; several may."),
    ] = None,
) -> None:
    """Write ParallelCluster's configuration files of a cluster file."""
    from anticline import clouds

    for path in clouds.cluster_render(file, out, stack or ()):
        typer.echo(path)
