"""A sweep whose segments end where memory does: for snapshots of unknown size.

Snapshots are kept until they take more than their limit. Then a new segment begins:
the state is saved, what is kept is dropped, and filled anew. At the end the last
segment is there and is handed out; the one before is run again from its state, and so
on. What is kept of a segment has been kept before, so it fits again:

    nothing exceeds the limit        the run advances once
    N segments                       each but the last advances twice

Where all places for states are taken, the one whose loss joins the shortest segments
is given up; the joined segment is cut again when its turn comes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic

from anticline_solvers.numerics.storage.protocol import (
    BACKWARD,
    FORWARD,
    ForwardRun,
    KeepSnapshot,
    Saved,
    State,
    Store,
)


class Elastic(Generic[State]):
    """A `Sweep` that keeps as many snapshots as fit.

    n_imaging : imaging steps of the run.
    budget_bytes : bytes for snapshots and states together, working memory apart.
    most_states : states saved at a time; 0 where none fits: the sweep then has one
        segment, and the store finds room for all of its snapshots.
    any_rank : tells whether a thing is true on any rank; all ranks ask together.
    """

    def __init__(
        self,
        n_imaging: int,
        run: ForwardRun[State],
        store: Store,
        budget_bytes: int,
        most_states: int,
        any_rank: Callable[[bool], bool],
    ) -> None:
        self.remaining, self.half = n_imaging, FORWARD
        self._run, self._store = run, store
        self._budget, self._most = budget_bytes, most_states
        self._any_rank = any_rank
        self._marks: dict[int, Saved] = {}
        self._state = run.start()
        self.steps_advanced = 0

    def run(self, use: KeepSnapshot) -> None:
        """Call use(k, snapshot) for k = n_imaging - 1 ... 0."""
        self._fill(0)
        while self.remaining:
            self._hand_out(use)
            if self.remaining:
                self._fill(self._go_back())

    def _fill(self, first: int) -> None:
        """Advance to what remains; the snapshots of the last segment stay."""
        for k in range(first, self.remaining):
            self._run.advance(self._state, k, k + 1, self._store.put)
            self.steps_advanced += 1
            last = k + 1 == self.remaining
            full = self.held_bytes > self._budget
            if self._most and not last and self._any_rank(full):
                self._begin(k + 1)

    def _begin(self, k: int) -> None:
        """Begin a segment before imaging step k."""
        for dropped in reversed(self._store.held()):
            self._store.drop(dropped)
        if len(self._marks) == self._most:
            del self._marks[shortest(sorted(self._marks), k)]
        self._marks[k] = self._run.save(self._state)

    def _hand_out(self, use: KeepSnapshot) -> None:
        self.half = BACKWARD
        for k in reversed(self._store.held()):
            use(k, self._store.take(k))
            self._store.drop(k)
            self.remaining = k

    def _go_back(self) -> int:
        """Take up the state of the segment before; the imaging step it begins with."""
        self._marks.pop(self.remaining, None)
        if not self._marks:
            self._state = self._run.start()
            return 0
        nearest = max(self._marks)
        self._run.load(self._state, self._marks[nearest])
        return nearest

    def held(self) -> list[int]:
        """Give the imaging steps whose snapshots are there, rising."""
        return self._store.held()

    @property
    def held_bytes(self) -> int:
        """Bytes of memory that snapshots and saved states take now."""
        states = (a.nbytes for saved in self._marks.values() for a in saved.values())
        return self._store.held_bytes + sum(states)

    def close(self) -> None:
        """Give memory and files back."""
        self._marks.clear()
        self._store.close()


def shortest(marks: list[int], following: int) -> int:
    """Find the mark whose loss joins the shortest segments; `following` comes after."""
    ends = [0, *marks, following]
    joined = {m: ends[i + 2] - ends[i] for i, m in enumerate(marks)}
    return min(marks, key=lambda m: (joined[m], m))
