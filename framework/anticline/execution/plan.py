"""From cases to tasks: what runs, on how many ranks, after what; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from anticline.cluster.model import Queue
from anticline.component.case import Case
from anticline.component.declare import Component
from anticline.errors import Finding


@dataclass(frozen=True)
class Task:
    """One run of one component.

    name : of its job. case : its file, as the job names it. ranks, threads : of
    MPI, and of each rank. gpus : of each rank. after : names of the tasks that
    write what this one reads.
    """

    name: str
    component: str
    case: str
    ranks: int
    threads: int = 1
    gpus: int = 0
    after: tuple[str, ...] = ()

    @property
    def program(self) -> tuple[str, ...]:
        """What every rank runs."""
        return ("anticline-rank", self.component, self.case)


def nodes_of(task: Task, queue: Queue) -> int:
    """Count the nodes that hold a task's ranks."""
    return -(-task.ranks // ranks_on_a_node(task, queue))


def ranks_on_a_node(task: Task, queue: Queue) -> int:
    """Count the ranks that fit on a node of a queue, at least 1."""
    fit = queue.node.cores // task.threads
    if task.gpus:
        fit = min(fit, queue.node.gpus // task.gpus)
    return max(1, fit)


def tasks(
    cases: Sequence[Case], queue: Queue, ranks: int | None, threads: int | None
) -> list[Task]:
    """Plan cases that run one after the other on one queue.

    ranks : left out, the fewest that a component takes; never more than the most.
    threads : left out, the cores of a node shared by its ranks, or 1 for a
        component that uses no threads.
    """
    planned: list[Task] = []
    writers: dict[str, str] = {}
    for case in cases:
        component = case.component
        count = _ranks(component, ranks)
        name = case.path.stem
        before = {writers.get(str(path)) for _, path in case.sources}
        planned.append(
            Task(
                name=name,
                component=component.name,
                case=str(case.path),
                ranks=count,
                threads=_threads(component, queue, count, threads),
                gpus=1 if component.resources.gpu == "required" else 0,
                after=tuple(task.name for task in planned if task.name in before),
            )
        )
        writers |= {str(path): name for path in case.outputs.values()}
    return planned


def _ranks(component: Component, wanted: int | None) -> int:
    least, most = component.resources.ranks
    count = max(least, wanted or least)
    return count if most is None else min(count, most)


def _threads(component: Component, queue: Queue, ranks: int, wanted: int | None) -> int:
    if not component.resources.threads:
        return 1
    return wanted or max(1, queue.node.cores // ranks)


def misfits(
    cases: Sequence[Case], planned: Sequence[Task], name: str, queue: Queue
) -> list[Finding]:
    """Find what keeps tasks from ever running on a queue."""
    found = []
    for case, task in zip(cases, planned, strict=True):
        texts = _misfits(case.component, task, queue)
        found += [case.finding("component", f"queue '{name}' {text}") for text in texts]
    names = [task.name for task in planned]
    found += [
        case.finding("component", f"two cases give the job name '{task.name}'")
        for case, task in zip(cases, planned, strict=True)
        if names.count(task.name) > 1
    ]
    return found


def _misfits(component: Component, task: Task, queue: Queue) -> list[str]:
    texts = []
    node = queue.node
    if queue.architecture not in component.architectures:
        known = ", ".join(component.architectures)
        texts.append(f"is {queue.architecture}; {component.name} runs on {known}")
    if task.threads > node.cores:
        texts.append(
            f"has nodes of {node.cores} cores; a rank of {task.threads} threads is "
            "asked for"
        )
    if task.gpus > node.gpus:
        texts.append(f"has no GPU; {component.name} needs one")
    elif nodes_of(task, queue) > queue.nodes:
        texts.append(
            f"has {queue.nodes} nodes of {node.cores} cores; {task.ranks} ranks of "
            f"{task.threads} threads need {nodes_of(task, queue)} nodes"
        )
    return texts
