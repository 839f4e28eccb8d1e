"""The command line: `anticline VERB ...`, one function a verb.

Nothing heavy is imported until a verb needs it; errors, a plugin's too, print as
plain lines and end with the exit codes of `anticline.errors`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from anticline import cli_groups
from anticline.component.command import Command
from anticline.errors import BadInput, ExitCode

if TYPE_CHECKING:
    from anticline.execution.driver.verdicts import Outcome

Cases = Annotated[list[Path], typer.Argument(help="Case files (YAML).")]
Ranks = Annotated[
    int | None,
    typer.Option(min=1, help="MPI ranks; default: the fewest the component takes."),
]
OPTION_HELP = (
    "KEY=VALUE for the viewer of the file; repeatable. An unknown KEY is answered "
    "with those it has."
)
RunFolder = Annotated[Path, typer.Argument(help="Folder of a workflow's run.")]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Show only what goes wrong.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def build() -> typer.Typer:
    """Make the command line, plugins' commands included."""
    from anticline import operations

    app = typer.Typer(
        name="anticline",
        help="Seismic modelling and imaging: components, cases, workflows.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # plain help starts twice as fast
    )
    app.callback()(options)
    for verb in VERBS:
        app.command()(verb)
    app.add_typer(cli_groups.data(), name="data", help=cli_groups.DATA_HELP)
    app.add_typer(cli_groups.cluster(), name="cluster", help=cli_groups.CLUSTER_HELP)
    for command in operations.commands().items.values():
        _add(app, command)
    return app


def _add(app: typer.Typer, command: Command) -> None:
    """Hang in a plugin's command, imported when it is called."""

    def call(context: typer.Context) -> None:
        from anticline.operations import app_of

        app_of(command)(context.args, prog_name=f"anticline {command.name}")

    settings = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command(
        command.name,
        help=command.summary,
        context_settings=settings,
        add_help_option=False,
    )(call)


def _show_version(wanted: bool) -> None:
    if wanted:
        from anticline.component.context import code_version

        typer.echo(f"anticline {code_version()}")
        raise typer.Exit


def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help="Show the version.",
        ),
    ] = False,
) -> None:
    """Take the options that belong to no verb."""


def components(
    name: Annotated[str | None, typer.Argument(help="Show this one whole.")] = None,
    json: Json = False,
) -> None:
    """List what can be run, and what it takes and gives."""
    from anticline import listing, operations

    registry = operations.components()
    broken = operations.broken_plugins()
    if json:
        typer.echo(listing.as_json(registry, broken))
    elif name is None:
        listing.show_all(registry, broken)
    else:
        listing.show_one(registry, name)


def check(
    files: Annotated[
        list[Path], typer.Argument(help="Case files, and workflows (YAML).")
    ],
    ranks: Ranks = None,
    cluster: Annotated[
        Path | None,
        typer.Option(help="Cluster file whose queues workflows are held to."),
    ] = None,
    json: Json = False,
) -> None:
    """Check cases that run one after the other, and workflows; nothing is run."""
    from anticline import checks, operations

    checked = operations.checked(files, ranks, cluster)
    if json:
        typer.echo(checks.as_json(checked))
        raise typer.Exit(ExitCode.BAD_INPUT if checked.findings else ExitCode.DONE)
    if checked.findings:
        raise BadInput(checked.findings)
    for line in checked.well:
        typer.echo(line)


