"""One attempt at a task, on the node where it is called.

    wait for the task's cores, memory and GPUs           leases
    one rank     call the component's driver here        warm
    several      start them by srun or mpirun            steps
    keep how it ended in the task's folder, last of all

A task leaves `log.txt`, what it printed, in all attempts, and `ended.json`.
"""

from __future__ import annotations

import os
import platform
import tempfile
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

__all__ = ["Ended", "Order", "attempt"]

CODES = {
    Kind.DONE: ExitCode.DONE,
    Kind.BAD_INPUT: ExitCode.BAD_INPUT,
    Kind.INTERRUPTED: ExitCode.INTERRUPTED,
}


def attempt(order: Order) -> Ended:
    """Run a task; says how it ended, and raises nothing.

    Processor time and memory are those of the task: of one rank, this process's
    while it ran (its memory includes what the process held already); of several,
    the sum over the ranks, each at its own peak, where they lived to tell it; else
    what the kernel tells of the ones that ran on this machine, and the memory of the
    largest.
    """
    block = here()
    with warm.listening() as stop:
        if block is None:
            return _alone(order, None, None, stop)
        if block.lacks_time(order.walltime_s):
            block.close(f"{order.id} takes longer than is left")
            return _ended(order, Outcome(Kind.NO_TIME, "too little walltime is left"))

        def closed() -> bool:
            return bool(stop) or block.closed is not None

        lease = leases.take(block.folder, need_of(order, block), block.room, closed)
        if lease is None:
            return _ended(order, _turned_away(block))
        with lease:  # the block may have been closed this moment: then nobody was told
            if closed():
                return _ended(order, _turned_away(block))
            return _alone(order, block, lease, stop)


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


def _alone(
    order: Order, block: Block | None, lease: Lease | None, stop: StopFlag
) -> Ended:
    """Run the task when no other attempt at it runs, wherever it may."""

    def closed() -> bool:
        return bool(stop) or (block is not None and block.closed is not None)

    facts = {"host": host(), "job": "" if block is None else block.job}
    try:
        with sole(order, facts, closed) as claim:
            if claim is None:
                return _ended(
                    order, Outcome(Kind.NO_TIME, "another attempt still runs")
                )
            if (found := already(order)) is not None:
                return found
            if is_withdrawn(order):
                return _ended(order, Outcome(Kind.LOST, "it was ordered anew"))
            return _attempt(order, block, lease, stop, claim)
    except OSError as error:
        return _ended(order, Outcome(Kind.FAILED, reason_of(error)))


def host() -> str:
    """Name this node, as Slurm does where it is one of its own."""
    return os.environ.get("SLURMD_NODENAME") or platform.node()


def _attempt(
    order: Order,
    block: Block | None,
    lease: Lease | None,
    stop: StopFlag,
    claim: int,
) -> Ended:
    meter = Meter()
    cores = () if lease is None else lease.grant.cores
    try:
        with (
            claimed(cores) as cpus,
            pinned(cpus, stay=block is not None),
            warm.output_to(order.log) as log,
        ):
            if order.attempt > 1:
                print(f"-- attempt {order.attempt}, {meter.began_utc}", flush=True)
            outcome = _outcome(order, block, lease, cpus, log, stop, claim)
    except (OSError, BadInput) as error:  # a full disk, no mpirun
        outcome = Outcome(Kind.FAILED, reason_of(error))
    return _keep(order, _ended(order, outcome, meter, block))


def _outcome(
    order: Order,
    block: Block | None,
    lease: Lease | None,
    cpus: frozenset[int] | None,
    log: int,
    stop: StopFlag,
    claim: int,
) -> Outcome:
    cores = order.threads if block is None else block.room.cores
    if warm.is_warm(order) and order.threads <= most_threads(order.threads, cores):
        return warm.run_here(order, stop)
    grant = None if lease is None else lease.grant
    made = steps.line(order, grant, cpus, block)
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
