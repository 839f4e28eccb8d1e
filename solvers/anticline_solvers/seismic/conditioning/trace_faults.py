"""Observed traces that are no data: all zero, or with samples that are no numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anticline_solvers.seismic.conditioning.declaration import LEAVE_OUT
from anticline_solvers.seismic.conditioning.operators import Traces, Weights


@dataclass(frozen=True)
class TraceFaults:
    """Faults of a gather; receivers are counted from 0, in the shot's order.

    silent : every sample is 0. broken : a sample is NaN or infinite.
    """

    shot_id: int
    n_receivers: int
    silent: tuple[int, ...]
    broken: tuple[int, ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """All of them, rising."""
        return tuple(sorted(self.silent + self.broken))

    def texts(self) -> list[str]:
        """Say which traces are silent and which broken, a line each, and what to do."""
        remedy = f"mend the gathers, or take bad_traces: {LEAVE_OUT}"
        kinds = (
            (self.silent, "every sample is zero"),
            (self.broken, "samples are no finite numbers"),
        )
        return [
            f"shot {self.shot_id}, {receivers(found)} of {self.n_receivers} (counted "
            f"from 0): {what}; {remedy}"
            for found, what in kinds
            if found
        ]

    def among(self, counted: NDArray[np.bool_]) -> TraceFaults:
        """Give the faults of those traces alone, (n_receivers,) bool."""
        silent, broken = (
            tuple(k for k in found if counted[k])
            for found in (self.silent, self.broken)
        )
        return replace(self, silent=silent, broken=broken)

    def weights(self) -> Weights:
        """Give 0 for a faulty trace and 1 for a sound one, (n_receivers,)."""
        weights = np.ones(self.n_receivers)
        weights[list(self.numbers)] = 0.0
        return weights


def find(shot_id: int, traces: ArrayLike) -> TraceFaults:
    """Find the faults of a gather (n_receivers, n_samples)."""
    data = np.asarray(traces)
    broken = np.asarray(~np.isfinite(data).all(axis=-1))
    silent = np.asarray(~data.any(axis=-1))  # NaN counts as something
    return TraceFaults(shot_id, len(data), _numbers(silent), _numbers(broken))


def cleaned(traces: ArrayLike) -> Traces:
    """Give a copy in float64 in which traces with a sample that is no number are 0."""
    data = np.array(traces, np.float64)
    data[~np.isfinite(data).all(axis=-1)] = 0.0
    return data


def _numbers(where: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(int(k) for k in np.flatnonzero(where))


def receivers(numbers: Sequence[int], most: int = 8) -> str:
    """Name receivers: "receivers 3, 7 to 9"; the first ``most`` runs of many."""
    runs = [
        [number for _, number in run]
        for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])
    ]
    names = [str(r[0]) if len(r) == 1 else f"{r[0]} to {r[-1]}" for r in runs[:most]]
    more = f" and more, {len(numbers)} in all" if len(runs) > most else ""
    return f"receiver{'s' if len(numbers) > 1 else ''} {', '.join(names)}{more}"
