"""The tasks with nothing around them: each worker is given its share at once."""

from __future__ import annotations

from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from time import monotonic
from typing import Any

from tasks import Clock, Wanted, tell


def work(wanted: Wanted, first: int, ends: SimpleQueue[float]) -> None:
    """Do every task of a worker's share."""
    for number in range(first, wanted.count, wanted.workers):
        function, arguments = wanted.call(number)
        function(*arguments)
        ends.put(monotonic())


def main() -> None:
    """Run all."""
    wanted, clock = Wanted.of_command_line(), Clock()
    spawned: Any = get_context("spawn")
    ends: SimpleQueue[float] = spawned.SimpleQueue()
    shares = range(wanted.workers)
    workers = [spawned.Process(target=work, args=(wanted, n, ends)) for n in shares]
    for worker in workers:
        worker.start()
    clock.ends = [ends.get() for _ in range(wanted.count)]
    for worker in workers:
        worker.join()
    tell(clock.record(version=""))


if __name__ == "__main__":
    main()
