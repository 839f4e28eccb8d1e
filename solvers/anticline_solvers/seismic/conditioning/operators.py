"""Linear operators on gathers, each with its transpose, and a chain of them.

For all traces x, y:   <apply(x), y> = <x, adjoint(y)>, to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

Traces = NDArray[np.float64]
"""float64 (n_receivers, n_samples)."""

Weights = NDArray[np.float64]


class Operator(Protocol):
    """A linear operator from gathers to gathers of the same shape.

    traces : (n_receivers, n_samples), float32 or float64; a float64 array is
    returned, and the one given is not changed.
    """

    def apply(self, traces: ArrayLike) -> Traces:
        """Give the operator's result."""

    def adjoint(self, traces: ArrayLike) -> Traces:
        """Give that of its transpose."""


@dataclass(frozen=True, eq=False)
class Diagonal:
    """Multiplies sample by sample: mutes, windows, decay, traces left out.

    factors : float64 (n_receivers or 1, n_samples or 1).
    """

    factors: Weights

    def apply(self, traces: ArrayLike) -> Traces:
        """Multiply with the factors."""
        return np.asarray(np.asarray(traces, np.float64) * self.factors)

    def adjoint(self, traces: ArrayLike) -> Traces:
        """Do the same: a diagonal is its own transpose."""
        return self.apply(traces)


@dataclass(frozen=True, eq=False)
class Chain:
    """Operators one after the other, and what each trace counts in a misfit.

    operators : applied from the first to the last; their transposes from the last.
    weights : float64 (n_receivers,), at least 0. They multiply each trace's misfit,
        not its samples: most misfits do not see how large a trace is. For least
        squares a weight w is the same as samples times sqrt(w).
    """

    operators: tuple[Operator, ...]
    weights: Weights

    def apply(self, traces: ArrayLike) -> Traces:
        """Condition a gather: float64, the shape of ``traces``."""
        start = np.array(traces, np.float64)
        return reduce(lambda x, operator: operator.apply(x), self.operators, start)

    def adjoint(self, traces: ArrayLike) -> Traces:
        """Take an adjoint source back: float64, the shape of ``traces``."""
        start = np.array(traces, np.float64)
        last_first = reversed(self.operators)
        return reduce(lambda x, operator: operator.adjoint(x), last_first, start)

    def weighted(self, weights: Weights) -> Chain:
        """Give the chain with its weights times these, (n_receivers,).

        Traces of weight 0 are silenced before anything else.
        """
        both = self.weights * weights
        silenced = Diagonal((both > 0.0).astype(np.float64)[:, None])
        return replace(self, operators=(silenced, *self.operators), weights=both)
