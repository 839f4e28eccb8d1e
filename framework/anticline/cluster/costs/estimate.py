"""What the tasks of a workflow hold of their queues, and what that costs.

A task costs the part of a node that it fills, for as long as it runs, at the node's
price on demand: nodes are shared, and a spot price is at most that. Of how long it
runs there are two figures: the walltime it may take (a bound), and what tasks of its
step took in an earlier run (core-hours are taken to stay as they were, on any queue).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Work:
    """The tasks of a step on a queue.

    tasks : their number. node_share : of a node that one fills, several above 1.
    cores : that one holds. walltime_h : that one takes at most [h].
    usd_per_hour, watts : of a node, 0 where not known.
    """

    step: str
    queue: str
    tasks: int
    node_share: float
    cores: int
    walltime_h: float
    usd_per_hour: float
    watts: float


@dataclass(frozen=True)
class Cost:
    """What a step's tasks take and cost; None: not known.

    most_usd : by walltimes. node_hours, usd, kwh : by an earlier run.
    """

    work: Work
    most_usd: float | None
    node_hours: float | None
    usd: float | None
    kwh: float | None


def cost(work: Work, core_hours: Mapping[str, float]) -> Cost:
    """Cost a step's tasks.

    core_hours : of one task of a step, in an earlier run; what lacks is not known.
    """
    price = work.usd_per_hour or None
    held_h = work.tasks * work.node_share * work.walltime_h
    most = None if price is None else held_h * price
    if work.step not in core_hours:
        return Cost(work, most, None, None, None)
    hours = core_hours[work.step] / work.cores
    node_hours = work.tasks * work.node_share * hours
    usd = None if price is None else node_hours * price
    kwh = node_hours * work.watts / 1000 if work.watts else None
    return Cost(work, most, node_hours, usd, kwh)


def total(values: Iterable[float | None]) -> tuple[float, int]:
    """Sum what is known; gives the sum, and how many are not."""
    given = list(values)
    return sum(one for one in given if one is not None), given.count(None)
