"""Workers without Parsl: processes of this machine that make real attempts."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

from anticline.cluster.model import Cluster
from anticline.execution.driver.run import Tell
from anticline.execution.node.attempt import attempt_all
from anticline.execution.node.order import Ended, Order


class Pool:
    """Two processes. orders : all that were sent, with their queues.

    together : how many came at a time.
    """

    def __init__(self) -> None:
        forked = multiprocessing.get_context("forkserver")
        self._pool = ProcessPoolExecutor(2, mp_context=forked)
        self.orders: list[tuple[str, Order]] = []
        self.together: list[int] = []
        self.stopped = 0

    def __call__(self, cluster: Cluster, run: Path, tell: Tell) -> Pool:
        """Be hired."""
        return self

    def submit(self, orders: Sequence[Order], queue: str) -> Future[list[Ended]]:
        """Send tasks to a process."""
        self.orders += [(queue, order) for order in orders]
        self.together.append(len(orders))
        return self._pool.submit(attempt_all, orders)

    def stop(self) -> None:
        """Count how often it was asked."""
        self.stopped += 1

    def close(self) -> None:
        """Stay for the next driver."""

    def shut(self) -> None:
        """End the processes."""
        self._pool.shutdown(cancel_futures=True)
