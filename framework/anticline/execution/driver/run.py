"""Runs of workflows: begun, resumed, cancelled.

run_workflow("survey.yaml", cluster="configs/clusters/local-slurm.yaml")
resume("output/survey")                after the driver ended, however it did
cancel("output/survey")                a living driver, its work kept
"""

from __future__ import annotations

import os
import platform
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from anticline.cluster.document import read_cluster
from anticline.cluster.laptop import laptop
from anticline.cluster.model import Cluster
from anticline.component.context import code_version
from anticline.component.registry import Registry
from anticline.errors import BadInput, Failed
from anticline.events import record
from anticline.events.driver import driver_of, driving
from anticline.events.log import EVENTS, Log, read_events
from anticline.events.query import RunState
from anticline.execution.driver.book import Book
from anticline.execution.driver.inbox import Changed, Inbox, Stop
from anticline.execution.driver.key import HASHES, FileHashes, Keys
from anticline.execution.driver.loop import Driver
from anticline.execution.driver.notes import Notes
from anticline.execution.driver.orphans import end_orphans
from anticline.execution.driver.runfolder import STOP, RunFolder, open_folder, prepare
from anticline.execution.driver.setting import GRACE_S, Setting, Show
from anticline.execution.driver.steering import steered
from anticline.execution.driver.workers import Block, Workers
from anticline.workflow.check.whole import check_workflow
from anticline.workflow.document.reading import Document, read_workflow
from anticline.workflow.graph import Workflow

if TYPE_CHECKING:
    from anticline.execution.driver.verdicts import Outcome

CANCEL_WAIT_S = GRACE_S + 60.0
SIGNALS = {
    signal.SIGINT: "Ctrl-C",
    signal.SIGTERM: "SIGTERM",
    signal.SIGHUP: "its terminal is gone",
}
_NAMES = {int(number): name for number, name in SIGNALS.items()}
Queues = Mapping[str, tuple[str, ...]]
Tell = Callable[[Block], None]
Hire = Callable[[Cluster, Path, Tell], Workers]
"""From a cluster, a run's folder and who is told of blocks to the workers."""


def run_workflow(
    workflow: Path,
    registry: Registry,
    show: Show,
    *,
    cluster: Path | None = None,
    folder: Path | None = None,
    queues: Queues | None = None,
    hire: Hire | None = None,
) -> Outcome:
    """Run a workflow, or go on with its run where the folder holds one.

    cluster : left out, this machine. folder : left out, the one that the document
    names. queues : of steps by name, in the place of the document's. hire : who gives
    the workers; left out, Parsl.

    Raises
    ------
    BadInput
        All that keeps the workflow from running; a folder of another run, or one
        that another driver works on.
    Failed
        The run's folder cannot be written.
    """
    document = read_workflow(workflow)
    made = RunFolder(
        path=(folder or document.folder).absolute(),
        name=document.workflow.name,
        workflow=workflow.absolute(),
        cluster=None if cluster is None else cluster.absolute(),
        queues=dict(queues or {}),
    )
    return _run(made, document, registry, show, hire or parsl_workers)


def resume(
    run: Path, registry: Registry, show: Show, hire: Hire | None = None
) -> Outcome:
    """Go on with a run; what is done is not done again.

    The workflow and the cluster are read anew from the files that the run was begun
    from, or from its copies where those are gone.

    Raises
    ------
    BadInput, Failed
        As `run_workflow`.
    """
    made = open_folder(run)
    document = read_workflow(made.workflow_file, made.workflow.parent)
    return _run(made, document, registry, show, hire or parsl_workers)


def _run(
    made: RunFolder, document: Document, registry: Registry, show: Show, hire: Hire
) -> Outcome:
    cluster = _cluster(made.cluster_file)
    document = document.changed(steered(document.workflow, made.queues))
    if found := check_workflow(document, registry, cluster):
        raise BadInput(found)
    prepare(made)
    with driving(made.path):
        made.write(code_version(), document.text, _text_of(made.cluster_file, cluster))
        (made.path / STOP).unlink(missing_ok=True)
        show.note(f"{made.name} on {cluster.name}, in {made.path}")
        end_orphans(made.path, cluster, show.note)
        return _drive(made.path, document.workflow, cluster, registry, show, hire)


def _cluster(file: Path | None) -> Cluster:
    return laptop() if file is None else read_cluster(file)


def _text_of(file: Path | None, cluster: Cluster) -> str:
    if file is None:
        return cluster.model_dump_json(exclude_defaults=True, indent=1) + "\n"
    return file.read_text(encoding="utf-8")


def _drive(
    run: Path,
    workflow: Workflow,
    cluster: Cluster,
    registry: Registry,
    show: Show,
    hire: Hire,
) -> Outcome:
    """Drive a run whose lock is held."""
    state, inbox = _past(run), Inbox()
    hashes = FileHashes(run / HASHES)
    book = Book(workflow, registry, run, Keys(registry.components, hashes))
    setting = Setting(run, cluster, registry)
    with Log(run / EVENTS) as log, heard(inbox):
        notes = Notes(log, state)
        notes.tell(
            record.BEGUN,
            workflow=workflow.name,
            cluster=cluster.name,
            pid=os.getpid(),
            host=platform.node(),
            code=code_version(),
        )
        notes.write()
        with closing(hire(cluster, run, lambda b: inbox.put(Changed(b)))) as workers:
            driver = Driver(setting, book, workers, notes, inbox, show)
            outcome = driver.drive()
        hashes.save()
    return outcome


def _past(run: Path) -> RunState:
    """Fold what earlier drivers wrote."""
    there = (run / EVENTS).exists()
    return RunState.of(read_events(run / EVENTS)) if there else RunState()


def parsl_workers(cluster: Cluster, run: Path, tell: Tell) -> Workers:
    """Hire workers by Parsl."""
    from anticline.execution.blocks.executors import Executors

    return Executors(cluster, run, tell=tell)


@contextmanager
def heard(inbox: Inbox) -> Iterator[None]:
    """Turn stop signals into messages (in the main thread; elsewhere nothing)."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {
        number: signal.signal(number, lambda n, _: inbox.put(Stop(_NAMES[n])))
        for number in SIGNALS
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def cancel(
    run: Path, tell: Callable[[str], None], wait_s: float = CANCEL_WAIT_S
) -> bool:
    """Ask the living driver of a run to stop, and wait until it has.

    Works from any machine that sees the folder. Where no driver lives, what a dead one
    left is ended. Returns whether there was anything. tell : is told of that.

    Raises
    ------
    BadInput
        The folder holds no run.
    Failed
        The driver is still there after ``wait_s`` [s].
    """
    made = open_folder(run)
    if driver_of(made.path) is None:
        with driving(made.path):
            found = end_orphans(made.path, _cluster(made.cluster_file), tell)
        return bool(found)
    (made.path / STOP).touch()
    until = time.monotonic() + wait_s
    while (who := driver_of(made.path)) is not None:
        if time.monotonic() > until:
            msg = f"{run}: {who} was asked to stop and still lives"
            raise Failed(msg)
        time.sleep(0.2)
    return True
