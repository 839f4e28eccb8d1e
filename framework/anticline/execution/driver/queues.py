"""Which queue a task runs on, and what it asks for there: pure.

A task may run on the queues its step names, or else on all that fit it: of its
component's architectures, with a GPU where one is required, with room for its ranks,
threads and memory. Queues with GPUs are spared for who uses them, while another fits.
Among those it goes where the least work waits for each core, so that tasks of one
scattered step spread over several queues; of equals, to the one named first.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from anticline.cluster.model import Cluster, Queue
from anticline.component.declare import Component
from anticline.recovery.policy import Room
from anticline.workflow.graph import Request

ANSWER_S = 0.25
"""Longest time [s] in which the driver has answered a finished task with the next."""
MOST_AHEAD = 64


@dataclass(frozen=True)
class Needs:
    """What one attempt asks of a queue.

    ranks, threads : of MPI, and of each rank. gpus : of each rank. memory_gib : of
    all ranks together [GiB].
    """

    ranks: int
    threads: int
    gpus: int
    memory_gib: float

    @property
    def cores(self) -> int:
        """Cores of all ranks."""
        return self.ranks * self.threads

    def nodes(self, queue: Queue) -> int:
        """Count the nodes of a queue that hold it; 0: none do."""
        fit = queue.node.cores // self.threads
        if self.gpus:
            fit = min(fit, queue.node.gpus // self.gpus)
        if fit == 0:
            return 0
        by_memory = -(-self.memory_gib // queue.node.memory_gib)
        return max(-(-self.ranks // fit), int(by_memory))

    def share(self, queue: Queue) -> float:
        """Give the part of a node that it fills, several nodes above 1."""
        node = queue.node
        parts = [self.cores / node.cores, self.memory_gib / node.memory_gib]
        if self.gpus:
            parts.append(self.gpus * self.ranks / max(1, node.gpus))
        return max(parts)


def needs(
    request: Request, component: Component, queue: Queue, *, scattered: bool
) -> Needs:
    """Say what a task asks for on a queue.

    What the step leaves open: the fewest ranks of the component; one thread for one
    of many tasks, for a lone one the cores of a node shared by its ranks; a GPU where
    the component can use one and the queue has some; of a node's memory the share of
    its cores or of its GPUs, whichever is more.
    """
    ranks = _ranks(component, request.ranks)
    threads = request.threads
    if threads is None:
        alone = component.resources.threads and not scattered
        threads = max(1, queue.node.cores // ranks) if alone else 1
    gpus = request.gpus
    if gpus is None:
        use = component.resources.gpu
        gpus = int(use == "required" or (use == "optional" and queue.node.gpus > 0))
    parts = [threads / queue.node.cores]
    if gpus and queue.node.gpus:
        parts.append(gpus / queue.node.gpus)
    share = queue.node.memory_gib * ranks * max(parts)
    return Needs(ranks, threads, gpus, request.memory_gib or share)


def _ranks(component: Component, wanted: int | None) -> int:
    least, most = component.resources.ranks
    count = max(least, wanted or least)
    return count if most is None else min(count, most)


def allowed(
    request: Request, component: Component, cluster: Cluster, *, scattered: bool
) -> tuple[str, ...]:
    """Name the queues that a task may run on and that can hold it, in its order."""
    named = [queue for name in request.queues for queue in cluster.called(name)]
    names = named if request.queues else list(cluster.queues)
    fitting = [
        name
        for name in dict.fromkeys(names)
        if _holds(cluster.queues[name], request, component, scattered=scattered)
    ]
    if request.queues or component.resources.gpu != "none":
        return tuple(fitting)
    spared = [name for name in fitting if not cluster.queues[name].node.gpus]
    return tuple(spared or fitting)


def _holds(
    queue: Queue, request: Request, component: Component, *, scattered: bool
) -> bool:
    asked = needs(request, component, queue, scattered=scattered)
    return (
        queue.architecture in component.architectures
        and 0 < asked.nodes(queue) <= queue.nodes
        and (request.walltime_h or 0.0) <= queue.walltime_h
    )


def room(component: Component, queue: Queue, asked: Needs) -> Room:
    """Say how far memory and ranks of a task may grow on a queue."""
    most = component.resources.ranks[1]
    fit = max(1, queue.node.cores // asked.threads) * queue.nodes
    ranks = fit if most is None else min(most, fit)
    return Room(queue.node.memory_gib * max(1, asked.nodes(queue)), ranks)


@dataclass
class Load:
    """The work that one queue was given and has not given back.

    nodes : that it may have. share : of nodes that its tasks fill together. tasks :
    how many those are.
    """

    nodes: int
    share: float = 0.0
    tasks: int = 0

    @property
    def fullness(self) -> float:
        """Waiting and running work for each node; 1 where all is busy."""
        return self.share / self.nodes

    def slots(self, share: float) -> float:
        """Count the tasks that run at a time, of those that take a share of a node."""
        return max(1.0, self.nodes / share)

    def room(self, share: float, seconds: float | None) -> int:
        """Count the further tasks that keep its workers busy until the driver answers.

        What waits in a queue cannot go to another, nor after what matters more, so
        little should wait: as much as its workers finish while the driver answers.

        share, seconds : of a node, and of time, that such a task takes; None: not
        known, and one waits for each that runs.
        """
        slots = self.slots(share)
        ahead = 1.0 if seconds is None else ANSWER_S / max(seconds, 1e-3)
        most = slots + min(max(1.0, slots * ahead), MOST_AHEAD)
        return max(0, math.ceil(most) - self.tasks)

    def has_room(self, share: float, seconds: float | None, together: int = 1) -> bool:
        """Whether there is room for tasks that are sent together.

        Fewer are sent only where a worker would wait for them.
        """
        room = self.room(share, seconds)
        return room >= together or (room > 0 and self.tasks < self.slots(share))

    def take(self, share: float) -> None:
        """Note a task given to the queue."""
        self.share += share
        self.tasks += 1

    def give_back(self, share: float) -> None:
        """Note a task given back."""
        self.share -= share
        self.tasks -= 1


@dataclass
class Loads:
    """The work of all queues. closed : those that get no task with another choice."""

    of: Mapping[str, Load]
    closed: set[str] = field(default_factory=set)

    def choose(
        self,
        shares: Mapping[str, float],
        seconds: float | None = None,
        avoid: Collection[str] = (),
        together: int = 1,
    ) -> str | None:
        """Choose among queues where a task fills a share of nodes; None: none has room.

        seconds : that it takes, None: not known. avoid : queues to be left out where
        there is a choice. together : tasks that are to be sent at a time.
        """
        open_ = [name for name in shares if name not in self.closed] or list(shares)
        open_ = [name for name in open_ if name not in avoid] or open_
        free = [n for n in open_ if self.of[n].has_room(shares[n], seconds, together)]
        return min(free, key=lambda name: self.of[name].fullness, default=None)


def larger(asked: Needs, ranks: int, memory_gib: float) -> Needs:
    """Ask for what a remedy says, where that is more."""
    return replace(
        asked,
        ranks=max(asked.ranks, ranks),
        memory_gib=max(asked.memory_gib, memory_gib),
    )
