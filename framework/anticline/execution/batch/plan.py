"""What one batch script runs, and what it asks of its queue: pure.

A script runs one case, or any task of a workflow's step: which one, it is told when it
is submitted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from anticline.cluster.model import Cluster, Queue
from anticline.component.case import Case
from anticline.component.declare import Component
from anticline.component.registry import Registry
from anticline.errors import BadInput, Finding
from anticline.execution.driver.queues import Needs, allowed, needs
from anticline.workflow.check.queues import misfits
from anticline.workflow.graph import Request
from anticline.workflow.tasks.task import Task


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


def jobs_of_steps(
    tasks: Sequence[Task], registry: Registry, cluster: Cluster
) -> tuple[dict[str, Job], str | None]:
    """Plan the job of each step that has tasks, by the step's name.

    Every step goes to the first queue that holds it and lives in the Slurm cluster
    that can hold all of them. Gives that cluster too.

    Raises
    ------
    BadInput
        No Slurm cluster can.
    """
    steps: dict[str, list[Task]] = {}
    for task in tasks:
        steps.setdefault(task.step, []).append(task)
    made_of = {
        step: registry.components[own[0].component] for step, own in steps.items()
    }
    choices = {
        step: _queues(own[0], made_of[step], cluster) for step, own in steps.items()
    }
    where, queues = _in_one_slurm_cluster(choices, cluster)
    jobs = {
        step: _job_of_step(own, made_of[step], cluster, queues[step])
        for step, own in steps.items()
    }
    return jobs, where


def _in_one_slurm_cluster(
    choices: Mapping[str, Sequence[str]], cluster: Cluster
) -> tuple[str | None, dict[str, str]]:
    """Choose a queue for each step, all of one Slurm cluster."""
    lives = {name: queue.slurm_cluster for name, queue in cluster.queues.items()}
    places = dict.fromkeys(lives[name] for names in choices.values() for name in names)
    lacking = []
    for where in places:
        found = {
            step: [name for name in names if lives[name] == where]
            for step, names in choices.items()
        }
        if all(found.values()):
            return where, {step: names[0] for step, names in found.items()}
        left = ", ".join(step for step, names in found.items() if not names)
        lacking.append(f"{where or 'the one at hand'} has no queue for {left}")
    msg = (
        "no Slurm cluster has queues for all steps, and a job cannot wait for one of "
        f"another ({'; '.join(lacking)}); choose queues with --queue STEP=QUEUE, or "
        "let a driver use several: anticline run"
    )
    raise BadInput(msg)


def _queues(task: Task, component: Component, cluster: Cluster) -> tuple[str, ...]:
    """Name the queues that hold a step's tasks, in its order; one of the tasks."""
    return allowed(task.request, component, cluster, scattered=_scattered(task))


def _job_of_step(
    tasks: Sequence[Task], component: Component, cluster: Cluster, queue: str
) -> Job:
    """Plan the job of all tasks of a step, on one of the queues that hold them."""
    first = tasks[0]
    made = cluster.queues[queue]
    asked = needs(first.request, component, made, scattered=_scattered(first))
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


def _scattered(task: Task) -> bool:
    return "[" in task.id
