"""From a task that may start to what a node is told, and back to what is written."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from anticline.cluster.model import Cluster
from anticline.events.record import utc_now
from anticline.execution.driver.dispatch import Trial
from anticline.execution.driver.folders import begin, make_ready
from anticline.execution.node.claim import read_order, running, write_order
from anticline.execution.node.order import Ended, Kind, Order, to_json
from anticline.workflow.tasks.expand import case_document


def order_for(trial: Trial, run: Path, cluster: Cluster) -> Order:
    """Make the order of a trial's next attempt."""
    asked, task = trial.needs, trial.task
    assert asked is not None
    queue = cluster.queues[trial.queue]
    hours = task.request.walltime_h
    return Order(
        run=str(run),
        id=task.id,
        folder=str(task.folder),
        component=task.component,
        key=trial.key,
        attempt=trial.attempt,
        queue=trial.queue,
        nodes=asked.nodes(queue),
        ranks=asked.ranks,
        threads=asked.threads,
        gpus=asked.gpus,
        memory_gib=asked.memory_gib,
        walltime_s=None if hours is None else hours * 3600.0,
        launcher=cluster.launcher,
        mpi=queue.mpi,
    )


def prepare(trial: Trial, order: Order) -> bool:
    """Make the task's folder ready; what lies there is kept if it is of this key.

    Returns whether the task was never there before.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    run = Path(order.run)
    case = case_document(trial.task, run)
    if begin(run, trial.task, case):
        return True
    last = read_order(order.place)  # one that was withdrawn, or is of a script
    key = (running(order.place) or {}).get("key") if last is None else last.key
    make_ready(run, trial.task, case, afresh=key not in (None, order.key))
    if last is not None:
        write_order(order)
    return False


def facts_of(ended: Ended) -> dict[str, Any]:
    """Give what the log says of an end; what is not known is left out."""
    return {
        name: fact for name, fact in to_json(ended).items() if fact not in ("", None)
    }


def ends_of(orders: Sequence[Order], future: Future[list[Ended]]) -> list[Ended]:
    """Give how attempts that were sent together ended."""
    try:
        return future.result()
    except Exception as error:
        return [nobody_knows(order, error) for order in orders]


def nobody_knows(order: Order, error: BaseException) -> Ended:
    """Make the end of an attempt whose worker is gone."""
    now = utc_now()
    return Ended(
        code=None,
        kind=Kind.LOST,
        reason=f"{type(error).__name__}: {error}",
        began_utc=now,
        ended_utc=now,
        seconds=0.0,
        cpu_seconds=0.0,
        peak_bytes=0,
        host="",
        job="",
        queue=order.queue,
        ranks=order.ranks,
        threads=order.threads,
        attempt=order.attempt,
        key=order.key,
    )
