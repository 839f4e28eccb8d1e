"""From the traces recorded on the way forward to what acts on the way backward.

    traces of time steps -> corrected to samples -> misfit and its derivative
    -> transposed correction -> adjoint source of time steps -> `aliasing`

Each arrow back is the exact transpose of the one forward, so the gradient is that of
the misfit of the samples. The source is divided by a power of two, which keeps
float32 fields in range and changes no bit of their digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from anticline_solvers.domain.layout import Array
from anticline_solvers.formats.survey import Shot, Survey
from anticline_solvers.numerics.dispersion import correct, correct_transposed
from anticline_solvers.seismic.acquisition.recording import Listening
from anticline_solvers.seismic.forward import insist_finite
from anticline_solvers.seismic.gradient.aliasing import Ramp, kept
from anticline_solvers.seismic.imaging.migration import Series
from anticline_solvers.seismic.misfits.evaluated import Evaluated
from anticline_solvers.seismic.misfits.objective import Objective
from anticline_solvers.seismic.physics import Propagator
from anticline_solvers.seismic.shots.data import received


class Outcome(NamedTuple):
    """What comparing a shot's traces gave, on rank 0 of its group.

    misfit : its value. predicted : (n_receivers, n_samples) [Pa]. factor : what the
    adjoint source was divided by, a power of two.
    """

    misfit: float
    predicted: Array
    factor: float


class AdjointSource:
    """Makes the adjoint source of a shot once its traces are recorded.

    objective : on rank 0 of the group, None elsewhere. band : what is kept of the
    adjoint source; None, all. outcome : there once it is made.
    """

    def __init__(
        self,
        propagator: Propagator,
        traces: Listening,
        survey: Survey,
        shot: Shot,
        objective: Objective | None,
        band: Ramp | None = None,
    ) -> None:
        self.propagator, self._traces = propagator, traces
        self._survey, self._shot, self._objective = survey, shot, objective
        self._band = band
        self.outcome: Outcome | None = None

    def __call__(self) -> Series:
        """Compare the traces; give each rank its share of the source; collective."""
        whole = self._traces.whole()
        steps = None
        if whole is not None and self._objective is not None:
            insist_finite(whole, f"shot {self._shot.id}: the gather")
            steps = self._compared(whole, self._objective.evaluate)
        at = self._shot.receivers_m
        return received(self.propagator, at, steps, density=False)

    def _compared(self, whole: Array, evaluate: Callable[[Array], Evaluated]) -> Array:
        survey, dt_s = self._survey, self.propagator.dt_s
        interval_s, n_samples = survey.sample_interval_s, survey.n_samples
        predicted = correct(whole, dt_s, interval_s, n_samples)
        found = evaluate(predicted)
        insist_finite(found.adjoint, f"shot {self._shot.id}: the adjoint source")
        steps = correct_transposed(found.adjoint, dt_s, interval_s, whole.shape[1])
        steps = kept(np.asarray(steps, np.float64), dt_s, self._band)
        factor = power_of_two(float(np.abs(steps).max(initial=0.0)))
        self.outcome = Outcome(found.value, predicted, factor)
        scaled = steps.T / factor
        return np.ascontiguousarray(scaled, self.propagator.dtype)


def power_of_two(size: float) -> float:
    """Give the power of two next above a size; 1 for none."""
    return math.ldexp(1.0, math.frexp(size)[1]) if size > 0.0 else 1.0
