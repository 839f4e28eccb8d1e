"""What the driver writes down: events, for the log and for what is known of a run."""

from __future__ import annotations

from typing import Any

from anticline.events.log import Log
from anticline.events.query import RunState
from anticline.events.record import Event


class Notes:
    """Events of a run; those told together are written together.

    state : the run as its events tell it, what is not written yet included.
    """

    def __init__(self, log: Log, state: RunState) -> None:
        self._log, self.state = log, state
        self._unwritten: list[Event] = []

    def tell(self, event: str, task: str | None = None, /, **facts: Any) -> None:
        """Note an event of this moment; a fact that is None is not known."""
        known = {name: fact for name, fact in facts.items() if fact is not None}
        made = Event.now(event, task, **known)
        self.state.add(made)
        self._unwritten.append(made)

    def write(self) -> None:
        """Write what was told since the last time.

        Raises
        ------
        Failed
            The log cannot be written.
        """
        if self._unwritten:
            events, self._unwritten = self._unwritten, []
            self._log.append(*events)
