"""When a queue without capacity hands its tasks to another: pure.

A queue is *dry* when tasks have waited in it for its patience and none of its blocks
has run in that time. Its tasks then go where they may go besides; what can go nowhere
else goes on waiting. The first block that runs ends the drought.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Drought:
    """How long one queue has had tasks and no block [s of a monotonic clock].

    since : when its tasks began to wait without a block; None: they do not.
    """

    patience_s: float
    since: float | None = None

    def observe(self, now_s: float, *, waiting: int, running_blocks: int) -> bool:
        """Take note of how things are; returns whether the queue is dry."""
        if waiting == 0 or running_blocks > 0:
            self.since = None
        elif self.since is None:
            self.since = now_s
        return self.since is not None and now_s - self.since >= self.patience_s
