"""What a driver is given beside its tasks and its workers."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from anticline.cluster.model import Cluster
from anticline.component.registry import Registry
from anticline.events.query import RunState
from anticline.recovery.policy import Limits

GRACE_S = 150.0
"""What tasks have to keep their work [s] once they are asked to stop."""


class Show(Protocol):
    """Where a run's progress goes."""

    def note(self, line: str) -> None:
        """Show a line."""

    def look(self, state: RunState) -> None:
        """Show how things stand; called about once a second."""


@dataclass(frozen=True)
class Setting:
    """What a driver is given.

    run : the run's folder, absolute. limits : how often is too often.
    """

    run: Path
    cluster: Cluster
    registry: Registry
    limits: Limits = field(default_factory=Limits)
    grace_s: float = GRACE_S
