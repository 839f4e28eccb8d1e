"""Workers without Parsl: processes of this machine that make real attempts."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

from anticline.cluster.model import Cluster
from anticline.execution.driver.run import Tell
from anticline.execution.node.attempt import attempt
from anticline.execution.node.order import Ended, Order


class Pool:
    """Two processes. orders : all that were sent, with their queues."""

    def __init__(self) -> None:
        forked = multiprocessing.get_context("forkserver")
        self._pool = ProcessPoolExecutor(2, mp_context=forked)
        self.orders: list[tuple[str, Order]] = []
        self.stopped = 0

    def __call__(self, cluster: Cluster, run: Path, tell: Tell) -> Pool:
        """Be hired."""
        return self

    def submit(self, order: Order, queue: str) -> Future[Ended]:
        """Send a task to a process."""
        self.orders.append((queue, order))
        return self._pool.submit(attempt, order)

    def stop(self) -> None:
        """Count how often it was asked."""
        self.stopped += 1

    def close(self) -> None:
        """Stay for the next driver."""

    def shut(self) -> None:
        """End the processes."""
        self._pool.shutdown(cancel_futures=True)
