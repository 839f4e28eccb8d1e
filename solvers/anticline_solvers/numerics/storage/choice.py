"""Which way a forward wavefield is kept: the cheapest that fits a memory budget.

    memory        every snapshot as it is                        bit for bit
    compressed    every snapshot in few bits, in memory          to the tolerance
    disk          every snapshot in few bits, in a file; as it is where the
                  tolerance is 0
    boundaries    a strip inside the layers at every time step, and the interior
                  run backwards; encoded where the tolerance is not 0
    checkpoints   a segment's snapshots and states between segments,
                  run again by the binomial schedule             bit for bit

Costs are counted in forward time steps, in addition to the forward run itself: those
that are run again, and what encoding costs. `auto` leaves out the disk, whose speed is
not known; name it where a folder is fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import log10

from anticline_solvers.numerics.storage.encoded import working_bytes
from anticline_solvers.numerics.storage.plan import StoragePlan, plan_storage

AUTO, MEMORY, COMPRESSED, DISK, BOUNDARIES, CHECKPOINTS = POLICIES = (
    "auto",
    "memory",
    "compressed",
    "disk",
    "boundaries",
    "checkpoints",
)

CODEC_STEPS = 8.0
"""Encoding and decoding a snapshot take about as long as this many time steps."""

BACKWARD_STEP = 0.9
"""A step of the interior backwards over one forward, layers included."""


@dataclass(frozen=True)
class Sizes:
    """What a choice depends on, of the largest rank.

    n_imaging, every : imaging steps, and time steps between them.
    snapshot, state, strip : bytes of a snapshot, of a saved state, and of what the
        reconstruction needs of one time step.
    tolerance : of the codec; 0.0 where nothing may be encoded.
    budget : bytes that may be held, the running state not counted.
    """

    n_imaging: int
    every: int
    snapshot: int
    state: int
    strip: int
    tolerance: float
    budget: int

    @property
    def encoded(self) -> float:
        """Bytes of an encoded snapshot, as waves that fill the grid take."""
        return self.snapshot / expected_ratio(self.tolerance)

    @property
    def spilled(self) -> float:
        """Bytes of all snapshots on disk."""
        return self.n_imaging * self.encoded

    @property
    def encoded_budget(self) -> int:
        """Bytes for encoded snapshots and states, one snapshot to spare."""
        return int(self.budget - working_bytes(self.snapshot) - self.encoded)

    @property
    def most_states(self) -> int:
        """States that an elastic sweep may save at a time; 0: none fits."""
        return max(0, self.encoded_budget // (2 * max(self.state, 1)))

    @property
    def strips(self) -> int:
        """Bytes of all strips, and of what encoding them needs."""
        whole = self.strip * self.every * self.n_imaging
        if self.tolerance == 0.0:
            return whole
        return int(whole / expected_ratio(self.tolerance)) + 5 * 16 * self.strip


def expected_ratio(tolerance: float) -> float:
    """Bytes of a field over those of its encoding: 13 at 1e-5, 25 at 1e-4.

    Measured on wavefields of 5 cells in the shortest wavelength in two and three
    dimensions, quiet cells included. An estimate: what does not fit is run again.
    """
    if tolerance == 0.0:
        return 1.0
    return 32.0 / max(0.6, 2.45 - 1.2 * (log10(tolerance) + 5.0))


@dataclass(frozen=True)
class Choice:
    """A policy with what it is expected to hold and to cost.

    held : bytes. extra : forward time steps beyond the first pass.
    plan : of the policies `memory` and `checkpoints`.
    """

    policy: str
    held: int
    extra: float
    plan: StoragePlan | None = None

    def describe(self, sizes: Sizes, asked: str) -> str:
        """Say in a line what was chosen and why."""
        whole = sizes.n_imaging * sizes.snapshot
        share = self.extra / max(1, sizes.n_imaging * sizes.every)
        why = "as asked" if asked != AUTO else "the cheapest that fits"
        return (
            f"source wavefield: {self.policy}, {why}; about {self.held / 1e6:.3g} MB "
            f"of {sizes.budget / 1e6:.3g} MB a rank (all snapshots "
            f"{whole / 1e6:.3g} MB), and {share:.2f} forward runs more"
        )


def choose(sizes: Sizes, asked: str = AUTO) -> Choice:
    """Choose the cheapest policy that fits, or the one asked for.

    Raises ValueError, with the least budget, where it does not fit, and where a
    policy that was asked for needs a tolerance.
    """
    if asked == COMPRESSED and sizes.tolerance == 0.0:
        msg = "storage compressed needs a tolerance above 0; give one or ask for memory"
        raise ValueError(msg)
    if asked == DISK:
        return Choice(DISK, working_bytes(sizes.snapshot), _coding(sizes))
    names = (MEMORY, COMPRESSED, BOUNDARIES, CHECKPOINTS) if asked == AUTO else (asked,)
    found = [choice for name in names for choice in _OFFERS[name](sizes)]
    if not found:
        least = min(_LEAST[name](sizes) for name in names)
        msg = (
            f"{sizes.budget} bytes for the forward wavefield; storage "
            f"{' or '.join(names)} needs {least}; raise the memory budget, use more "
            "ranks or another storage"
        )
        raise ValueError(msg)
    return min(found, key=lambda choice: choice.extra)


def _coding(sizes: Sizes) -> float:
    return CODEC_STEPS * sizes.n_imaging if sizes.tolerance else 0.0


def _memory(sizes: Sizes) -> Iterator[Choice]:
    whole = sizes.n_imaging * sizes.snapshot
    if whole <= sizes.budget:
        plan = StoragePlan(sizes.n_imaging, sizes.n_imaging, 0)
        yield Choice(MEMORY, whole, 0.0, plan)


def _compressed(sizes: Sizes) -> Iterator[Choice]:
    """All in one segment, or in as few as memory holds with their states."""
    if sizes.tolerance == 0.0:
        return
    total, room = sizes.n_imaging * sizes.encoded, sizes.encoded_budget
    if total <= room:
        held = int(total) + working_bytes(sizes.snapshot)
        yield Choice(COMPRESSED, held, _coding(sizes))
        return
    for segments in range(2, sizes.most_states + 2):
        left = room - (segments - 1) * sizes.state
        if left >= sizes.encoded and segments * left >= total:
            again = (1.0 - 1.0 / segments) * sizes.n_imaging * sizes.every
            coding = _coding(sizes) * (1.5 - 0.5 / segments)
            yield Choice(COMPRESSED, sizes.budget, again + coding)
            return
    if sizes.most_states and sizes.budget >= _least_compressed(sizes):
        worst = total / sizes.encoded * sizes.n_imaging * sizes.every
        yield Choice(COMPRESSED, sizes.budget, worst)


def _boundaries(sizes: Sizes) -> Iterator[Choice]:
    if sizes.strips <= sizes.budget:
        steps = sizes.n_imaging * sizes.every
        yield Choice(BOUNDARIES, sizes.strips, BACKWARD_STEP * steps)


def _checkpoints(sizes: Sizes) -> Iterator[Choice]:
    try:
        plan = plan_storage(sizes.n_imaging, sizes.snapshot, sizes.state, sizes.budget)
    except ValueError:
        return
    again = (plan.steps_advanced - plan.n_imaging) * sizes.every
    held = plan.bytes_held(sizes.snapshot, sizes.state)
    yield Choice(CHECKPOINTS, held, float(again), plan)


_OFFERS: dict[str, Callable[[Sizes], Iterator[Choice]]] = {
    MEMORY: _memory,
    COMPRESSED: _compressed,
    BOUNDARIES: _boundaries,
    CHECKPOINTS: _checkpoints,
}


def _least_compressed(sizes: Sizes) -> int:
    """Bytes for all encoded snapshots, or for two states and a few snapshots."""
    whole = int((sizes.n_imaging + 1) * sizes.encoded) + 2
    some = 2 * sizes.state + int(3 * sizes.encoded) + 2
    return working_bytes(sizes.snapshot) + min(some, whole)


_LEAST: dict[str, Callable[[Sizes], int]] = {
    MEMORY: lambda sizes: sizes.n_imaging * sizes.snapshot,
    COMPRESSED: _least_compressed,
    BOUNDARIES: lambda sizes: sizes.strips,
    CHECKPOINTS: lambda sizes: min(
        sizes.n_imaging * sizes.snapshot, sizes.snapshot + sizes.state
    ),
}
