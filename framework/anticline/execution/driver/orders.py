"""From a task that may start to what a node is told, and back to what is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from anticline.cluster.model import Cluster
from anticline.events.record import utc_now
from anticline.execution.driver.dispatch import Trial
from anticline.execution.driver.folders import make_ready
from anticline.execution.node.claim import read_order, write_order
from anticline.execution.node.order import Ended, Kind, Order, to_json
from anticline.workflow.expand import case_document


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


def prepare(trial: Trial, order: Order) -> None:
    """Make the task's folder ready; what lies there is kept if it is of this key.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    last = read_order(order.place)
    afresh = last is not None and last.key != order.key
    run = Path(order.run)
    make_ready(run, trial.task, case_document(trial.task, run), afresh=afresh)
    write_order(order)


def facts_of(ended: Ended) -> dict[str, Any]:
    """Give what the log says of an end; what is not known is left out."""
    return {
        name: fact for name, fact in to_json(ended).items() if fact not in ("", None)
    }


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
