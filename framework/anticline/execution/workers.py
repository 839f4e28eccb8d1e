"""What the driver asks of those who run its tasks."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from anticline.execution.order import Ended, Order


@dataclass(frozen=True)
class Block:
    """A job that holds workers of a queue; state: pending, running or ended."""

    queue: str
    job: str
    state: str


class Workers(Protocol):
    """Workers in the queues of a cluster.

    A future that raises has lost its worker.
    """

    def submit(self, order: Order, queue: str) -> Future[Ended]:
        """Send a task to a queue; returns at once."""

    def blocks(self) -> Sequence[Block]:
        """Tell of the jobs that hold workers; returns at once."""

    def stop(self) -> None:
        """Ask what runs to keep its work and end; nothing that waits is begun."""

    def close(self) -> None:
        """End all workers and their jobs."""
