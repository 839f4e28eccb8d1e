"""The verbs about clusters on AWS: render, validate, what they cost."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from anticline.cluster.costs import refresh
from anticline.cluster.costs.budget import Spending
from anticline.cluster.costs.estimate import Cost, Work, cost
from anticline.cluster.costs.table import FILE, known, read_table
from anticline.cluster.document import read_cluster, read_with_lines
from anticline.cluster.model import Cluster
from anticline.cluster.parallelcluster.check import check
from anticline.cluster.parallelcluster.configuration import configuration
from anticline.cluster.parallelcluster.stacks import (
    outputs_of,
    parameters,
    with_outputs,
)
from anticline.cluster.parallelcluster.text import text_of
from anticline.component.findings import unknown_key
from anticline.component.registry import Registry
from anticline.errors import BadInput, Finding
from anticline.execution.batch.spending import core_hours, within_budget
from anticline.execution.batch.unrolled import unrolled
from anticline.execution.driver.queues import allowed, needs
from anticline.execution.driver.steering import steered
from anticline.workflow.check.whole import check_workflow
from anticline.workflow.document.reading import read_workflow
from anticline.workflow.tasks.task import Task


def cluster_validate(file: Path | str) -> Cluster:
    """Hold a cluster file to what ParallelCluster and EC2 would accept.

    Raises
    ------
    BadInput
        With every finding, each ``file:line  message``.
    """
    cluster, line_of = read_with_lines(Path(file))
    found = [
        Finding(str(file), line_of(place), text)
        for place, text in check(cluster, known())
    ]
    if found:
        raise BadInput(iter(sorted(found, key=lambda one: one.line or 0)))
    return cluster


def cluster_render(
    file: Path | str, out: Path | str, stacks: Iterable[Path | str] = ()
) -> list[Path]:
    """Write ParallelCluster's configuration of each Slurm cluster of a file.

    stacks : answers of `aws cloudformation describe-stacks`, whose outputs name what
    exists in an account; none: the names that the file has. Returns the files.

    Raises
    ------
    BadInput
        Findings of the cluster file or of a stack's.
    """
    cluster = cluster_validate(file)
    assert cluster.aws is not None  # else it has findings
    aws = with_outputs(cluster.aws, map(Path, stacks))
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in aws.clusters:
        keys = configuration(cluster, aws, name, known())
        path = folder / f"{name}.yaml"
        path.write_text(text_of(keys, os.fspath(file)), encoding="utf-8")
        written.append(path)
    return written


def cluster_parameters(
    file: Path | str, stack: str, stacks: Iterable[Path | str] = ()
) -> dict[str, str]:
    """Give what a template of parallelcluster/ is told: name -> value.

    stack : network, storage, access, accounting or budget. stacks : answers of
    `aws cloudformation describe-stacks` of those that are there.

    Raises
    ------
    BadInput
        Findings of the cluster file or of a stack's; no such template.
    """
    cluster = cluster_validate(file)
    assert cluster.aws is not None  # else it has findings
    made = parameters(cluster.aws, outputs_of(map(Path, stacks)))
    if stack not in made:
        raise BadInput(unknown_key(stack, list(made), "stack"))
    return made[stack]


def cluster_prices(
    file: Path | str, day: str, table: Path | None = None
) -> dict[str, tuple[float | None, float | None]]:
    """Write the table anew with what a cluster file names, from AWS.

    table : left out, the one that comes along. Gives of each instance type [USD/h] and
    each service its price before and now.

    Raises
    ------
    BadInput, Failed
        Findings of the file; no boto3, no credentials, or a type that EC2 lacks.
    """
    cluster = read_cluster(Path(file))
    if cluster.aws is None:
        raise BadInput(
            Finding(str(file), None, "it has no 'aws': no region to ask for")
        )
    path = table or FILE
    old, aws = read_table(path), cluster.aws
    names = {queue.node.type for queue in cluster.queues.values()}
    names |= {aws.accounting.node}
    for made in aws.clusters.values():
        names |= {made.head_node, made.login_node}
    asked = refresh.clients(aws.region)
    databases = (aws.accounting.database,)
    new = refresh.refreshed(old, names, databases, aws.region, day, *asked)
    refresh.write(new, path)
    before, now = refresh.prices(old, aws.region), refresh.prices(new, aws.region)
    return {name: (before.get(name), now.get(name)) for name in now | before}


def workflow_costs(
    workflow: Path | str,
    cluster: Cluster,
    queues: Mapping[str, tuple[str, ...]] | None = None,
    measured: Path | None = None,
    base: Path | None = None,
) -> list[Cost]:
    """Estimate what a workflow would cost, step by step.

    Each step is taken to run on the first queue that holds it, a loop all its turns.
    measured : the folder of an earlier run of it. base : folder that the workflow's
    paths are from; left out, its own.

    Raises
    ------
    BadInput
        What keeps the workflow from running.
    """
    registry = Registry.discover()
    path = Path(workflow)
    document = read_workflow(path, base or path.parent)
    document = document.changed(steered(document.workflow, queues or {}))
    if found := check_workflow(document, registry, cluster):
        raise BadInput(found)
    tasks, _ = unrolled(document.workflow, registry)
    works = _works(tasks, registry, cluster)
    hours = core_hours(measured) if measured else {}
    return [cost(work, hours) for work in works]


def _works(
    tasks: Iterable[Task], registry: Registry, cluster: Cluster
) -> Iterator[Work]:
    steps: dict[str, list[Task]] = {}
    for task in tasks:
        steps.setdefault(task.step, []).append(task)
    for step, own in steps.items():
        request, scattered = own[0].request, "[" in own[0].id
        component = registry.components[own[0].component]
        name = allowed(request, component, cluster, scattered=scattered)[0]
        queue = cluster.queues[name]
        asked = needs(request, component, queue, scattered=scattered)
        yield Work(
            step=step,
            queue=name,
            tasks=len(own),
            node_share=asked.share(queue),
            cores=asked.cores,
            walltime_h=request.walltime_h or queue.walltime_h,
            usd_per_hour=queue.node.price_usd_per_hour,
            watts=queue.node.watts,
        )


def check_budget(
    workflow: Path | str,
    cluster: Path | str | None,
    queues: Mapping[str, tuple[str, ...]] | None = None,
    measured: Path | None = None,
    base: Path | None = None,
) -> Spending | None:
    """Refuse a run that may cost more than its cluster's budget.

    measured : the folder of an earlier run of it. base : folder that the workflow's
    paths are from; left out, its own. Gives what it may cost; None: nobody knows a
    budget.

    Raises
    ------
    BadInput
        It may; or the workflow cannot run at all.
    """
    if cluster is None or (made := read_cluster(Path(cluster))).aws is None:
        return None
    costs = workflow_costs(workflow, made, queues, measured, base)
    return within_budget(costs, made, Path(cluster))
