"""Tasks as futures: orders go to the workers of a queue, their ends come back.

    with Executors(cluster, run) as workers:
        (ended,) = workers.submit([order], "x86").result()

A future always gives an `Ended`: whose worker or node is gone is `lost`, unless it
had kept how it ended before.
"""

from __future__ import annotations

import json
import logging
import os
import re
import signal
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from anticline.cluster.model import Cluster
from anticline.errors import BadInput, Finding
from anticline.execution.blocks.configuration import FOLDER, config, executor
from anticline.execution.blocks.slots import Slots, slots_of, weight_of
from anticline.execution.blocks.station import Station
from anticline.execution.blocks.timing import CLUSTER, Timing
from anticline.execution.blocks.worker import packed
from anticline.execution.node.measure import now_utc
from anticline.execution.node.order import Ended, Kind, Order, from_json

if TYPE_CHECKING:
    from parsl import DataFlowKernel

    from anticline.execution.blocks.executor import Block, Blocks, Tell

_PLAIN = re.compile(r"[\w./@+=:,~-]+")
_AWAY = (Kind.NO_TIME, Kind.INTERRUPTED)


class Executors:
    """The workers of a run, in all queues of a cluster; made as they are needed.

    tell : called from another thread with each block that comes to be in another
    state.

    Raises
    ------
    BadInput
        Parsl's shell lines cannot hold the path of the run's folder.
    """

    def __init__(
        self,
        cluster: Cluster,
        run: Path,
        timing: Timing = CLUSTER,
        tell: Tell = lambda block: None,
    ) -> None:
        from parsl import DataFlowKernel

        _insist_on_plain(run)
        self._cluster, self._timing, self._tell = cluster, timing, tell
        _log_to(run / FOLDER / "parsl.log")
        self._kernel: DataFlowKernel = DataFlowKernel(config(cluster, run, (), timing))
        self._stations: dict[Slots, Station] = {}
        self._open = True

    def __enter__(self) -> Executors:
        """Give itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all workers."""
        self.close()

    def submit(self, orders: Sequence[Order], queue: str) -> Future[list[Ended]]:
        """Send tasks that ask for the same to one worker of a queue."""
        station = self._station(slots_of(orders[0], queue))
        weight = weight_of(orders[0], self._cluster.queues[queue])
        given: Future[list[Ended]] = Future()
        given.set_running_or_notify_cancel()

        def pass_on(done: Future[Any]) -> None:
            ends = _ends(done, orders)
            for ended in ends:
                if ended.kind in _AWAY and ended.block:
                    station.hold(ended.block)
            given.set_result(ends)

        station.send(packed(orders), weight).add_done_callback(pass_on)
        return given

    def blocks(self) -> list[Block]:
        """Tell of all jobs that hold or held workers."""
        return [block for made in self._executors() for block in made.blocks()]

    def stop(self) -> None:
        """Ask what runs to keep its work and end; nothing that waits is begun."""
        for station in self._stations.values():
            station.stop_growing()
        for made in self._executors():
            for number in list(made.blocks_to_job_id):
                made.hold(f"{made.label}-{number}")
            _signal(made, self._cluster)

    def close(self) -> None:
        """End all workers and their jobs; what runs is asked to stop, and killed."""
        if self._open:
            self._open = False
            for station in self._stations.values():
                station.stop_growing()
                station.settle()
            self._kernel.cleanup()

    def _station(self, slots: Slots) -> Station:
        if slots not in self._stations:
            self._stations[slots] = Station(lambda before: self._make(slots, before))
        return self._stations[slots]

    def _make(self, slots: Slots, before: int) -> Blocks:
        made = executor(self._cluster, slots, self._timing, self._tell, before)
        self._kernel.add_executors([made])
        return made

    def _executors(self) -> list[Blocks]:
        return [made for one in self._stations.values() for made in one.made]


def _ends(done: Future[Any], orders: Sequence[Order]) -> list[Ended]:
    error = done.exception()
    if error is None:
        ends: list[Ended] = done.result()
        return ends
    return [_kept(order) or _lost(order, error) for order in orders]


def _kept(order: Order) -> Ended | None:
    """Read how this attempt ended, where it could be kept but not be told."""
    try:
        ended = from_json(Ended, json.loads(order.ended.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    same = (ended.attempt, ended.key) == (order.attempt, order.key)
    return ended if same else None


def _lost(order: Order, error: BaseException) -> Ended:
    now = now_utc()
    return Ended(
        code=None,
        kind=Kind.LOST,
        reason=str(error) or type(error).__name__,
        began_utc=now,
        ended_utc=now,
        seconds=0.0,
        cpu_seconds=0.0,
        peak_bytes=0,
        host=str(getattr(error, "hostname", "")),
        job="",
        queue=order.queue,
        ranks=order.ranks,
        threads=order.threads,
        attempt=order.attempt,
        key=order.key,
    )


def _insist_on_plain(run: Path) -> None:
    if not _PLAIN.fullmatch(str(run)):
        text = "has a character that Parsl's and Slurm's scripts cannot hold; "
        text += "name a folder of letters, digits and . _ - /"
        raise BadInput(Finding(str(run), None, text))


def _signal(blocks: Blocks, cluster: Cluster) -> None:
    """Send the signal of the end to every job of an executor."""
    jobs = list(blocks.blocks_to_job_id.values())
    if cluster.launcher == "srun":
        provider: Any = blocks.provider
        where = f" --clusters={provider.clusters}" if provider.clusters else ""
        provider.execute_wait(f"scancel{where} --batch --signal=USR1 {' '.join(jobs)}")
        return
    for job in jobs:
        try:
            os.killpg(os.getpgid(int(job)), signal.SIGTERM)
        except ProcessLookupError:
            continue


def _log_to(path: Path) -> None:
    """Keep what Parsl says of trouble in a file, and off the terminal."""
    path.parent.mkdir(parents=True, exist_ok=True)
    logger = logging.getLogger("parsl")
    for before in list(logger.handlers):
        logger.removeHandler(before)
        before.close()
    handler = logging.FileHandler(path, delay=True)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
