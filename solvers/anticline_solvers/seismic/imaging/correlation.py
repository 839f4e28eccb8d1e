"""One shot migrated: its two wavefields correlated, and taken up again.

The source wavefield comes in reverse order from `numerics.storage`; whenever a
snapshot is there, the receiver wavefield is taken back to its time step and both are
correlated. `remaining` counts the imaging steps that are not in the image yet: in
the forward half it is all of them, in the backward half it falls.

A checkpoint holds `remaining`, the sums so far, the receiver wavefield, and the source
wavefield where it is on its way to imaging steps that are not used yet. The snapshots
are not in it. A run that goes on makes those again that remain,

    from rest   or   from the source wavefield of a checkpoint

Each such wavefield begins a section of the run, and the sections are swept one after
the other, the last first: so every snapshot is made once, and a forward half longer
than the time between two stops comes to its end. An image has the same bits whatever
its sections are, for a snapshot does not depend on where the run began.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from anticline_solvers.domain.layout import Array
from anticline_solvers.domain.part import Part, reading_under, under
from anticline_solvers.domain.placement import Placement
from anticline_solvers.formats.checkpoint import Reader
from anticline_solvers.numerics.storage import KeepSnapshot, Saved, Sweep
from anticline_solvers.seismic.imaging.extent import Extent
from anticline_solvers.seismic.imaging.migration import (
    ReceiverField,
    SourceField,
    SourceRun,
)
from anticline_solvers.seismic.shots.restart import Restart

SOURCE, RECEIVER, SUMS, RECORDED = "source", "receiver", "sums", "recorded"
NOWHERE = -1
MOST_WAYPOINTS = 3


class ShotSums(Protocol):
    """What a shot adds up, imaging step by imaging step, on a rank's cells.

    extent : of the snapshots it takes.
    """

    extent: Extent

    def received(self, receiver: ReceiverField, n: int) -> Any:
        """Take the receiver wavefield back as far as time step n asks."""

    def add(self, s: Array, r: Any) -> None:
        """Add an imaging step; s : the snapshot, r : what `received` gave."""

    def parts(self, place: Placement) -> list[Part]:
        """Give the sums so far as parts of global arrays."""

    def restore(self, partial: Mapping[str, Array]) -> None:
        """Go on from the values of `parts`, by name."""


MakeSweep = Callable[[int, SourceRun], Sweep]
"""make(n, run) -> a sweep over n imaging steps of a run; collective."""


@dataclass(frozen=True)
class Waypoint:
    """A checkpoint that holds the source wavefield before time step `step`."""

    step: int
    path: Path


@dataclass(frozen=True)
class Section:
    """A part of the run that is swept by itself.

    first, last : imaging steps first <= k < last. begin : where the run starts; None,
    at rest before step 0.
    """

    first: int
    last: int
    begin: Waypoint | None


class Correlation:
    """A shot's migration; a `restart.Resumable`.

    sums : changed.
    every : time steps between imaging steps; n_imaging : imaging steps of the run.
    """

    def __init__(
        self,
        sums: ShotSums,
        source: SourceField,
        receiver: ReceiverField,
        every: int,
        n_imaging: int,
    ) -> None:
        self.sums, self.source, self.receiver = sums, source, receiver
        self.every, self.n_imaging = every, n_imaging
        self.remaining = n_imaging
        self._waypoints: list[Waypoint] = []

    def resume(self, restart: Restart) -> None:
        """Go on from the newest checkpoint, if there is one; collective."""
        found = restart.found()
        if not found:
            return
        with Reader(found[0]) as reader:
            self._restore(reader)
        self._waypoints = self._useful(found)
        restart.going_on(self.place(), [w.path for w in self._waypoints])

    def run(self, make: MakeSweep) -> None:
        """Add every imaging step that remains to the image, the last first."""
        for section in self._sections():
            run = _SectionRun(self.source, section, self.every)
            sweep = make(section.last - section.first, run)
            try:
                sweep.run(self._using(section))
            finally:
                sweep.close()

    def _using(self, section: Section) -> KeepSnapshot:
        def use(k: int, snapshot: Array) -> None:
            n = section.first + k
            received = self.sums.received(self.receiver, n * self.every)
            self.sums.add(snapshot, received)
            self.remaining = n

        return use

    def _sections(self) -> list[Section]:
        """Cut what remains at the waypoints, the last section first."""
        sections, last = [], self.remaining
        for waypoint in [*self._waypoints, None]:
            first = -(-waypoint.step // self.every) if waypoint else 0
            if first < last:
                sections.append(Section(first, last, waypoint))
                last = first
        return sections

    def _useful(self, found: Sequence[Path]) -> list[Waypoint]:
        """Find source wavefields on the way to what remains, the latest first."""
        steps: dict[int, Path] = {}
        for path in found:
            with Reader(path) as reader:
                step = int(reader.fact("source_step"))
            if 0 < step < self.remaining * self.every:
                steps.setdefault(step, path)
        ordered = thinned(sorted(steps), MOST_WAYPOINTS)
        return [Waypoint(step, steps[step]) for step in reversed(ordered)]

    # ------------------------------------------------------------- checkpoints

    def _source_counts(self) -> bool:
        return bool(0 < self.source.step < self.remaining * self.every)

    def _receiver_counts(self) -> bool:
        return bool(self.receiver.step < self.receiver.steps)

    def parts(self) -> list[Part]:
        """Give the wavefields that are on their way, and the sums so far."""
        parts: list[Part] = []
        if self._source_counts():
            source = self.source
            parts += under(SOURCE, source.propagator.parts(source.state))
        if self._receiver_counts():
            receiver = self.receiver
            parts += under(RECEIVER, receiver.propagator.parts(receiver.state))
            place = self.source.propagator.placement
            parts += under(SUMS, self.sums.parts(place))
        if self.source.recorder is not None:
            parts += under(RECORDED, self.source.recorder.parts())
        return parts

    def facts(self) -> dict[str, int]:
        """Give how far the run, the way back and the sums are."""
        recorder = self.source.recorder
        heard = {} if recorder is None else recorder.facts()
        return heard | {
            "remaining": self.remaining,
            "source_step": self.source.step if self._source_counts() else NOWHERE,
            "receiver_step": self.receiver.step,
        }

    def place(self) -> str:
        """Say in which half the shot is, and where."""
        if not self._receiver_counts():
            step = self.source.step
            return f"in the forward half, at time step {step} of {self.receiver.steps}"
        text = f"in the backward half, {self.remaining} of {self.n_imaging}"
        return f"{text} imaging steps are left"

    def _restore(self, reader: Reader) -> None:
        self.remaining = int(reader.fact("remaining"))
        self.receiver.step = int(reader.fact("receiver_step"))
        self.source.step = max(0, int(reader.fact("source_step")))
        if self._receiver_counts():
            receiver, read = self.receiver, reading_under(RECEIVER, reader.box)
            receiver.propagator.restore(receiver.state, read)
            sums = reading_under(SUMS, reader.box)
            place = self.source.propagator.placement
            self.sums.restore(
                {
                    part.name: sums(part.name, part.shape, part.box)
                    for part in self.sums.parts(place)
                }
            )
        if self.source.recorder is not None:
            heard = reading_under(RECORDED, reader.box)
            self.source.recorder.restore(heard, reader.fact)


class _SectionRun:
    """The source field from a waypoint on, its imaging steps counted from 0."""

    def __init__(self, source: SourceField, section: Section, every: int) -> None:
        self.source, self._section, self._every = source, section, every

    def start(self) -> Any:
        """Make the state before the section's first imaging step."""
        source, begin = self.source, self._section.begin
        state = source.start()
        if begin is not None:
            with Reader(begin.path) as reader:
                source.propagator.restore(state, reading_under(SOURCE, reader.box))
            first = self._section.first * self._every
            source.advance_steps(state, begin.step, first, None)
        return state

    def advance(
        self, state: Any, first: int, last: int, keep: KeepSnapshot | None
    ) -> None:
        """Go from before the section's imaging step first to before last."""
        begin = self._section.first
        kept = None if keep is None else _counted_from(begin, keep)
        self.source.advance(state, begin + first, begin + last, kept)

    def time_steps(self, n_imaging: int) -> tuple[int, int]:
        """Tell the time steps, first and last + 1, of so many imaging steps."""
        first = self._section.first
        last = (first + n_imaging) * self._every
        return first * self._every, min(last, self.source.steps)

    def save(self, state: Any) -> Saved:
        """Copy the wavefield."""
        return self.source.save(state)

    def load(self, state: Any, saved: Saved) -> None:
        """Take a copied wavefield up again."""
        self.source.load(state, saved)


def _counted_from(begin: int, keep: KeepSnapshot) -> KeepSnapshot:
    return lambda k, snapshot: keep(k - begin, snapshot)


def thinned(steps: Sequence[int], most: int) -> list[int]:
    """Leave out steps until `most` are left, each time where the gap closed is least.

    steps : rising. The last one stays.
    """
    left = list(steps)
    while len(left) > most:
        gaps = [
            after - before for before, after in zip([0, *left], left[1:], strict=False)
        ]
        del left[gaps.index(min(gaps))]
    return left
