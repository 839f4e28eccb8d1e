"""How much of a forward wavefield is held, and what is run again.

Imaging step k = 0 ... n - 1 of a run has one snapshot, and the reverse pass needs
the last one first. The run is cut into segments of `segment` imaging steps. Between
segments whole states are saved, at most `checkpoints` of them at a time; within one
segment snapshots are held:

    bytes = checkpoints * bytes of a state + segment * bytes of a snapshot

A segment whose turn has come is run again from the nearest state before it. One
segment alone is the plain case: every snapshot in memory, nothing run again.

For N segments and c checkpoints the binomial schedule advances the fewest segments,

    A(N, c) = N + r N - C(c + r, r - 1),    r the least with C(c + r, c) >= N

the first pass included, and `plan_storage` takes the segment length for which
segment * A is least. What a run advances is counted in imaging steps.

Every rank runs the same schedule when every rank makes the same plan: plan with the
bytes of the largest rank.

Source: A. Griewank and A. Walther (2000), Algorithm 799: revolve, ACM Trans. Math.
Softw. 26(1), doi:10.1145/347837.347846.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import comb


@dataclass(frozen=True)
class StoragePlan:
    """How many snapshots and states a reverse sweep holds at a time.

    n_imaging : imaging steps of the run.
    segment : snapshots held, 1 to n_imaging.
    checkpoints : states held; 0 only where one segment covers the run.

    Raises ValueError for numbers that make no schedule.
    """

    n_imaging: int
    segment: int
    checkpoints: int

    def __post_init__(self) -> None:
        whole = 1 <= self.segment <= self.n_imaging
        if not whole or self.checkpoints < (0 if self.in_memory else 1):
            msg = f"{self} makes no schedule"
            raise ValueError(msg)

    @property
    def n_segments(self) -> int:
        """Segments of the run; the last one may be shorter."""
        return -(-self.n_imaging // self.segment)

    @property
    def in_memory(self) -> bool:
        """Tell whether every snapshot is held and nothing is run again."""
        return self.n_segments == 1

    def shortened(self, n_imaging: int) -> StoragePlan:
        """Plan a sweep over the first imaging steps alone, in no more memory."""
        segment = min(self.segment, n_imaging)
        return StoragePlan(n_imaging, segment, self.checkpoints)

    @property
    def steps_advanced(self) -> int:
        """Imaging steps that the forward run advances in all, first pass included.

        The last segment is advanced once.
        """
        missing = self.n_segments * self.segment - self.n_imaging
        segments = segments_advanced(self.n_segments, self.checkpoints)
        return self.segment * segments - missing

    def bytes_held(self, bytes_per_snapshot: int, bytes_per_state: int) -> int:
        """Bytes that a sweep holds at most, the running state itself not counted."""
        states = min(self.checkpoints, self.n_segments - 1)
        return self.segment * bytes_per_snapshot + states * bytes_per_state


def segments_advanced(n_segments: int, checkpoints: int) -> int:
    """Count the segments a schedule advances: A(N, c), or 1 for one segment."""
    if n_segments == 1:
        return 1
    c, r = min(checkpoints, n_segments - 1), 1
    while comb(c + r, c) < n_segments:
        r += 1
    return n_segments + r * n_segments - comb(c + r, r - 1)


def plan_storage(
    n_imaging: int, bytes_per_snapshot: int, bytes_per_state: int, budget_bytes: int
) -> StoragePlan:
    """Choose the plan that runs least again and holds at most `budget_bytes`.

    n_imaging : imaging steps.
    bytes_per_snapshot, bytes_per_state : of the largest rank.
    budget_bytes : bytes that a rank may hold, the running state not counted.

    Among plans that run equally little the one with the fewest bytes is chosen.
    Raises ValueError, with the least budget, where not even one state and one
    snapshot fit.
    """
    sizes = (bytes_per_snapshot, bytes_per_state)
    plans = list(_affordable(n_imaging, *sizes, budget_bytes))
    if not plans:
        least = min(n_imaging * bytes_per_snapshot, sum(sizes))
        msg = (
            f"{budget_bytes} bytes for the forward wavefield; one state and one "
            f"snapshot need {least}; raise the memory budget or use more ranks"
        )
        raise ValueError(msg)
    return min(plans, key=lambda p: (p.steps_advanced, p.bytes_held(*sizes)))


def _affordable(
    n_imaging: int, bytes_per_snapshot: int, bytes_per_state: int, budget_bytes: int
) -> Iterator[StoragePlan]:
    """One plan for each segment length: with the most checkpoints that fit."""
    if n_imaging * bytes_per_snapshot <= budget_bytes:
        yield StoragePlan(n_imaging, n_imaging, 0)
        return
    for segment in range(1, n_imaging):
        left = budget_bytes - segment * bytes_per_snapshot
        n_segments = -(-n_imaging // segment)
        checkpoints = min(left // max(bytes_per_state, 1), n_segments - 1)
        if checkpoints >= 1:
            yield StoragePlan(n_imaging, segment, checkpoints)
