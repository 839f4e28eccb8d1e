"""An executor whose tasks weigh, and whose blocks may fail as often as they like."""

from __future__ import annotations

import math
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from parsl.executors import HighThroughputExecutor
from parsl.jobs.states import JobState, JobStatus

from anticline.execution.blocks.interchange import WEIGHT
from anticline.execution.blocks.slots import Slots

PENDING, RUNNING, ENDED = "pending", "running", "ended"
FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 300.0
HELD_S = 5.0  # a block that is told this again sooner, says it of the same closing
_PERFORM = "anticline.execution.blocks.worker.perform"
_ENDED = frozenset(
    {
        JobState.CANCELLED,
        JobState.COMPLETED,
        JobState.FAILED,
        JobState.TIMEOUT,
        JobState.MISSING,
        JobState.SCALED_IN,
    }
)
_WRONG = frozenset({JobState.FAILED, JobState.MISSING})


@dataclass(frozen=True)
class Block:
    """A job that holds workers.

    name : of its executor and number. job : Slurm's number of it, or a process.
    state : pending, running or ended. reason : of the end, where one is known.
    """

    queue: str
    name: str
    job: str
    state: str
    reason: str = ""


Tell = Callable[[Block], None]


class Blocks(HighThroughputExecutor):
    """Workers of a queue, in blocks that come and go.

    tell : called, from another thread, whenever a block comes to be in another state.
    options : of HighThroughputExecutor; its label names the blocks.
    """

    def __init__(self, slots: Slots, tell: Tell, **options: Any) -> None:
        super().__init__(
            block_error_handler=self._look,
            interchange_launch_cmd=[
                sys.executable, "-P", "-m", "anticline.execution.blocks.interchange",
                str(os.getpid()),
            ],
            **options,
        )  # fmt: skip
        self.slots = slots
        self._tell = tell
        self._weights: dict[int, int] = {}
        self._known: dict[str, Block] = {}
        self._failures, self._not_before = 0, 0.0
        self._held: dict[str, float] = {}
        self._growing = threading.Lock()
        self._most: int = options["provider"].max_blocks

    def send(self, message: bytes, weight: int) -> Future[Any]:
        """Queue a message for a worker; its future gives what the worker gives."""
        context = {"task_executor": {"f": _PERFORM}, WEIGHT: weight}
        future = self.submit_payload(context, message)
        number = future.parsl_executor_task_id
        self._weights[number] = weight
        future.add_done_callback(lambda done: self._weights.pop(number, None))
        return future

    def outstanding(self) -> int:
        """Count the workers that all tasks take the place of, of all their nodes."""
        return sum(list(self._weights.values())) * self.slots.nodes

    def scale_out_facade(self, n: int) -> list[str]:
        """Ask for more blocks, unless the last ones failed just now."""
        with self._growing:
            if time.monotonic() < self._not_before:
                return []
            made: list[str] = super().scale_out_facade(min(n, self._lacking()))
            return made

    def grow(self) -> None:
        """Ask for the first blocks now; Parsl would after its next look."""
        self.scale_out_facade(self._most)

    def _lacking(self) -> int:
        """Count the blocks that there is work for, and that were not asked for."""
        asked = sum(not one.terminal for one in list(self._status.values()))
        wanted = math.ceil(self.outstanding() / self._slots_of_a_block())
        return max(0, min(wanted, self._most) - asked)

    def _slots_of_a_block(self) -> int:
        return int(self.workers_per_node) * self.slots.nodes

    def scale_in(self, blocks: int, max_idletime: float | None = None) -> list[str]:
        """Give back blocks; none where none are too many.

        Parsl takes a block that has not begun for an idle one, and gives one back
        when it is told to give back none.
        """
        if blocks < 1:
            return []
        given: list[str] = super().scale_in(blocks, max_idletime)
        return given

    def stop_growing(self) -> None:
        """Ask for no block any more, whatever waits."""
        self._not_before = math.inf

    def status(self) -> dict[str, JobStatus]:
        """Ask after the blocks; where the interchange is gone, all tasks are lost."""
        process = self.interchange_proc
        if self.bad_state_is_set or process is None:
            return self._status
        if (code := process.poll()) is not None:
            gone = RuntimeError(f"the interchange of {self.label} ended with {code}")
            self.set_bad_state_and_fail_all(gone)
            return self._status
        found: dict[str, JobStatus] = super().status()
        return found

    def hold(self, block: str) -> None:
        """Send a block (by its name) nothing any more."""
        now, number = time.monotonic(), block.removeprefix(f"{self.label}-")
        if self.bad_state_is_set or number not in self.blocks_to_job_id:
            return
        if now - self._held.get(block, -HELD_S) < HELD_S:
            return
        self._held[block] = now
        self._hold_block(number)  # type: ignore[no-untyped-call]

    def blocks(self) -> list[Block]:
        """Tell of all blocks there ever were."""
        return list(self._known.values())

    def _look(self, executor: object, status: Mapping[str, JobStatus]) -> None:
        """Tell of what changed; wait longer before the next where blocks fail."""
        for number, found in list(status.items()):
            block = self._block(number, found)
            if self._known.get(number) == block:
                continue
            self._known[number] = block
            if block.state == RUNNING:
                self._failures = 0
            elif found.state in _WRONG:
                self._failures += 1
                pause = FIRST_PAUSE_S * 2.0 ** (self._failures - 1)
                self._not_before = time.monotonic() + min(pause, LONGEST_PAUSE_S)
            if block.state == ENDED:
                self.hold(block.name)
            self._tell(block)

    def _block(self, number: str, found: JobStatus) -> Block:
        before = self._known.get(number)
        if before is not None and before.state == ENDED:
            return before
        ended = found.state in _ENDED
        running = found.state == JobState.RUNNING
        state = ENDED if ended else RUNNING if running else PENDING
        reason = (found.message or str(found.state.name).lower()) if ended else ""
        job = str(self.blocks_to_job_id.get(number, ""))
        name = f"{self.label}-{number}"
        return Block(self.slots.queue, name, job, state, reason)
