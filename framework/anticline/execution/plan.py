"""What one batch script runs, and what it asks of its queue: pure.

A script runs one case, or any task of a workflow's step: which one, it is told when it
is submitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from anticline.cluster.model import Cluster, Queue
from anticline.component.case import Case
from anticline.component.declare import Component
from anticline.errors import Finding
from anticline.execution.queues import Needs, allowed, needs
from anticline.workflow.check_queues import misfits
from anticline.workflow.graph import Request
from anticline.workflow.task import Task


@dataclass(frozen=True)
class Job:
    """What one batch script runs.

    name : of the job, and of its script. component, about : what it runs, and a few
    words for a reader. queue : that it goes to. needs : of each of its tasks. nodes :
    that hold one. walltime_h : that one takes at most [h]. case : the file that is
    run; None: that of the task which the script is told. shifted : its arrays begin
    at other elements than the first.
    """

    name: str
    component: str
    about: str
    queue: str
    needs: Needs
    nodes: int
    walltime_h: float
    case: str | None = None
    shifted: bool = False


def job_of_case(case: Case, request: Request, name: str, queue: Queue) -> Job:
    """Plan the job of a case that runs alone on a queue."""
    asked = needs(request, case.component, queue, scattered=False)
    return Job(
        name=case.path.stem,
        component=case.component.name,
        about=f"{case.component.name}, {case.path.name}",
        queue=name,
        needs=asked,
        nodes=max(1, asked.nodes(queue)),
        walltime_h=queue.walltime_h,
        case=str(case.path.absolute()),
    )


def findings_of_cases(
    cases: Sequence[Case], request: Request, name: str, queue: Queue
) -> list[Finding]:
    """Find what keeps cases from ever running on a queue."""
    names = [case.path.stem for case in cases]
    found = []
    for case in cases:
        texts = [
            f"queue '{name}' {text}" for text in misfits(case.component, request, queue)
        ]
        if names.count(case.path.stem) > 1:
            texts.append(f"two cases give the job name '{case.path.stem}'")
        found += [case.finding("component", text) for text in texts]
    return found


def job_of_step(tasks: Sequence[Task], component: Component, cluster: Cluster) -> Job:
    """Plan the job of all tasks of a step, on the first queue that holds them.

    `check_workflow` has found one.
    """
    first = tasks[0]
    scattered = "[" in first.id
    queue = allowed(first.request, component, cluster, scattered=scattered)[0]
    made = cluster.queues[queue]
    asked = needs(first.request, component, made, scattered=scattered)
    count = f", {len(tasks)} tasks" if len(tasks) > 1 else ""
    return Job(
        name=first.step.replace("/", "-"),
        component=component.name,
        about=f"step {first.step}: {component.name}{count}",
        queue=queue,
        needs=asked,
        nodes=asked.nodes(made),
        walltime_h=first.request.walltime_h or made.walltime_h,
        shifted=len(tasks) > cluster.most_array_tasks,
    )
