"""What is done after an attempt at a task: a pure function, one table.

| how it ended            | then                                        | a retry? |
|-------------------------|---------------------------------------------|----------|
| done                    | nothing                                     | no       |
| interrupted, walltime   | again, from what was kept                   | no       |
| no_time                 | again, in a block with time left            | no       |
| lost                    | again, elsewhere where there is a choice    | no       |
| out_of_memory           | again, with more memory, else on more ranks | no       |
| failed, killed          | again, `Limits.retries` times               | yes      |
| bad_input, diverged     | given up: the same would come of it         |          |

What takes no retry is bounded too: a task that ends `Limits.idle` times in a row
without having kept more work than before is given up, so that a node that throws out
whatever it is given, or a task that kills its worker, ends in a list and not in a
loop; so is one that no block begins for `Limits.turned_away` times. Memory doubles up
to the node and ranks double up to the component's most, so that remedy ends of itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

AGAIN_FREE = ("interrupted", "walltime", "lost")
HOPELESS = ("bad_input", "diverged")
LONGEST_PAUSE_S = 60.0


class Action(Enum):
    """What comes after an attempt."""

    DONE = "done"
    POSTPONE = "postpone"
    RETRY = "retry"
    GIVE_UP = "give up"


@dataclass(frozen=True)
class Limits:
    """How often is too often.

    retries : after real failures. idle : ends in a row that kept no more work.
    turned_away : times in a row that it was not begun; many blocks may end together.
    """

    retries: int = 2
    idle: int = 5
    turned_away: int = 100


@dataclass(frozen=True)
class History:
    """What a task went through so far, and what its next attempt asks for.

    attempts : begun ones. failures : of those, real ones. idle : ends in a row without
    progress. turned_away : times in a row that it was not begun. ranks, memory_gib : of
    the next attempt, memory of all ranks [GiB]. avoid : queues where its worker was
    lost last.
    """

    ranks: int
    memory_gib: float
    attempts: int = 0
    failures: int = 0
    idle: int = 0
    turned_away: int = 0
    avoid: tuple[str, ...] = ()


@dataclass(frozen=True)
class Room:
    """How far a remedy may go: most memory [GiB] and most ranks of an attempt."""

    memory_gib: float
    ranks: int


@dataclass(frozen=True)
class Ending:
    """How an attempt ended.

    kind : as in the table. queue : where. gained : whether more work is kept than
    before it. reason : in words.
    """

    kind: str
    queue: str
    gained: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Verdict:
    """What comes next, in what state, why, and after how long a pause [s]."""

    action: Action
    history: History
    remedy: str = ""
    pause_s: float = 0.0


def judge(
    ending: Ending, history: History, room: Room, limits: Limits | None = None
) -> Verdict:
    """Decide what is done after an attempt ended."""
    limits = limits or Limits()
    if ending.kind == "no_time":
        return _turned_away(ending, history, limits)
    past = replace(history, attempts=history.attempts + 1, turned_away=0)
    if ending.kind == "done":
        return Verdict(Action.DONE, past)
    if ending.kind in HOPELESS:
        return Verdict(Action.GIVE_UP, past, ending.reason)
    if ending.kind in AGAIN_FREE:
        return _again_free(ending, past, limits)
    if ending.kind == "out_of_memory":
        return _more_memory(past, room)
    return _retry(ending, past, limits)


def _again_free(ending: Ending, past: History, limits: Limits) -> Verdict:
    idle = 0 if ending.gained else past.idle + 1
    avoid = (ending.queue,) if ending.kind == "lost" else ()
    past = replace(past, idle=idle, avoid=avoid)
    if idle >= limits.idle:
        text = f"ended {idle} times in a row with nothing gained, the last time: "
        return Verdict(Action.GIVE_UP, past, text + (ending.reason or ending.kind))
    remedy = "elsewhere, if there is a choice" if avoid else "goes on from what is kept"
    return Verdict(Action.POSTPONE, past, remedy, _pause_s(idle))


def _turned_away(ending: Ending, history: History, limits: Limits) -> Verdict:
    times = history.turned_away + 1
    past = replace(history, turned_away=times)
    if times >= limits.turned_away:
        text = f"was not begun {times} times in a row, the last time: "
        return Verdict(Action.GIVE_UP, past, text + ending.reason)
    return Verdict(Action.POSTPONE, past, "in another block", _pause_s(min(times, 4)))


def _pause_s(times: int) -> float:
    """Wait 0, 1, 3, 7, ... seconds [s], so that what went wrong may pass."""
    return min(2.0 ** max(0, times - 1) - 1.0, LONGEST_PAUSE_S)


def _more_memory(past: History, room: Room) -> Verdict:
    if past.memory_gib < room.memory_gib:
        memory = min(2.0 * past.memory_gib, room.memory_gib)
        text = f"with {memory:g} GiB in place of {past.memory_gib:g} GiB"
        return Verdict(Action.RETRY, replace(past, memory_gib=memory), text)
    ranks = min(2 * past.ranks, room.ranks)
    if ranks > past.ranks:
        text = f"on {ranks} ranks in place of {past.ranks}"
        return Verdict(Action.RETRY, replace(past, ranks=ranks), text)
    text = f"needs more than the {room.memory_gib:g} GiB that there are"
    return Verdict(Action.GIVE_UP, past, text)


def _retry(ending: Ending, past: History, limits: Limits) -> Verdict:
    past = replace(past, failures=past.failures + 1)
    if past.failures > limits.retries:
        text = f"failed {past.failures} times, the last time: "
        return Verdict(Action.GIVE_UP, past, text + (ending.reason or ending.kind))
    text = f"retry {past.failures} of {limits.retries}"
    return Verdict(Action.RETRY, past, text, _pause_s(past.failures))
