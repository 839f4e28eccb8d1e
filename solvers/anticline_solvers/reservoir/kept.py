"""What a run keeps beside its outputs, so that it goes on after it was stopped.

In the case's work folder: sealed states by report step (`formats.reservoir_state`), and
`curves.h5` with the curves up to one of them, written after that state. Those that are
to be an output stay until the end, others only until a later one is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from anticline.errors import BadInput
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.formats.reservoir_state import path_of, reports
from anticline_solvers.reservoir.files.curves import Curves, read_curves, write_curves
from anticline_solvers.reservoir.snapshot import Snapshot
from anticline_solvers.reservoir.state_files import load, save

CURVES = "curves.h5"
STATES = "states"


@dataclass(frozen=True)
class Kept:
    """A run up to a report step."""

    state: Snapshot
    curves: Curves


@dataclass(frozen=True)
class Store:
    """The work folder of a case.

    case, reservoir : 64 hexadecimal digits each. every : a state after so many report
    steps is an output; 0: none is. last : number of the last report step.
    """

    folder: Path
    case: str
    reservoir: str
    every: int
    last: int

    def is_output(self, report: int) -> bool:
        """Tell whether the state of a report step is an output."""
        return bool(self.every) and (report % self.every == 0 or report == self.last)

    def keep_state(self, state: Snapshot) -> None:
        """Keep a state."""
        save(self.folder / STATES, state, self.case, self.reservoir)

    def keep(self, state: Snapshot, curves: Curves) -> None:
        """Keep a run up to now: go on from here, and from nowhere before."""
        self.keep_state(state)
        write_curves(self.folder / CURVES, curves, {}, self.case)
        for report in reports(self.folder / STATES):
            if report != state.report and not self.is_output(report):
                path_of(self.folder / STATES, report).unlink(missing_ok=True)

    def found(self) -> Kept | None:
        """Give what was kept of this very case; None where nothing whole was."""
        path = self.folder / CURVES
        try:
            if not finished(path, self.case):
                return None
            curves = read_curves(path)
            for report in reversed(reports(self.folder / STATES)):
                state = load(path_of(self.folder / STATES, report), self.reservoir)
                if state.time_s == curves.times_s[-1]:
                    return Kept(state, curves)
        except BadInput:
            return None
        return None

    def outputs(self) -> Iterator[Snapshot]:
        """Give the states that are outputs, in order, one at a time."""
        for report in reports(self.folder / STATES):
            if self.is_output(report):
                yield load(path_of(self.folder / STATES, report), self.reservoir)

    def clear(self) -> None:
        """Remove what was kept."""
        for report in reports(self.folder / STATES):
            path_of(self.folder / STATES, report).unlink(missing_ok=True)
        (self.folder / CURVES).unlink(missing_ok=True)
        for folder in (self.folder / STATES, self.folder):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def joined(before: Curves | None, after: Curves) -> Curves:
    """Put later curves behind earlier ones; a time that both hold is the earlier's."""
    if before is None or not len(before.times_s):
        return after
    new = after.times_s > before.times_s[-1]
    if not new.any():
        return before
    return Curves(
        np.concatenate([before.times_s, after.times_s[new]]),
        {
            key: np.concatenate([before.values[key], after.values[key][new]])
            for key in before.values
        },
        after.title,
        after.start,
        after.unit_system,
        after.shape,
    )
