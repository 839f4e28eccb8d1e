"""Which queues of a run have had no block for longer than their patience."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from anticline.cluster.model import Cluster
from anticline.execution.driver.workers import Block
from anticline.recovery.patience import Drought

RUNNING = "running"


class Droughts:
    """The blocks of every queue, and how long tasks have waited for the first."""

    def __init__(self, cluster: Cluster) -> None:
        self._blocks: dict[str, Block] = {}
        self._of = {
            name: Drought(queue.patience_h * 3600.0)
            for name, queue in cluster.queues.items()
        }

    def change(self, block: Block) -> None:
        """Take note of a block's new state."""
        self._blocks[block.job] = block

    def dry(self, now_s: float, waiting: Iterable[str]) -> set[str]:
        """Name the dry queues.

        now_s : of a monotonic clock [s]. waiting : queues of the tasks that wait, one
        for each.
        """
        counts = Counter(waiting)
        running = Counter(b.queue for b in self._blocks.values() if b.state == RUNNING)
        return {
            name
            for name, drought in self._of.items()
            if drought.observe(
                now_s, waiting=counts[name], running_blocks=running[name]
            )
        }
