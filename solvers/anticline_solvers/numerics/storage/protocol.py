"""What a store of a forward wavefield is asked, whatever it keeps.

Three parts, each behind one protocol:

    ForwardRun   makes the wavefield: from a state to a later one, bit for bit again
    Store        keeps snapshots of some imaging steps: as they are, encoded, on disk
    Sweep        runs forward, then hands the snapshots out, the last one first

A sweep is made for the n imaging steps 0 ... n - 1 of a shot and goes through two
halves. `run(use)` goes through what is left of both:

    forward    nothing has been handed out, remaining = n
    backward   use(k, snapshot) for k = remaining - 1 ... 0; `remaining` falls to k
               once use(k, ...) has returned

Stopping and going on. The time loop calls back at every complete time step, forward,
in repeated parts, and within `use`; an exception raised there ends `run`, and the
sweep then says where it was: `half`, `remaining`, `held()`. What is left of it is a
new sweep with n = remaining, from rest or from any state on the way, on any number of
ranks: what a snapshot holds does not depend on n, nor on where the run began, but for
the rounding of the reconstruction from boundaries. Snapshots are not carried over.
In the forward half a state alone is worth as much as the steps before it, for these
are made again once in any case: by the sweep that hands them out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from numpy.typing import NDArray

State = TypeVar("State")
Array = NDArray[Any]
Saved = dict[str, Array]
"""Arrays of one rank by name: a copied state."""

KeepSnapshot = Callable[[int, Array], None]
"""use(k, snapshot): float32, of the rank's physical cells and a halo, C contiguous
when handed out; valid during the call."""

FORWARD, BACKWARD = "forward", "backward"


class ForwardRun(Protocol[State]):
    """A run that goes on from a state, and repeats itself bit for bit."""

    def start(self) -> State:
        """Make the state before imaging step 0."""

    def advance(
        self, state: State, first: int, last: int, keep: KeepSnapshot | None
    ) -> None:
        """Take `state` from before imaging step first to before last, in place.

        Calls keep(k, snapshot) for first <= k < last in order, unless it is None.
        """

    def save(self, state: State) -> Saved:
        """Copy all that `load` needs to go on from here."""

    def load(self, state: State, saved: Saved) -> None:
        """Make `state` what it was when it was saved, in place."""


class Store(Protocol):
    """Snapshots of imaging steps, handed in by rising number, out by falling."""

    def put(self, k: int, snapshot: Array) -> None:
        """Keep the snapshot of imaging step k; the array may change afterwards."""

    def take(self, k: int) -> Array:
        """Give the last snapshot kept, which is that of k; valid until the next call.

        It stays held until `drop`.
        """

    def drop(self, k: int) -> None:
        """Forget the last snapshot, that of k."""

    def held(self) -> list[int]:
        """Give the imaging steps kept, rising."""

    @property
    def held_bytes(self) -> int:
        """Bytes of memory that the kept snapshots take."""

    def close(self) -> None:
        """Give memory and files back; the store is not used afterwards."""


class Sweep(Protocol):
    """A forward run handed out in reverse order; see the module's text."""

    @property
    def half(self) -> str:
        """FORWARD until the first snapshot is handed out, then BACKWARD."""

    @property
    def remaining(self) -> int:
        """Imaging steps that have not been used yet: 0 ... remaining - 1."""

    def run(self, use: KeepSnapshot) -> None:
        """Go through what is left, calling use(k, snapshot) for falling k."""

    def held(self) -> list[int]:
        """Give the imaging steps whose snapshots are there, rising."""

    @property
    def held_bytes(self) -> int:
        """Bytes of memory that snapshots and saved states take now."""

    def close(self) -> None:
        """Give memory and files back; also after an error."""
