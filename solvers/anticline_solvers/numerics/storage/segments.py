"""A sweep in segments: snapshots of one segment at a time, states between them.

The schedule comes from the library checkpoint-schedules (doi:10.21105/joss.06148);
`plan` says how long a segment is and how many states are held. One segment is the
plain case, in which nothing is run again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic

from checkpoint_schedules import (
    Copy,
    EndReverse,
    Forward,
    Move,
    MultistageCheckpointSchedule,
    Reverse,
)

from anticline_solvers.numerics.storage.plan import StoragePlan
from anticline_solvers.numerics.storage.protocol import (
    BACKWARD,
    FORWARD,
    ForwardRun,
    KeepSnapshot,
    Saved,
    State,
    Store,
)


class Segments(Generic[State]):
    """A `Sweep` over the segments of a plan.

    plan : what to hold.
    run : the forward run; parts of it are repeated as the plan asks.
    store : where the snapshots of one segment go.
    """

    def __init__(self, plan: StoragePlan, run: ForwardRun[State], store: Store) -> None:
        self.plan, self.remaining, self.half = plan, plan.n_imaging, FORWARD
        self._run, self._store = run, store
        self._state = run.start()
        self._saved: dict[int, Saved] = {}

    def run(self, use: KeepSnapshot) -> None:
        """Call use(k, snapshot) for k = n_imaging - 1 ... 0."""
        for action in _schedule(self.plan):
            if isinstance(action, Forward):
                self._advance(action)
            elif isinstance(action, Copy):
                self._run.load(self._state, self._saved[action.n])
            elif isinstance(action, Move):
                self._run.load(self._state, self._saved.pop(action.n))
            elif isinstance(action, Reverse):
                self._hand_out(use)

    def _advance(self, action: Forward) -> None:
        if action.write_ics:
            self._saved[action.n0] = self._run.save(self._state)
        first = action.n0 * self.plan.segment
        last = min(action.n1 * self.plan.segment, self.plan.n_imaging)
        keep = self._store.put if action.write_adj_deps else None
        self._run.advance(self._state, first, last, keep)

    def _hand_out(self, use: KeepSnapshot) -> None:
        self.half = BACKWARD
        for k in reversed(self._store.held()):
            use(k, self._store.take(k))
            self._store.drop(k)
            self.remaining = k

    def held(self) -> list[int]:
        """Give the imaging steps whose snapshots are there, rising."""
        return self._store.held()

    @property
    def held_bytes(self) -> int:
        """Bytes of memory that snapshots and saved states take now."""
        states = (a.nbytes for saved in self._saved.values() for a in saved.values())
        return self._store.held_bytes + sum(states)

    def close(self) -> None:
        """Give memory and files back."""
        self._saved.clear()
        self._store.close()


def _schedule(plan: StoragePlan) -> Iterator[Any]:
    """Actions over segments, until the reverse pass is through."""
    schedule = MultistageCheckpointSchedule(plan.n_segments, plan.checkpoints, 0)
    for action in schedule:
        if isinstance(action, EndReverse):
            return
        yield action
