"""The filter over all shots, and what each shot says of it.

One wavelet serves the whole survey, as the survey's format holds one. How far shots
agree on it is told shot by shot: the factor by which a shot's matched traces fit its
observed ones best, and the residual before and after. A shot whose factor is far from
1, or whose residual stays, was fired by another source or is predicted badly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anticline.errors import BadInput, Finding
from anticline_solvers.formats.survey import Shot
from anticline_solvers.seismic import conditioning
from anticline_solvers.seismic.conditioning import trace_faults
from anticline_solvers.seismic.conditioning.declaration import REFUSE
from anticline_solvers.seismic.gathers.several import SeveralGathers
from anticline_solvers.seismic.wavelet_estimation.matching import (
    correlations,
    matched,
    matching_filter,
)

Real = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pair:
    """A shot's observed and predicted traces, conditioned alike.

    observed, predicted : float64 (n_receivers, n_samples) [Pa].
    weights : float64 (n_receivers,).
    """

    shot: Shot
    observed: Real
    predicted: Real
    weights: Real


@dataclass(frozen=True, eq=False)
class Pairs:
    """The shots of both files, one in memory at a time; may be gone through again."""

    observed: SeveralGathers
    predicted: SeveralGathers
    parameters: Mapping[str, Any]

    def __iter__(self) -> Iterator[Pair]:
        """Read shot by shot; BadInput names bad traces, where they are refused."""
        survey = self.observed.survey
        for shot in survey.shots:
            traces = self.observed.read(shot.id)
            faults = trace_faults.find(shot.id, traces)
            chain = conditioning.of(self.parameters, shot, survey)
            found = faults.among(chain.weights > 0.0)
            if found.numbers and self.parameters["bad_traces"] == REFUSE:
                path = str(self.observed.path(shot.id))
                raise BadInput([Finding(path, None, text) for text in found.texts()])
            chain = chain.weighted(faults.weights())
            yield Pair(
                shot,
                chain.apply(trace_faults.cleaned(traces)),
                chain.apply(self.predicted.read(shot.id)),
                chain.weights,
            )


@dataclass(frozen=True, eq=False)
class Fit:
    """How far a shot's matched traces agree with its observed ones.

    observed, before, after : energies of the observed traces and of the differences to
        the predicted and the matched ones [Pa2], weighted.
    factor : by which the matched traces fit best. traces : of weight above 0.
    """

    shot_id: int
    observed: float
    before: float
    after: float
    factor: float
    traces: int

    def numbers(self) -> dict[str, float | int]:
        """Give the numbers for the report."""
        return {
            "shot": self.shot_id,
            "traces": self.traces,
            "residual_before": ratio(self.before, self.observed),
            "residual_after": ratio(self.after, self.observed),
            "factor": self.factor,
        }


def ratio(part: float, whole: float) -> float:
    """Root of a ratio of energies; 0 where there is nothing."""
    return float(np.sqrt(part / whole)) if whole > 0.0 else 0.0


def estimated(pairs: Pairs, longest: int, damping: float) -> Real:
    """Find the filter of all shots, (2 longest + 1,).

    Raises ValueError where the predicted traces are silent.
    """
    sums = (correlations(p.observed, p.predicted, p.weights, longest) for p in pairs)
    return matching_filter(reduce(add, sums), damping)


def fit_of(pair: Pair, taps: Real) -> Fit:
    """Compare a shot's traces before and after the filter."""
    w = pair.weights[:, None]
    made = matched(pair.predicted, taps)
    energy = float((w * made**2).sum())
    along = float((w * pair.observed * made).sum())
    return Fit(
        pair.shot.id,
        float((w * pair.observed**2).sum()),
        float((w * (pair.observed - pair.predicted) ** 2).sum()),
        float((w * (pair.observed - made) ** 2).sum()),
        along / energy if energy > 0.0 else 0.0,
        int((pair.weights > 0.0).sum()),
    )
