"""One attempt at a task, on the node where it is called.

    wait for the task's cores, memory and GPUs           leases
    one rank     call the component's driver here        warm
    several      start them by srun or mpirun            ranks
    keep how it ended in the task's folder, last of all

Short tasks of one kind come several at a time: they run one after the other on what
was granted once. A task leaves `log.txt`, what it printed, in all attempts, and
`ended.json`.
"""

from __future__ import annotations

import os
import platform
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from anticline.component.stop import StopFlag
from anticline.errors import BadInput, ExitCode
from anticline.execution.node import leases, warm
from anticline.execution.node import ranks as steps
from anticline.execution.node.block import Block, here
from anticline.execution.node.claim import already, is_withdrawn, sole
from anticline.execution.node.gpus import SEEN
from anticline.execution.node.leases import Lease
from anticline.execution.node.measure import (
    Meter,
    kills_for_memory,
    largest_child_bytes,
    now_utc,
    peak_bytes,
)
from anticline.execution.node.order import Ended, Kind, Order, keep
from anticline.execution.node.outcome import Outcome, reason_of
from anticline.execution.node.pinning import claimed, most_threads, pinned
from anticline.execution.node.sharing import Need

__all__ = ["Ended", "Order", "attempt", "attempt_all"]

TOGETHER_S = 1.0
"""Longest time [s] that tasks run one after the other; the rest goes elsewhere."""

CODES = {
    Kind.DONE: ExitCode.DONE,
    Kind.BAD_INPUT: ExitCode.BAD_INPUT,
    Kind.INTERRUPTED: ExitCode.INTERRUPTED,
}


def attempt(order: Order) -> Ended:
    """Run a task; as `attempt_all`."""
    return attempt_all((order,))[0]


def attempt_all(orders: Sequence[Order]) -> list[Ended]:
    """Run tasks that ask for the same; says how each ended, and raises nothing.

    Processor time and memory are those of the task: of one rank, this process's
    while it ran (its memory includes what the process held already); of several,
    the sum over the ranks, each at its own peak, where they lived to tell it; else
    what the kernel tells of the ones that ran on this machine, and the memory of the
    largest.
    """
    block, first = here(), orders[0]
    with warm.listening() as stop:
        if block is None:
            return _each(orders, Place(None, None, None, stop))
        if block.lacks_time(first.walltime_s):
            block.close(f"{first.id} takes longer than is left")
            away = Outcome(Kind.NO_TIME, "too little walltime is left")
            return [_ended(order, away) for order in orders]

        def closed() -> bool:
            return bool(stop) or block.closed is not None

        lease = leases.take(block.folder, need_of(first, block), block.room, closed)
        if lease is None:
            return [_ended(order, _turned_away(block)) for order in orders]
        with lease, _cores(lease) as cpus:
            return _each(orders, Place(block, lease, cpus, stop))


@dataclass(frozen=True)
class Place:
    """Where tasks run, and what they hold there.

    cpus : that this process is bound to; None: none.
    """

    block: Block | None
    lease: Lease | None
    cpus: frozenset[int] | None
    stop: StopFlag

    @property
    def closed(self) -> bool:
        """Whether nothing begins here any more."""
        return bool(self.stop) or (
            self.block is not None and self.block.closed is not None
        )


@contextmanager
def _cores(lease: Lease) -> Iterator[frozenset[int] | None]:
    """Bind this process to its share of this machine, where that can be had."""
    with ExitStack() as held:
        cpus = None
        with suppress(OSError):
            cpus = held.enter_context(claimed(lease.grant.cores))
        held.enter_context(pinned(cpus, stay=True))
        yield cpus


def _each(orders: Sequence[Order], place: Place) -> list[Ended]:
    """Run tasks one after the other, for as long as the place is theirs."""
    ends: list[Ended] = []
    until = time.monotonic() + TOGETHER_S
    for order in orders:
        if place.block is not None and place.closed:
            ends.append(_ended(order, _turned_away(place.block)))
        elif ends and time.monotonic() > until:
            late = Outcome(Kind.NO_TIME, "those before it took too long")
            ends.append(replace(_ended(order, late), block=""))
        else:
            ends.append(_alone(order, place))
    return ends


