"""Who of those that share a node goes next, and on which cores; pure functions.

First come, first served: whoever came first starts first, so that a task of many
cores is not overtaken for ever by tasks of one. Nobody waits that fits and comes
first, and nothing is given twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_ROUNDING_GIB = 1e-6


@dataclass(frozen=True)
class Room:
    """What a node has to share: cores, memory [GiB] and GPUs, counted from 0."""

    cores: int
    memory_gib: float
    gpus: int = 0


@dataclass(frozen=True)
class Need:
    """What a task wants of a node.

    memory_gib : None, its cores' share of the room's. gpu : where one is wanted, that
    very one, of a process that cannot change to another.
    """

    cores: int
    memory_gib: float | None = None
    gpus: int = 0
    gpu: int | None = None

    def within(self, room: Room) -> Need:
        """Cut it to what a node has at all: alone on it, every task may start."""
        cores = min(max(self.cores, 1), room.cores)
        share = room.memory_gib * cores / room.cores
        memory = share if self.memory_gib is None else self.memory_gib
        gpus = min(self.gpus, room.gpus)
        known = gpus == 1 and self.gpu is not None and self.gpu < room.gpus
        gpu = self.gpu if known else None
        return Need(cores, min(memory, room.memory_gib), gpus, gpu)


@dataclass(frozen=True)
class Grant:
    """What a task was given: numbers of cores and GPUs, and memory [GiB]."""

    cores: tuple[int, ...]
    memory_gib: float
    gpus: tuple[int, ...] = ()


@dataclass(frozen=True)
class Ticket:
    """A task that waits, or runs on what it was granted.

    number : the order of coming.
    """

    number: int
    need: Need
    grant: Grant | None = None


def admit(tickets: Iterable[Ticket], number: int, room: Room) -> Grant | None:
    """Give the task of a ticket its cores; None: not yet.

    tickets : of all that are alive, this one included.
    """
    alive = sorted(tickets, key=lambda ticket: ticket.number)
    waiting = [ticket for ticket in alive if ticket.grant is None]
    if not waiting or waiting[0].number != number:
        return None
    grants = [ticket.grant for ticket in alive if ticket.grant is not None]
    return _fit(waiting[0].need.within(room), grants, room)


def _fit(need: Need, grants: Sequence[Grant], room: Room) -> Grant | None:
    cores = _free(room.cores, (core for grant in grants for core in grant.cores))
    gpus = _free(room.gpus, (gpu for grant in grants for gpu in grant.gpus))
    if need.gpu is not None:
        gpus = [gpu for gpu in gpus if gpu == need.gpu]
    wanted = need.memory_gib or 0.0
    memory = room.memory_gib - sum(grant.memory_gib for grant in grants)
    if len(cores) < need.cores or len(gpus) < need.gpus:
        return None
    if memory + _ROUNDING_GIB < wanted:
        return None
    return Grant(tuple(cores[: need.cores]), wanted, tuple(gpus[: need.gpus]))


def _free(count: int, taken: Iterable[int]) -> list[int]:
    return sorted(set(range(count)) - set(taken))
