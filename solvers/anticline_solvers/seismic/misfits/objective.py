"""A shot's misfit: observed and predicted traces conditioned alike, then compared.

f = sum_r w_r m_r(C d, C p)            C: the chain, m: the misfit, w: weights
df/dp = C^T (w m')                     what goes into the adjoint wavefield
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from anticline.errors import BadInput
from anticline_solvers.formats.survey import Shot, Survey
from anticline_solvers.seismic.conditioning import building, trace_faults
from anticline_solvers.seismic.conditioning.declaration import REFUSE
from anticline_solvers.seismic.conditioning.operators import Chain, Traces, Weights
from anticline_solvers.seismic.conditioning.trace_faults import TraceFaults
from anticline_solvers.seismic.misfits import choice
from anticline_solvers.seismic.misfits.evaluated import Evaluated


@dataclass(frozen=True, eq=False)
class Objective:
    """What predicted traces of a shot are held to.

    observed : conditioned, (n_receivers, n_samples). chain : with the weights of
    faulty traces 0. faults : those of the observed traces that were left out.
    """

    name: str
    settings: Mapping[str, Any]
    interval_s: float
    chain: Chain
    observed: Traces
    faults: TraceFaults

    def evaluate(self, predicted: ArrayLike) -> Evaluated:
        """Compare traces as modelled, (n_receivers, n_samples).

        The derivative is with respect to these traces, before conditioning.
        """
        conditioned = self.chain.apply(predicted)
        weights = self.chain.weights
        found = choice.misfit(
            self.name,
            self.observed,
            conditioned,
            self.interval_s,
            weights,
            **self.settings,
        )
        back = self.chain.adjoint(found.adjoint)
        return Evaluated(found.value, found.per_trace, back)


def of(
    parameters: Mapping[str, Any],
    shot: Shot,
    survey: Survey,
    observed: ArrayLike,
    weights: Weights | None = None,
) -> Objective:
    """Make the objective of a shot.

    parameters : hold every name of CONDITIONING and MISFIT_PARAMETERS.
    observed : (n_receivers, n_samples), as recorded.
    weights : (n_receivers,), of a table, beside those of the parameters.

    Raises BadInput, with every faulty trace that counts, where ``bad_traces`` says
    refuse.
    """
    chain = building.of(parameters, shot, survey)
    if weights is not None:
        chain = chain.weighted(weights)
    faults = trace_faults.find(shot.id, observed).among(chain.weights > 0.0)
    if faults.numbers and parameters["bad_traces"] == REFUSE:
        raise BadInput(faults.texts())
    sound = trace_faults.cleaned(np.asarray(observed))
    chain = chain.weighted(faults.weights())
    return Objective(
        parameters["misfit"],
        choice.settings(parameters),
        survey.sample_interval_s,
        chain,
        chain.apply(sound),
        faults,
    )
