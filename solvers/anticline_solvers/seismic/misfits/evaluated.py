"""What a misfit gives: its value, each trace's share of it, and its derivative."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Traces = NDArray[np.float64]
"""float64 (n_receivers, n_samples)."""

PerTrace = NDArray[np.float64]
"""float64 (n_receivers,)."""


@dataclass(frozen=True, eq=False)
class Evaluated:
    """A misfit of a gather.

    value : sum over the traces, exactly rounded, so free of their order.
    per_trace : float64 (n_receivers,).
    adjoint : float64 (n_receivers, n_samples), d value / d predicted.
    """

    value: float
    per_trace: PerTrace
    adjoint: Traces
