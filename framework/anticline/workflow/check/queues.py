"""Whether the queues of a cluster can hold a step's tasks."""

from __future__ import annotations

from collections.abc import Iterator

from anticline.cluster.model import Cluster, Queue
from anticline.component.declare import Component
from anticline.component.findings import unknown_key
from anticline.errors import Finding
from anticline.workflow.check.place import Place
from anticline.workflow.graph import Request


def check_queues(place: Place, cluster: Cluster) -> Iterator[Finding]:
    """Find queues that are not there, and those that cannot hold a step."""
    names = place.step.request.queues
    for name in names:
        if not cluster.called(name):
            unknown = unknown_key(name, list(cluster.names), "queue")
            yield place.finding("queues", f"{unknown} (of {cluster.name})")
    if place.component is None:
        return
    for name in names:
        whose = f"queue '{name}'"
        for text in refusals(place, place.component, cluster, cluster.called(name)):
            yield place.finding("queues", f"{whose} {text}")
    if not names:
        every = tuple(cluster.queues)
        for text in refusals(place, place.component, cluster, every):
            yield place.finding(
                "queues", f"no queue of {cluster.name} holds it: {text}"
            )


def refusals(
    place: Place, component: Component, cluster: Cluster, queues: tuple[str, ...]
) -> list[str]:
    """Say why none of some queues can hold a step; one that can: nothing.

    A single queue says all that it lacks, several the first thing each.
    """
    request = place.step.request
    found = {name: misfits(component, request, cluster.queues[name]) for name in queues}
    if not all(found.values()):
        return []
    if len(found) == 1:
        return next(iter(found.values()))
    said = "; ".join(f"'{name}' {texts[0]}" for name, texts in found.items())
    return [said] if said else []


def misfits(component: Component, request: Request, queue: Queue) -> list[str]:
    """Say what keeps a step's tasks from ever running on a queue.

    What a step leaves open is taken as the least: its component's fewest ranks, one
    thread, no memory.
    """
    texts = []
    node = queue.node
    if queue.architecture not in component.architectures:
        known = ", ".join(component.architectures)
        texts.append(f"is {queue.architecture}; {component.name} runs on {known}")
    if request.walltime_h is not None and request.walltime_h > queue.walltime_h:
        texts.append(
            f"gives {queue.walltime_h:g} h at most; {request.walltime_h:g} h are asked "
            "for"
        )
    lacking = _on_a_node(component, request, queue)
    texts += [text for text, fit in lacking if fit < 1]
    fit = min((fit for _, fit in lacking), default=1)
    ranks = request.ranks or component.resources.ranks[0]
    if fit >= 1 and ranks > fit * queue.nodes:
        texts.append(
            f"has {queue.nodes} nodes of {node.cores} cores, {node.memory_gib:g} GiB "
            f"and {node.gpus} GPUs; {ranks} ranks need {-(-ranks // fit)} of them"
        )
    return texts


def _on_a_node(
    component: Component, request: Request, queue: Queue
) -> list[tuple[str, int]]:
    """Count the ranks that a node holds, by each of what they share."""
    node = queue.node
    ranks = request.ranks or component.resources.ranks[0]
    threads = request.threads or 1
    text = f"has nodes of {node.cores} cores; a rank of {threads} threads is asked for"
    counts = [(text, node.cores // threads)]
    least = 1 if component.resources.gpu == "required" else 0
    if gpus := max(request.gpus or 0, least):
        text = f"has {node.gpus} GPUs a node; {gpus} a rank are needed"
        counts.append((text, node.gpus // gpus))
    if request.memory_gib:
        each = request.memory_gib / ranks
        text = (
            f"has nodes of {node.memory_gib:g} GiB; a rank needs {each:g} GiB "
            f"({request.memory_gib:g} GiB for all {ranks})"
        )
        counts.append((text, int(node.memory_gib / each * (1 + 1e-9))))
    return counts
