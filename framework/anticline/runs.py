"""The verbs of workflows' runs: run, resume, cancel, status, watch, report, clean.

They are verbs of `anticline.operations`, which gives them on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from anticline.component.registry import Registry

if TYPE_CHECKING:
    from anticline.events.cleaning import Item
    from anticline.events.runs import Sight
    from anticline.execution.driver.verdicts import Outcome


def run_workflow(
    workflow: Path | str,
    *,
    cluster: Path | str | None = None,
    folder: Path | str | None = None,
    queues: Mapping[str, tuple[str, ...]] | None = None,
    quiet: bool = False,
) -> Outcome:
    """Run a workflow event by event; see `anticline.execution.driver.run.run_workflow`.

    cluster : left out, this machine. folder : of the run; left out, the document's.
    queues : of steps by name. quiet : no progress is shown. A run that may cost more
    than its cluster's budget is refused: BadInput.
    """
    from anticline.clouds import check_budget
    from anticline.execution.driver import run as running
    from anticline.execution.driver.display import display

    earlier = None if folder is None else Path(folder)
    spending = check_budget(workflow, cluster, queues, earlier)
    with display(quiet=quiet) as show:
        if spending is not None:
            show.note(str(spending))
        return running.run_workflow(
            Path(workflow),
            Registry.discover(),
            show,
            cluster=None if cluster is None else Path(cluster),
            folder=None if folder is None else Path(folder),
            queues=queues,
        )


def resume(run: Path | str, *, quiet: bool = False) -> Outcome:
    """Go on with a workflow's run; see `anticline.execution.driver.run.resume`.

    The budget is checked again: prices, it and the workflow may have changed.
    """
    from anticline.clouds import check_budget
    from anticline.execution.driver import run as running
    from anticline.execution.driver.display import display
    from anticline.execution.driver.runfolder import open_folder

    made = open_folder(Path(run))
    spending = check_budget(
        made.workflow_file,
        made.cluster_file,
        made.queues,
        made.path,
        made.workflow.parent,
    )
    with display(quiet=quiet) as show:
        if spending is not None:
            show.note(str(spending))
        return running.resume(Path(run), Registry.discover(), show)


def cancel(run: Path | str, tell: Callable[[str], None] = lambda line: None) -> bool:
    """Stop a run's living driver; see `anticline.execution.driver.run.cancel`."""
    from anticline.execution.driver import run as running

    return running.cancel(Path(run), tell)


def status(run: Path | str) -> Sight:
    """Look at a workflow's run once; `anticline.events.status` puts it into words.

    Raises
    ------
    BadInput
        The folder holds no run, or a log that cannot be read.
    """
    from anticline.events.runs import look

    return look(run)


def watch(run: Path | str) -> Sight:
    """Show a run on the terminal until it ends; returns how it then stands.

    Raises
    ------
    BadInput
        As `status`.
    """
    from anticline.events.watch import watch as show

    return show(run)


def report(run: Path | str) -> Path:
    """Write RUN/report.html, one self-contained page about a run; returns it.

    Raises
    ------
    BadInput
        As `status`.
    Failed
        The folder cannot be written.
    """
    from anticline.events.report.page import write

    return write(status(run))


def clean(
    run: Path | str, *, everything: bool = False, dry_run: bool = False
) -> list[Item]:
    """Remove what a run can make again; see `anticline.events.cleaning`."""
    from anticline.events import cleaning

    return cleaning.clean(run, everything=everything, dry_run=dry_run)
