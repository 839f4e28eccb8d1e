"""Parsl's interchange, which hands tasks to blocks, counting what a task weighs.

Parsl counts tasks: a block of 96 workers is sent 96 tasks of 8 cores, of which 12 can
run, while another block waits. Here a task weighs the workers that it keeps from
running (`weight` in its message), and a block is sent what it can run. Tasks are sent
in the order of their coming; one that fits in no block yet waits, and those after it.

A block that closes or whose job has ended is put on hold by the driver, and gets no
more. What it was sent in between comes back once it has been silent for a while: sooner
than from a block of which nothing is known but its silence.

The process ends with the driver that started it: its blocks then end too.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
from typing import Any

from parsl.executors.high_throughput.interchange import Interchange
from parsl.utils import setproctitle

WEIGHT = "weight"
_LOOK_S = 1.0
_ON_HOLD = 0.25
"""Of the silence that ends any block, the share that ends one on hold."""


class WeighingInterchange(Interchange):
    """Sends blocks what they can run."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._weights: dict[int, int] = {}

    def process_tasks_to_send(
        self, interesting_managers: set[bytes], monitoring_radio: Any
    ) -> None:
        """Send tasks to the managers that have room, in the order of their coming."""
        while self.pending_task_queue and interesting_managers:
            task = self.pending_task_queue[-1][-1]
            weight = int(task["context"].get(WEIGHT, 1))
            chosen = self._with_room(interesting_managers, weight)
            if chosen is None:
                return
            self.pending_task_queue.pop()
            manager = self._ready_managers[chosen]
            self._weights[task["task_id"]] = weight
            self.manager_sock.send_multipart([chosen, pickle.dumps([task])])
            self.count += 1
            manager["tasks"].append(task["task_id"])
            manager["idle_since"] = None

    def expire_bad_managers(
        self, interesting_managers: set[bytes], monitoring_radio: Any
    ) -> None:
        """Give up silent managers, with their tasks; those on hold, sooner."""
        patience_s = _ON_HOLD * self.heartbeat_threshold
        now = time.time()
        for manager in self._ready_managers.values():
            if not manager["active"] and now - manager["last_heartbeat"] > patience_s:
                manager["last_heartbeat"] = 0.0
        super().expire_bad_managers(interesting_managers, monitoring_radio)

    def _with_room(self, interesting: set[bytes], weight: int) -> bytes | None:
        """Choose the fullest manager with room; forget those that have none at all.

        A task heavier than a node fits on an empty one.
        """
        fits: dict[bytes, int] = {}
        for name in list(interesting):
            manager = self._ready_managers[name]
            workers = manager["worker_count"]
            left = workers - sum(self._weights.get(t, 1) for t in manager["tasks"])
            if left <= 0 or not manager["active"] or manager["draining"]:
                interesting.discard(name)
            elif left >= min(weight, workers):
                fits[name] = left
        return min(fits, key=lambda name: (fits[name], name), default=None)


def _end_with(driver: int) -> None:
    while os.getppid() == driver:
        time.sleep(_LOOK_S)
    os._exit(0)


def main() -> None:
    """Serve the driver whose settings come through standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the driver's
    setproctitle("anticline: interchange")
    driver = int(sys.argv[1])  # may be gone already, and no parent any more
    threading.Thread(target=_end_with, args=(driver,), daemon=True).start()
    WeighingInterchange(**pickle.load(sys.stdin.buffer)).start()


if __name__ == "__main__":
    main()