def need_of(order: Order, block: Block) -> Need:
    """Say what a task needs of a node; a warm worker has its GPU for good."""
    if order.nodes > 1:
        return Need(block.room.cores, block.room.memory_gib, block.room.gpus)
    seen = os.environ.get(SEEN, "")
    own = int(seen) if order.gpus and order.ranks == 1 and seen.isdigit() else None
    return Need(
        cores=order.ranks * order.threads,
        memory_gib=order.memory_gib,
        gpus=order.ranks * order.gpus,
        gpu=own,
    )


def _turned_away(block: Block) -> Outcome:
    return Outcome(Kind.NO_TIME, block.closed or "the block was asked to stop")


def _alone(order: Order, place: Place) -> Ended:
    """Run the task when no other attempt at it runs, wherever it may."""
    facts = {
        "host": host(),
        "job": "" if place.block is None else place.block.job,
        "gpus": order.gpus,
        "memory_gib": order.memory_gib,
    }
    try:
        with sole(order, facts, lambda: place.closed) as claim:
            if claim is None:
                return _ended(
                    order, Outcome(Kind.NO_TIME, "another attempt still runs")
                )
            if (found := already(order)) is not None:
                return found
            if is_withdrawn(order):
                return _ended(order, Outcome(Kind.LOST, "it was ordered anew"))
            return _attempt(order, place, claim)
    except OSError as error:
        return _ended(order, Outcome(Kind.FAILED, reason_of(error)))


@cache
def host() -> str:
    """Name this node, as Slurm does where it is one of its own."""
    return os.environ.get("SLURMD_NODENAME") or platform.node()


def _attempt(order: Order, place: Place, claim: int) -> Ended:
    meter = Meter()
    try:
        with warm.output_to(order.log) as log:
            if order.attempt > 1:
                print(f"-- attempt {order.attempt}, {meter.began_utc}", flush=True)
            outcome = _outcome(order, place, log, claim)
    except (OSError, BadInput) as error:  # a full disk, no mpirun
        outcome = Outcome(Kind.FAILED, reason_of(error))
    return _keep(order, _ended(order, outcome, meter, place.block))


def _outcome(order: Order, place: Place, log: int, claim: int) -> Outcome:
    block, lease, stop = place.block, place.lease, place.stop
    cores = order.threads if block is None else block.room.cores
    if warm.is_warm(order) and order.threads <= most_threads(order.threads, cores):
        return warm.run_here(order, stop)
    grant = None if lease is None else lease.grant
    made = steps.line(order, grant, place.cpus, block)
    with tempfile.TemporaryDirectory(prefix="outcome-", dir=order.place) as folder:
        left = Path(folder) / "outcome.json"
        held = (claim,) if lease is None else (claim, lease.descriptor)
        killed = kills_for_memory()
        code = steps.run(made, left, log, stop, held)
        return steps.judge(
            code,
            left,
            order.log,
            stopped=bool(stop),
            memory_ran_out=kills_for_memory() > killed,
        )


def _ended(
    order: Order,
    outcome: Outcome,
    meter: Meter | None = None,
    block: Block | None = None,
) -> Ended:
    block = block or here()
    now = now_utc()
    peak = outcome.peak_bytes
    if meter is not None and not peak:
        peak = peak_bytes() if order.ranks == 1 else largest_child_bytes()
    spent = 0.0 if meter is None else outcome.cpu_seconds or meter.cpu_seconds
    started = outcome.kind not in (Kind.NO_TIME, Kind.LOST)
    return Ended(
        code=CODES.get(outcome.kind, ExitCode.FAILED) if started else None,
        kind=outcome.kind,
        reason=outcome.reason,
        began_utc=now if meter is None else meter.began_utc,
        ended_utc=now,
        seconds=0.0 if meter is None else meter.seconds,
        cpu_seconds=spent,
        peak_bytes=peak,
        host=host(),
        job="" if block is None else block.job,
        queue=order.queue,
        ranks=order.ranks,
        threads=order.threads,
        attempt=order.attempt,
        key=order.key,
        block="" if block is None else block.name,
    )


def _keep(order: Order, ended: Ended) -> Ended:
    """Write ended.json whole or not at all; an end that cannot be kept is a failure."""
    try:
        keep(ended, order.ended)
    except OSError as error:
        reason = f"{ended.reason} {order.ended} cannot be written: {error.strerror}"
        outcome = Outcome(Kind.FAILED, reason.strip())
        return _ended(order, outcome)
    return ended
