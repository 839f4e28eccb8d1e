"""The verbs, one function each; the command line and programs call the same.

components   what can be run
check        whether cases and workflows can be run
run          cases, one after the other, on this machine
run_workflow a workflow, on the queues of a cluster
resume       a workflow's run whose driver ended
cancel       a workflow's run: its driver stops, work is kept
render       a workflow, or cases, as batch scripts
status       where a workflow's run stands
watch        the same, live
report       all of it as one page
clean        freeing what a run can make again
plot         pictures of files
schema       JSON Schemas of documents, for editors
data         public data sets: what is known, where it lies, getting it
cluster      a real Slurm on this one machine
doctor       what this machine offers
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anticline.checks import Checked, check_files
from anticline.checks import is_workflow as is_workflow  # told from a case
from anticline.cluster.here import count_cores, usable_cpus
from anticline.component.case import Case
from anticline.component.catalogue.declare import Dataset
from anticline.component.catalogue.known import Catalogue, catalogue
from anticline.component.catalogue.locate import required
from anticline.component.command import Command
from anticline.component.probe import ProbeResult
from anticline.component.progress import Reporter
from anticline.component.registry import (
    COMMANDS,
    DATASETS,
    BrokenPlugin,
    Found,
    Registry,
    discover,
    resolve,
)
from anticline.component.sequence import load_cases
from anticline.drawing import plot as plot  # a verb, made there
from anticline.drawing import viewers
from anticline.errors import BadInput, ExitCode, Failed, Finding
from anticline.execution.node.launch import Launch, launch
from anticline.execution.node.local import check_apart, find_launcher, run_here
from anticline.runs import cancel as cancel  # verbs, made there
from anticline.runs import clean as clean
from anticline.runs import report as report
from anticline.runs import resume as resume
from anticline.runs import run_workflow as run_workflow
from anticline.runs import status as status
from anticline.runs import watch as watch

if TYPE_CHECKING:
    from anticline.cluster.local.configuration import Place
    from anticline.cluster.local.control import Status
    from anticline.cluster.local.slurm import Tell

VERBS = (
    "components", "check", "run", "resume", "cancel", "render", "status", "watch",
    "report", "clean", "plot", "schema", "data", "cluster",
    "doctor",
)  # fmt: skip
KEPT = "finished work is kept; run the same case again to go on"


def components() -> Registry:
    """Find the components of this installation, ours and third parties'."""
    return Registry.discover()


def commands() -> Found[Command]:
    """Find the commands that plugins add; none may take the name of a verb."""
    verbs = dict.fromkeys(VERBS, "a verb of anticline's own")
    return discover(COMMANDS, Command, verbs)


def schema(kind: str, *, plain: bool = False) -> str:
    """Give the JSON Schema of workflow or cluster documents; see `schemas.schema`.

    plain : know no component, as the schema that is published.
    """
    from anticline import schemas

    return schemas.schema(kind, None if plain else components())


def app_of(command: Command) -> Callable[..., Any]:
    """Import what a command calls; Failed, with the command's name, where it cannot."""
    try:
        return resolve(command.app)
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        msg = f"command '{command.name}' cannot be used: {command.app} raised {what}"
        raise Failed(msg) from error


def broken_plugins() -> tuple[BrokenPlugin, ...]:
    """Find the plugins that give no component, viewer, command or data set."""
    groups = (components(), viewers(), commands(), discover(DATASETS, Dataset))
    return tuple(plugin for group in groups for plugin in group.broken)


