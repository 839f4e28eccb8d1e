"""What is done to observed and predicted traces alike before they are compared.

declaration   the parameters a component takes
operators     linear operators with exact adjoints; a chain of them, and weights
band_pass     frequencies
mutes         times that depend on offset
windows       times, and their decay
offsets       traces by their distance from the source
selection     traces left out by name
weight_table  weights of traces, from a table
trace_faults  traces that hold nothing, or no numbers
building      the chain of a shot, from parameters
checks        parameters that contradict themselves or the survey

A chain's ``apply`` goes to both gathers, its ``weights`` to the misfit, its
``adjoint`` to the adjoint source.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from anticline_solvers.seismic.conditioning.declaration import (
    CONDITIONING,
    TraceWeights,
)
from anticline_solvers.seismic.misfits.declaration import MISFIT_PARAMETERS

if TYPE_CHECKING:
    from anticline_solvers.formats.survey import Shot, Survey
    from anticline_solvers.seismic.conditioning.operators import Chain

__all__ = ["CONDITIONING", "MISFIT_PARAMETERS", "TraceWeights", "of"]


def of(parameters: Mapping[str, Any], shot: Shot, survey: Survey) -> Chain:
    """Build a shot's chain; see `building.of`, imported only when called."""
    from anticline_solvers.seismic.conditioning import building

    return building.of(parameters, shot, survey)
