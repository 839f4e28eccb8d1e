"""What the driver asks of those who run its tasks."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Protocol

from anticline.execution.node.order import Ended, Order


class Block(Protocol):
    """A job that holds workers of a queue."""

    @property
    def queue(self) -> str:
        """Name of its queue."""

    @property
    def job(self) -> str:
        """Slurm's number of it, or a process."""

    @property
    def state(self) -> str:
        """One of pending, running, ended."""

    @property
    def reason(self) -> str:
        """Of its end, where one is known."""


class Workers(Protocol):
    """Workers in the queues of a cluster.

    A future that raises has lost its worker.
    """

    def submit(self, orders: Sequence[Order], queue: str) -> Future[list[Ended]]:
        """Send tasks that ask for the same to a worker of a queue; returns at once.

        They run one after the other; the future gives their ends in that order.
        """

    def stop(self) -> None:
        """Ask what runs to keep its work and end; nothing that waits is begun."""

    def close(self) -> None:
        """End all workers and their jobs."""