def check(
    files: Iterable[Path | str],
    ranks: int | None = None,
    cluster: Path | str | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> list[Finding]:
    """Find everything that keeps cases and workflows from running; none: all is well.

    The cases are taken to run in this order: an input that an earlier one writes
    may be absent, and what the component says of it is then left to its turn.
    ``ranks`` of cases defaults, as in `run`, to the fewest the component asks for.
    ``cluster`` is a file whose queues workflows are held to. ``tell`` is called with
    a line about each file without findings.
    """
    found = checked(files, ranks, cluster)
    for line in found.well:
        tell(line)
    return found.findings


def checked(
    files: Iterable[Path | str],
    ranks: int | None = None,
    cluster: Path | str | None = None,
) -> Checked:
    """Say of each file what `check` finds; of cases, whether they are finished."""
    queues = None
    if cluster is not None:
        from anticline.cluster.document import read_cluster

        queues = read_cluster(Path(cluster))
    return check_files(files, components(), ranks, queues)


def run(
    cases: Iterable[Path | str],
    *,
    ranks: int | None = None,
    threads: int | None = None,
    grace_s: int | None = None,
    quiet: bool = False,
    tell: Callable[[str], None] = lambda line: None,
) -> int:
    """Run cases one after the other, each under a local `mpirun`.

    Several are checked together before the first begins. A case whose outputs are
    there as its result is not started again.

    cases : case files; a case may read what an earlier one writes.
    ranks : default the fewest the component asks for.
    threads : of each rank; default: the ranks share the cores.
    grace_s : Open MPI's time [s] that `mpirun` leaves its ranks when SIGTERM ends it;
        default its own, 1 s (see `anticline.execution.node.launch`).
    quiet : nothing is told or shown but what goes wrong.
    tell : called with a line about each case before it starts, and with one about a
        case whose ranks were killed.

    Returns the exit code of the first case that does not end well, else 0.

    Raises
    ------
    BadInput
        A case that does not fit its component, or no `mpirun`.
    Failed
        A component's check raised an error.
    """
    banner = (lambda line: None) if quiet else tell
    paths = [Path(path) for path in cases]
    mpirun, family = find_launcher()
    started = partial(
        launch,
        mpirun=mpirun,
        family=family,
        cores=count_cores(usable_cpus()),
        threads=threads,
        root=os.geteuid() == 0,
        grace_s=grace_s,
    )
    for case, finished in _told_apart(paths, ranks):
        name, count = case.component.name, ranks or case.component.resources.ranks[0]
        if finished:
            banner(f"{case.path}: {name} is finished")
            continue
        banner(f"{case.path}: {name}, ranks: {count}")
        line = started(_rank_program(name, case.path), ranks=count)
        code = _ended(case.path, line, quiet, tell)
        if code != ExitCode.DONE:
            return code
    return ExitCode.DONE


def _told_apart(paths: list[Path], ranks: int | None) -> list[tuple[Case, bool]]:
    """Read cases, checked together where there are several; whether each is finished.

    A single one is checked by its ranks, unless it may be finished.
    """
    finished = check_apart(paths, ranks) if len(paths) > 1 else set()
    read = load_cases(paths, components())
    if len(paths) == 1 and _may_be_finished(read[0]):
        finished = check_apart(paths, ranks)
    return [(case, case.path in finished) for case in read]


def _ended(path: Path, line: Launch, quiet: bool, tell: Callable[[str], None]) -> int:
    """Run the ranks of a case to their end; their exit code, after telling of it."""
    try:
        return run_here(line, quiet=quiet)
    except Failed as error:
        tell(f"{path}: {error}; {KEPT}")
        return ExitCode.FAILED


def render(
    files: Iterable[Path | str],
    cluster: Path | str,
    out: Path | str,
    *,
    queues: Iterable[str] = (),
    ranks: int | None = None,
    threads: int | None = None,
) -> list[Path]:
    """Write the batch scripts of one workflow, or of cases, and submit.sh.

    queues : of a workflow "STEP=QUEUE", in the place of its own, or "QUEUE" of every
    step; of cases the name of the one that all use. ranks, threads : of cases; a
    workflow says its own. Returns the scripts, submit.sh last.

    Raises
    ------
    BadInput
        Findings of the files or the cluster file, an unknown queue, one that can
        never hold a job, more than the cluster's budget, or a file in the way that
        was not rendered.
    """
    from anticline.execution.batch import render as rendering

    paths, names = [Path(path) for path in files], list(queues)
    if not any(map(is_workflow, paths)):
        if len(names) != 1:
            msg = "one queue is needed for all cases: --queue QUEUE"
            raise BadInput(msg)
        loaded, where = load_cases(paths, components()), Path(cluster)
        return rendering.render_cases(
            loaded, where, names[0], Path(out), ranks, threads
        )
    if len(paths) != 1 or ranks or threads:
        msg = (
            "a workflow is rendered on its own, and says itself how many ranks and "
            "threads its steps have"
        )
        raise BadInput(msg)
    from anticline.execution.driver.steering import queues_of
    from anticline.workflow.document.reading import read_workflow

    document = read_workflow(paths[0])
    chosen = queues_of(document.workflow, names)
    return rendering.render_workflow(
        document, components(), Path(cluster), Path(out), chosen
    )


def _may_be_finished(case: Case) -> bool:
    """Tell, without reading a file, whether asking the component is worth it."""
    return case.component.knows_finished and all(
        map(Path.exists, case.outputs.values())
    )


def _rank_program(component: str, case: Path | str) -> tuple[str, ...]:
    # -P: a folder of the user's named like a library shadows nothing
    return (sys.executable, "-P", "-m", "anticline.rank", component, str(case))


def data() -> Catalogue:
    """Read the catalogue of public data: anticline's, plugins' and the user's.

    Raises
    ------
    BadInput
        A catalogue of the user's that cannot be used.
    """
    return catalogue()


def data_path(names: Iterable[str]) -> list[Path]:
    """Find files of the catalogue on this machine; NAME means all files of a set.

    Raises
    ------
    BadInput
        An unknown name, or a file that is not here.
    """
    known = data()
    chosen = [known.select(name) for name in names]
    return [required(dataset, file) for dataset, files in chosen for file in files]


def data_get(names: Iterable[str], reporter: Reporter) -> list[Path]:
    """Find or download files of the catalogue; see `anticline.data.get.get`."""
    from anticline.data.get import Getter, get

    return get(data(), names, Getter(reporter))


def cluster_discover() -> str:
    """Describe the Slurm at hand as the text of a cluster file.

    Raises
    ------
    BadInput, Failed
        There is no Slurm here, or it does not answer.
    """
    from anticline.cluster.discover import discover as ask

    return ask()[0]


def cluster_up(file: Path | str, folder: Path | str, tell: Tell) -> Place:
    """Start a local Slurm with the queues of a file; see `cluster.local.control`."""
    from anticline.cluster.document import read_cluster
    from anticline.cluster.local.control import up

    return up(read_cluster(Path(file)), Path(folder).absolute(), tell)


def cluster_status(folder: Path | str) -> Status:
    """Ask after a local Slurm's daemons and nodes."""
    from anticline.cluster.local.control import status

    return status(Path(folder).absolute())


def cluster_down(folder: Path | str, tell: Tell) -> None:
    """Stop a local Slurm and remove all its files."""
    from anticline.cluster.local.control import down

    down(Path(folder).absolute(), tell)


def doctor(begin: Callable[[str], None] = lambda name: None) -> list[ProbeResult]:
    """Ask every registered probe about this machine.

    ``begin`` is called with each probe's name before it runs.
    """
    from anticline.doctor import examine

    return examine(begin)
