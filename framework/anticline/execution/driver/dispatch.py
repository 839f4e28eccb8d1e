"""Which task goes to which queue next.

Tasks that ask for the same wait together, the furthest along the workflow first, so
that an image is made before further shots and its gathers are soon of no more use.

Of tasks that take milliseconds several are sent together, for a worker to run one
after the other: each message costs as much as such a task. A task that was tried
before goes alone: if it kills its worker, it takes no other with it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush

from anticline.cluster.model import Cluster
from anticline.component.declare import Component
from anticline.execution.driver.queues import (
    Load,
    Loads,
    Needs,
    allowed,
    larger,
    needs,
    room,
)
from anticline.recovery.policy import History, Room
from anticline.workflow.graph import Request
from anticline.workflow.tasks.task import Task

MEMORY = 10
"""Ended tasks that the pace of a kind is taken from, the last ones more."""
TOGETHER_S, MOST_TOGETHER = 0.05, 12
"""Longest time [s] of tasks that are sent together, and their number."""
OWN_S = 1e-3
"""What a task takes beside its own time [s]."""


@dataclass
class Trial:
    """A task on its way, from its inputs' being there to its end.

    level : tasks on the longest way to it. history : its ranks and memory are 0 where
    no remedy changed them. needs, queue : of the attempt under way. kept : what of its
    work lay in its folder when that began.
    """

    task: Task
    key: str
    scattered: bool
    level: int
    attempt: int = 0
    history: History = field(default_factory=lambda: History(0, 0.0))
    needs: Needs | None = None
    queue: str = ""
    kept: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Kind:
    """What tasks have in common that may stand in for each other in a queue."""

    component: str
    request: Request
    scattered: bool
    ranks: int
    memory_gib: float


@dataclass
class Pace:
    """How long tasks of a kind take, in the mean [s]; None: none has ended."""

    mean_s: float | None = None
    ended: int = 0

    def add(self, seconds: float) -> None:
        """Count one more; what was long ago counts less."""
        self.ended = min(self.ended + 1, MEMORY)
        before = seconds if self.mean_s is None else self.mean_s
        self.mean_s = before + (seconds - before) / self.ended

    @property
    def together(self) -> int:
        """How many may be sent together: a worker does them in `TOGETHER_S`."""
        if self.mean_s is None:
            return 1
        return max(1, min(MOST_TOGETHER, int(TOGETHER_S / (self.mean_s + OWN_S))))


class Dispatcher:
    """Tasks that wait, by kind; and the queues that they may go to."""

    def __init__(self, cluster: Cluster, components: Mapping[str, Component]) -> None:
        self._cluster, self._components = cluster, components
        self.loads = Loads({n: Load(q.nodes) for n, q in cluster.queues.items()})
        self._waiting: dict[Kind, list[tuple[int, int, Trial]]] = {}
        self._places: dict[Kind, dict[str, Needs]] = {}
        self._paces: dict[Kind, Pace] = {}
        self._number = itertools.count()

    def add(self, trial: Trial) -> bool:
        """Let a task wait; False: no queue can ever hold it."""
        kind = self._kind(trial)
        if not self.places(trial):
            return False
        heap = self._waiting.setdefault(kind, [])
        heappush(heap, (-trial.level, next(self._number), trial))
        return True

    def places(self, trial: Trial) -> Mapping[str, Needs]:
        """Give the queues that a task may go to, and what it asks for there."""
        kind = self._kind(trial)
        if kind not in self._places:
            self._places[kind] = self._find_places(kind)
        return self._places[kind]

    def next(self) -> list[Trial]:
        """Give the next tasks that a queue has room for, with their queue and needs.

        They are of one kind, and sent together; none: there is no room.
        """
        for kind in sorted(self._waiting, key=lambda kind: self._waiting[kind][0][:2]):
            places = self._places[kind]
            queues = self._cluster.queues
            shares = {name: asked.share(queues[name]) for name, asked in places.items()}
            pace = self._paces.get(kind, Pace())
            avoid = self._waiting[kind][0][2].history.avoid
            queue = self.loads.choose(shares, pace.mean_s, avoid, pace.together)
            if queue is not None:
                return self._take(kind, queue, shares[queue], pace)
        return []

    def _take(self, kind: Kind, queue: str, share: float, pace: Pace) -> list[Trial]:
        """Take the first tasks of a kind for a queue that has room for one."""
        heap, load = self._waiting[kind], self.loads.of[queue]
        fair = math.ceil(len(heap) / (2 * load.slots(share)))  # workers end together
        most = min(pace.together, fair, load.room(share, pace.mean_s))
        found: list[Trial] = []
        while heap and len(found) < most:
            tried = heap[0][2].attempt > 0
            if tried and found:
                break
            trial = heappop(heap)[2]
            trial.queue, trial.needs = queue, self._places[kind][queue]
            load.take(share)
            found.append(trial)
            if tried:
                break
        if not heap:
            del self._waiting[kind]
        return found

    def give_back(self, trial: Trial, seconds: float | None) -> None:
        """Note that a queue is rid of a task; None: it did not run."""
        if trial.needs is not None:
            share = trial.needs.share(self._cluster.queues[trial.queue])
            self.loads.of[trial.queue].give_back(share)
        if seconds is not None:
            self._paces.setdefault(self._kind(trial), Pace()).add(seconds)

    def elsewhere(self, trial: Trial) -> bool:
        """Whether a task may go to a queue that is not closed."""
        return not self.loads.closed.issuperset(self.places(trial))

    def room(self, trial: Trial) -> Room:
        """Say how far a task's memory and ranks may grow on any of its queues."""
        component = self._components[trial.task.component]
        rooms = [
            room(component, self._cluster.queues[name], asked)
            for name, asked in self.places(trial).items()
        ]
        memory = max((one.memory_gib for one in rooms), default=0.0)
        return Room(memory, max((one.ranks for one in rooms), default=0))

    def _kind(self, trial: Trial) -> Kind:
        past = trial.history
        task = trial.task
        return Kind(
            task.component, task.request, trial.scattered, past.ranks, past.memory_gib
        )

    def _find_places(self, kind: Kind) -> dict[str, Needs]:
        component = self._components[kind.component]
        found = {}
        for name in allowed(
            kind.request, component, self._cluster, scattered=kind.scattered
        ):
            queue = self._cluster.queues[name]
            asked = needs(kind.request, component, queue, scattered=kind.scattered)
            asked = larger(asked, kind.ranks, kind.memory_gib)
            if 0 < asked.nodes(queue) <= queue.nodes:
                found[name] = asked
        return found
