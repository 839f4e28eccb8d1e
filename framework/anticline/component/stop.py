"""Asking a run to stop early: SIGINT, SIGTERM, SIGUSR1.

A signal sets a flag that the driver reads between pieces of work. A second
SIGINT (an impatient Ctrl-C) stops at once. Batch systems repeat SIGTERM, so that
one only sets the flag again.
"""

from __future__ import annotations

import signal
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)


class StopFlag:
    """Whether this process was asked to stop; local to one rank."""

    def __init__(self) -> None:
        self.received: signal.Signals | None = None

    def __bool__(self) -> bool:
        """Whether a signal came."""
        return self.received is not None

    def install(self) -> None:
        """Take over the three signals (main thread only)."""
        for number in SIGNALS:
            signal.signal(number, self._receive)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        self.received = signal.Signals(number)
        if number == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.default_int_handler)
