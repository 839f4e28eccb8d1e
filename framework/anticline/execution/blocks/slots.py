"""Which blocks a task shares with which others, and how much of one it takes; pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from anticline.cluster.model import Queue


class Asked(Protocol):
    """The part of an order that decides where it fits."""

    @property
    def nodes(self) -> int:
        """Nodes of its own."""

    @property
    def ranks(self) -> int:
        """Number of MPI ranks."""

    @property
    def threads(self) -> int:
        """Threads of each rank."""

    @property
    def gpus(self) -> int:
        """GPUs of each rank."""

    @property
    def memory_gib(self) -> float | None:
        """Memory of all ranks together [GiB]; None: their cores' share."""


@dataclass(frozen=True)
class Slots:
    """Blocks of one make: a queue's, of some nodes each.

    gpu : their workers keep a GPU each.
    """

    queue: str
    nodes: int = 1
    gpu: bool = False

    @property
    def label(self) -> str:
        """Name the executor."""
        several = f"-{self.nodes}nodes" if self.nodes > 1 else ""
        return f"{self.queue}{several}{'-gpu' if self.gpu else ''}"

    def workers(self, queue: Queue) -> int:
        """Count the workers of a block."""
        if self.nodes > 1:
            return 1
        return max(1, queue.node.gpus) if self.gpu else queue.node.cores


def slots_of(asked: Asked, queue: str) -> Slots:
    """Tell where a task goes."""
    return Slots(queue, asked.nodes, asked.gpus > 0 and asked.nodes == 1)


def weight_of(asked: Asked, queue: Queue) -> int:
    """Count the workers of a block that a task takes the place of, at least 1.

    It is the largest of its shares of a node's cores, memory and GPUs.
    """
    slots = slots_of(asked, "")
    node = queue.node
    shares = [asked.ranks * asked.threads / node.cores]
    if asked.memory_gib is not None:
        shares.append(asked.memory_gib / node.memory_gib)
    if node.gpus:
        shares.append(asked.ranks * asked.gpus / node.gpus)
    workers = slots.workers(queue)
    return min(workers, max(1, math.ceil(max(shares) * workers - 1e-9)))
