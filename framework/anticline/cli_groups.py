"""The command line's groups: `anticline data ...`, `anticline cluster ...`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anticline import cli_aws
from anticline.errors import ExitCode

DATA_HELP = "Public data sets: what is known, where it lies, and getting it."
Names = Annotated[list[str], typer.Argument(help="NAME, or NAME/FILE of a data set.")]
CLUSTER_HELP = "Clusters: described, on AWS, and a real Slurm on this one machine."
ClusterFile = Annotated[Path, typer.Argument(help="Cluster file (YAML).")]
SlurmFolder = Annotated[
    Path, typer.Option("--folder", help="Where all its files lie; on a local disk.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def data() -> typer.Typer:
    """Make the group of commands `anticline data ...`."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.command("list")(data_list)
    group.command("get")(data_get)
    group.command("path")(data_path)
    return group


def cluster() -> typer.Typer:
    """Make the group of commands `anticline cluster ...`."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.command("discover")(cluster_discover)
    group.command("up")(cluster_up)
    group.command("status")(cluster_status)
    group.command("down")(cluster_down)
    cli_aws.add_to(group)
    return group


def data_list(json: Json = False) -> None:
    """List the data sets that are known, with their terms and where they lie."""
    from anticline import operations
    from anticline.data import listing

    if json:
        typer.echo(listing.as_json(operations.data()))
    else:
        listing.show(operations.data())


def data_get(names: Names) -> None:
    """Download what is not here, check it, and print where it lies."""
    from anticline import operations
    from anticline.component.progress import reporter

    for path in operations.data_get(names, reporter(rank=0)):
        typer.echo(path)


def data_path(names: Names) -> None:
    """Print where data lie on this machine; nothing is downloaded."""
    from anticline import operations

    for path in operations.data_path(names):
        typer.echo(path)


def cluster_discover(
    out: Annotated[
        Path | None, typer.Option(help="File to write; default: it is printed.")
    ] = None,
) -> None:
    """Describe the Slurm of this machine as a cluster file."""
    from anticline import operations

    text = operations.cluster_discover()
    if out is None:
        typer.echo(text, nl=False)
        return
    from anticline.cluster.discover import write

    write(text, out)
    typer.echo(out)


def cluster_up(
    file: ClusterFile = Path("configs/clusters/local-slurm.yaml"),
    folder: SlurmFolder = Path("/run/anticline-slurm"),
) -> None:
    """Start a Slurm on this machine with the queues of a cluster file; needs root."""
    from anticline import operations

    place = operations.cluster_up(file, folder, _tell)
    typer.echo(f"every node takes jobs; first:  export SLURM_CONF={place.slurm_conf}")


def cluster_status(folder: SlurmFolder = Path("/run/anticline-slurm")) -> None:
    """Tell which daemons run and what each node does."""
    from anticline import operations

    found = operations.cluster_status(folder)
    for daemon in found.daemons:
        typer.echo(f"{daemon.name:24} {'runs' if daemon.alive else 'has ended'}")
    for name, partition, state in found.nodes:
        typer.echo(f"{name:24} {state}, partition {partition}")
    typer.echo(f"SLURM_CONF={found.place.slurm_conf}")
    raise typer.Exit(ExitCode.DONE if found.well else ExitCode.FAILED)


def cluster_down(folder: SlurmFolder = Path("/run/anticline-slurm")) -> None:
    """Cancel its jobs, stop its daemons and remove its folder."""
    from anticline import operations

    operations.cluster_down(folder, _tell)


def _tell(line: str) -> None:
    typer.echo(line, err=True)
