"""How far predicted traces are from observed ones, and the derivative of that.

declaration                the misfits' names, and the parameters a component takes
evaluated                  what a misfit gives
choice                     a misfit by its name; its settings from parameters
objective                  a shot's misfit: conditioning, misfit, and back to the data
checks                     settings that cannot be

least_squares              1/2 |p - d|^2
normalised_correlation     1 - cos of the angle of p and d
envelope                   of the analytic signals
transport                  Wasserstein distance of traces as masses
travel_time                lag of the largest cross-correlation
adaptive_matching_filter   spread of the filter between p and d; reverse and forward

silence                    traces that hold nothing
hilbert                    Hilbert transform

In all of them d are the observed, p the predicted traces, float64 (n_receivers,
n_samples), and s = df/dp, the adjoint source. Each module has one function

    evaluate(observed, predicted, interval_s, settings) -> (per_trace, adjoint)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anticline_solvers.seismic.misfits.declaration import MISFIT_PARAMETERS, MISFITS

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from anticline_solvers.seismic.misfits.evaluated import Evaluated

__all__ = ["MISFITS", "MISFIT_PARAMETERS", "misfit"]


def misfit(
    name: str,
    observed: ArrayLike,
    predicted: ArrayLike,
    interval_s: float,
    weights: ArrayLike | None = None,
    **settings: Any,
) -> Evaluated:
    """Evaluate a misfit by its name; see `choice.misfit`, imported only when called."""
    from anticline_solvers.seismic.misfits import choice

    return choice.misfit(name, observed, predicted, interval_s, weights, **settings)
