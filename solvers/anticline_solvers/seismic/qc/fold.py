"""Fold: how many traces have their midpoint in each bin.

Bins of width b have their centres at whole multiples of b. A line with N receivers
to a shot every d_r, which rolls with shots every d_s, has in bins of d_r / 2 the fold
N d_r / (2 d_s) wherever it is full.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.formats.survey import Survey

Values = NDArray[np.float64]

TIE = 1e-6
"""Share of a bin by which a midpoint may miss its border, and still lie above it."""


@dataclass(frozen=True, eq=False)
class Fold:
    """Traces in each bin.

    counts : int64 (nx,) of a line, (nx, ny) of a 3-D survey.
    first_m, bin_m : for each axis the centre of the first bin, and the width [m].
    """

    counts: NDArray[np.int64]
    first_m: tuple[float, ...]
    bin_m: tuple[float, ...]

    def centres_m(self, axis: int) -> Values:
        """Centres of the bins along an axis [m]."""
        steps = np.arange(self.counts.shape[axis], dtype=np.float64)
        return self.first_m[axis] + self.bin_m[axis] * steps


def midpoints_m(survey: Survey) -> Values:
    """Half way from source to receiver, every trace (n, 1 or 2) [m]."""
    halves = [
        0.5 * (shot.receivers_m[:, :-1] + shot.source_m[:-1]) for shot in survey.shots
    ]
    return np.concatenate(halves)


def natural_bin_m(survey: Survey) -> tuple[float, ...]:
    """Half the usual distance of neighbouring receivers, for each axis [m]."""
    receivers = np.concatenate([shot.receivers_m for shot in survey.shots])
    widths = []
    for axis in range(survey.ndim - 1):
        places = np.unique(np.round(receivers[:, axis], 3))
        steps = np.diff(places)
        widths.append(0.5 * float(np.median(steps)) if steps.size else 1.0)
    return tuple(widths)


def fold_of(survey: Survey, bin_m: tuple[float, ...] | None = None) -> Fold:
    """Count the traces of a survey; bins as `natural_bin_m` says if None.

    Memory: the midpoints, and the bins between the outermost of them.
    """
    widths = natural_bin_m(survey) if bin_m is None else bin_m
    scaled = midpoints_m(survey) / np.array(widths)
    numbers = np.floor(scaled + 0.5 + TIE).astype(np.int64)
    low, high = numbers.min(axis=0), numbers.max(axis=0)
    counts = np.zeros(high - low + 1, np.int64)
    np.add.at(counts, tuple((numbers - low).T), 1)
    first = tuple(float(n * w) for n, w in zip(low, widths, strict=True))
    return Fold(counts, first, widths)


def fold_numbers(fold: Fold) -> dict[str, Any]:
    """Give the numbers of a fold for a report."""
    filled = fold.counts[fold.counts > 0]
    return {
        "bin_m": list(fold.bin_m),
        "first_m": list(fold.first_m),
        "bins": list(fold.counts.shape),
        "empty_bins": int(fold.counts.size - filled.size),
        "largest": int(filled.max()),
        "median_of_filled": float(np.median(filled)),
        "traces": int(filled.sum()),
    }
