"""What the driver waits for: ended attempts, signals, and moments.

Messages are put in from any thread and from signal handlers; the driver sleeps until
there is one, and then takes all that have come. Nothing is asked in turns.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from enum import Enum
from heapq import heappop, heappush
from queue import Empty, SimpleQueue

from anticline.execution.driver.dispatch import Trial
from anticline.execution.driver.workers import Block
from anticline.execution.node.order import Ended, Order


class Moment(Enum):
    """Messages without content."""

    TICK = "a look at the clock"
    TIME_IS_UP = "what still runs is left alone"


@dataclass(frozen=True)
class Landed:
    """Attempts that were sent together ended."""

    orders: Sequence[Order]
    future: Future[list[Ended]]


@dataclass(frozen=True)
class Changed:
    """A block came, runs, or is gone."""

    block: Block


@dataclass(frozen=True)
class Again:
    """The pause before another attempt is over."""

    trial: Trial


@dataclass(frozen=True)
class Stop:
    """Somebody wishes the run to stop; why."""

    reason: str


Message = Moment | Landed | Changed | Again | Stop


class Inbox:
    """Messages, and moments at which something is to be done.

    clock : gives seconds; it only ever goes forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._messages: SimpleQueue[Message] = (
            SimpleQueue()
        )  # may be filled by a handler
        self._moments: list[tuple[float, int, Message]] = []
        self._number = itertools.count()
        self._clock = clock

    def put(self, message: Message) -> None:
        """Add a message; the driver wakes."""
        self._messages.put(message)

    def put_later(self, message: Message, delay_s: float) -> None:
        """Add a message after a delay [s]; of the driver's own thread only."""
        moment = self._clock() + delay_s
        heappush(self._moments, (moment, next(self._number), message))

    def wait(self) -> list[Message]:
        """Sleep until there is a message; give all there are, at least one."""
        found: list[Message] = []
        while not found:
            found = self._due()
            try:
                if not found:
                    found.append(self._messages.get(timeout=self._until_next()))
                while True:
                    found.append(self._messages.get_nowait())
            except Empty:
                pass
        return found

    def _until_next(self) -> float | None:
        """Time to the next moment [s]; None: there is none."""
        if not self._moments:
            return None
        return max(0.0, self._moments[0][0] - self._clock())

    def _due(self) -> list[Message]:
        due = []
        while self._moments and self._moments[0][0] <= self._clock():
            due.append(heappop(self._moments)[2])
        return due