def run(
    files: Annotated[
        list[Path], typer.Argument(help="Case files, or one workflow (YAML).")
    ],
    ranks: Ranks = None,
    threads: Annotated[
        int | None,
        typer.Option(min=1, help="Threads of a rank; default: ranks share the cores."),
    ] = None,
    grace: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Open MPI: seconds that mpirun leaves its ranks where SIGTERM "
            "reaches it past this command; a run that fails ends that much later.",
        ),
    ] = None,
    cluster: Annotated[
        Path | None,
        typer.Option(help="Of a workflow: cluster file; default: this machine."),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--run", help="Of a workflow: folder; default: the document's."),
    ] = None,
    queue: Annotated[
        list[str] | None,
        typer.Option(help="Of a workflow: STEP=QUEUE[,QUEUE]; repeatable."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Run cases one after the other under mpirun, or a workflow on its queues."""
    from anticline import operations

    if any(map(operations.is_workflow, files)):
        for_cases = {"--ranks": ranks, "--threads": threads, "--grace": grace}
        _refuse(for_cases, "is for cases; a workflow says it in its steps")
        if len(files) > 1:
            msg = "a workflow is run by itself; give one file"
            raise BadInput(msg)
        from anticline.execution.driver.steering import read_queues

        outcome = operations.run_workflow(
            files[0],
            cluster=cluster,
            folder=folder,
            queues=read_queues(queue or []),
            quiet=quiet,
        )
        _end(outcome, quiet=quiet)
    for_workflows = {"--cluster": cluster, "--run": folder, "--queue": queue}
    _refuse(for_workflows, "is for workflows; cases run here, one after the other")
    code = operations.run(
        files, ranks=ranks, threads=threads, grace_s=grace, quiet=quiet, tell=_tell
    )
    raise typer.Exit(code)


def _refuse(options: Mapping[str, object], why: str) -> None:
    given = [name for name, value in options.items() if value not in (None, [])]
    if given:
        raise BadInput([f"{name} {why}" for name in given])


def _end(outcome: Outcome, *, quiet: bool) -> NoReturn:
    """Say how a workflow's run ended, and leave with its exit code."""
    for line in outcome.lines():
        if not quiet or outcome.code != ExitCode.DONE:
            typer.echo(line, err=True)
    raise typer.Exit(outcome.code)


def resume(run: RunFolder, quiet: Quiet = False) -> None:
    """Go on with a workflow's run; what is done is not done again."""
    from anticline import operations

    _end(operations.resume(run, quiet=quiet), quiet=quiet)


def cancel(run: RunFolder) -> None:
    """Stop a workflow's run; what runs keeps its work, and resume goes on."""
    from anticline import operations

    found = operations.cancel(run, _tell)
    _tell("stopped" if found else f"no driver works on {run}")


def plot(
    files: Annotated[
        list[Path], typer.Argument(help="Models, surveys, gathers, images ...")
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="Folder, or PNG of a single file; default: beside the file."),
    ] = None,
    option: Annotated[list[str] | None, typer.Option(help=OPTION_HELP)] = None,
) -> None:
    """Draw files; the pictures' names are printed."""
    from anticline import operations

    for picture in operations.plot(files, out, _pairs(option or [])):
        typer.echo(picture)


def _pairs(texts: list[str]) -> dict[str, str]:
    wrong = [text for text in texts if not text.partition("=")[1]]
    if wrong:
        raise BadInput([f"option '{text}' needs the form KEY=VALUE" for text in wrong])
    return {text.partition("=")[0]: text.partition("=")[2] for text in texts}


def _tell(line: str) -> None:
    typer.echo(line, err=True)


def render(
    files: Annotated[
        list[Path], typer.Argument(help="A workflow (YAML), or case files.")
    ],
    cluster: Annotated[Path, typer.Option(help="Cluster file (YAML).")],
    out: Annotated[Path, typer.Option(help="Folder of the scripts.")],
    queue: Annotated[
        list[str] | None,
        typer.Option(
            help="STEP=QUEUE of a workflow, or QUEUE of every step; repeatable. Cases "
            "need one QUEUE."
        ),
    ] = None,
    ranks: Ranks = None,
    threads: Annotated[
        int | None,
        typer.Option(min=1, help="Threads of a rank; default: a node's cores shared."),
    ] = None,
) -> None:
    """Write batch scripts, and submit.sh that submits them; nothing is submitted."""
    from anticline import operations

    for path in operations.render(
        files, cluster, out, queues=queue or [], ranks=ranks, threads=threads
    ):
        typer.echo(path)


def status(run: RunFolder, json: Json = False) -> None:
    """Tell where a run stands: steps, queues, failures, time left."""
    from anticline import operations
    from anticline.events import status

    sight = operations.status(run)
    if json:
        typer.echo(status.as_json(sight))
        return
    for line in status.lines(sight):
        typer.echo(line)


def watch(run: RunFolder) -> None:
    """Show a run until it ends; Ctrl-C ends the watching, not the run."""
    from anticline import operations

    try:
        raise typer.Exit(operations.watch(run).exit_code)
    except KeyboardInterrupt:
        _tell(f"the run goes on; to see it again: anticline watch {run}")


def report(run: RunFolder) -> None:
    """Write RUN/report.html: one page with all of a run, and print its name."""
    from anticline import operations

    typer.echo(operations.report(run))


def clean(
    run: RunFolder,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would be freed.")
    ] = False,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Also what tasks still to run need; results stay."),
    ] = False,
) -> None:
    """Free what a run can make again, and tell how much."""
    from anticline import operations
    from anticline.events import cleaning

    items = operations.clean(run, everything=everything, dry_run=dry_run)
    for line in cleaning.lines(items, dry_run=dry_run):
        typer.echo(line)


def schema(
    kind: Annotated[str, typer.Argument(help="workflow or cluster.")] = "workflow",
    plain: Annotated[
        bool, typer.Option("--plain", help="Without the components installed here.")
    ] = False,
) -> None:
    """Print the JSON Schema of a kind of document, for an editor."""
    from anticline import operations

    typer.echo(operations.schema(kind, plain=plain), nl=False)


def doctor(json: Json = False) -> None:
    """Report what this machine offers, with a remedy for each lack."""
    from anticline import operations
    from anticline.doctor import as_json, exit_code, show

    if json:
        results = operations.doctor()
        typer.echo(as_json(results))
    else:
        results = operations.doctor(lambda name: typer.echo(f"asking {name}", err=True))
        show(results)
    raise typer.Exit(exit_code(results))


VERBS = (
    components, check, run, resume, cancel, render, status, watch, report, clean, plot,
    doctor, schema)  # fmt: skip


def main() -> NoReturn:
    """Run the command line; the program `anticline`."""
    try:
        build()()
    except BrokenPipeError:
        sys.exit(ExitCode.FAILED)
    except Exception as error:
        from anticline.execution.node import failure

        print(failure.message(error, "anticline", None), file=sys.stderr)
        sys.exit(failure.exit_code(error))
    sys.exit(ExitCode.DONE)


if __name__ == "__main__":
    main()
