"""What jobs that are to be submitted may cost, held against their cluster's budget."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from anticline.cluster.costs.budget import Spending, spending
from anticline.cluster.costs.estimate import Cost, Work, cost
from anticline.cluster.document import read_with_lines
from anticline.cluster.model import Cluster
from anticline.errors import BadInput, Finding
from anticline.execution.batch.plan import Job


def within_budget(
    costs: Sequence[Cost], cluster: Cluster, file: Path
) -> Spending | None:
    """Give what costs come to, of a cluster read from a file; None: it has no budget.

    Raises
    ------
    BadInput
        More than a run may spend.
    """
    if cluster.aws is None:
        return None
    made = spending(costs, cluster.aws.budget)
    if (why := made.refused) is not None:
        _, line_of = read_with_lines(file)
        line = line_of(("aws", "budget", "usd_per_run"))
        raise BadInput(Finding(str(file), line, why))
    return made


def costs_of_jobs(
    jobs: Mapping[str, Job],
    tasks: Iterable[str],
    cluster: Cluster,
    run: Path | None = None,
) -> list[Cost]:
    """Estimate what rendered jobs cost.

    jobs : by the step, or the case, that they run. tasks : the step of each task. run :
    the folder of an earlier run, by whose times; left out, by walltimes alone.
    """
    counts: dict[str, int] = {}
    for step in tasks:
        counts[step] = counts.get(step, 0) + 1
    hours = core_hours(run) if run else {}
    return [
        cost(_work(step, jobs[step], count, cluster), hours)
        for step, count in counts.items()
    ]


def _work(step: str, job: Job, tasks: int, cluster: Cluster) -> Work:
    queue = cluster.queues[job.queue]
    return Work(
        step=step,
        queue=job.queue,
        tasks=tasks,
        node_share=job.needs.share(queue),
        cores=job.needs.cores,
        walltime_h=job.walltime_h,
        usd_per_hour=queue.node.price_usd_per_hour,
        watts=queue.node.watts,
    )


def core_hours(run: Path) -> dict[str, float]:
    """Give the mean core-hours of a task of each step of a run that are done."""
    taken: dict[str, list[float]] = {}
    for path in run.glob("steps/**/ended.json"):
        ended = json.loads(path.read_text(encoding="utf-8"))
        if ended["kind"] == "done":
            hours = ended["seconds"] * ended["ranks"] * ended["threads"] / 3600
            parts = path.parent.relative_to(run / "steps").parts
            step = "/".join(p for p in parts if not p.replace(".", "").isdigit())
            taken.setdefault(step, []).append(hours)
    return {step: sum(values) / len(values) for step, values in taken.items()}
