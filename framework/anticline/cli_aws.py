"""Commands of `anticline cluster ...` that are about AWS."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ClusterFile = Annotated[Path, typer.Argument(help="Cluster file (YAML).")]
Stacks = Annotated[
    list[Path] | None,
    typer.Option(help="Answer of aws cloudformation describe-stacks; several may."),
]
AWS = Path("configs/clusters/aws.yaml")


def add_to(group: typer.Typer) -> None:
    """Add the commands to the group `cluster`."""
    group.command("validate")(cluster_validate)
    group.command("render")(cluster_render)
    group.command("parameters")(cluster_parameters)
    group.command("cost")(cluster_cost)
    group.command("prices")(cluster_prices)


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
    stack: Stacks = None,
) -> None:
    """Write ParallelCluster's configuration files of a cluster file."""
    from anticline import clouds

    for path in clouds.cluster_render(file, out, stack or ()):
        typer.echo(path)


def cluster_parameters(
    template: Annotated[
        str, typer.Argument(help="network, storage, access, accounting or budget.")
    ],
    file: ClusterFile = AWS,
    stack: Stacks = None,
) -> None:
    """Print NAME=VALUE of a CloudFormation template, for --parameter-overrides."""
    from anticline import clouds

    told = clouds.cluster_parameters(file, template, stack or ())
    typer.echo(" ".join(f"{name}={value}" for name, value in told.items()))


def cluster_cost(
    file: ClusterFile = AWS,
    workflow: Annotated[
        Path | None, typer.Argument(help="Workflow whose cost is estimated.")
    ] = None,
    measured: Annotated[
        Path | None,
        typer.Option(help="Run folder of an earlier run, by whose times it is."),
    ] = None,
) -> None:
    """Tell the standing cost, prices of node-hours, and what a workflow would cost."""
    from anticline import clouds
    from anticline.cluster.costs import words
    from anticline.cluster.costs.table import known

    made = clouds.cluster_validate(file)
    typer.echo(words.standing_text(made, known()))
    typer.echo(words.queues_text(made))
    if workflow is not None:
        costs = clouds.workflow_costs(workflow, made, measured=measured)
        typer.echo(words.costs_text(costs, made, measured))


def cluster_prices(
    file: ClusterFile = AWS,
    table: Annotated[
        Path | None, typer.Option(help="Table to write; default: anticline's own.")
    ] = None,
) -> None:
    """Write the table of prices anew from AWS; needs boto3 and credentials."""
    from datetime import UTC, datetime

    from anticline import clouds

    day = f"{datetime.now(UTC):%Y-%m-%d}"
    for name, (old, new) in sorted(clouds.cluster_prices(file, day, table).items()):
        was = "not known" if old is None else f"{old:g}"
        typer.echo(f"{name:40} {'not sold' if new is None else f'{new:g}'} (was {was})")
