"""A reservoir that simulators run in turn: its deck, and who they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ReservoirCase:
    """One comparison.

    name : of its file and in the records. summary : a few words.
    deck : gives the deck, written into a folder where need be; True for a small one.
    """

    name: str
    summary: str
    deck: Callable[[Path, bool], Path]


@dataclass(frozen=True)
class Simulator:
    """A program on some ranks. program : anticline or flow."""

    program: str
    ranks: int

    @property
    def name(self) -> str:
        """As printed."""
        return f"{self.program}, ranks: {self.ranks}"


PEER = Simulator("flow", 1)
SIMULATORS = (
    Simulator("anticline", 1),
    PEER,
    Simulator("anticline", 2),
    Simulator("flow", 2),
)
