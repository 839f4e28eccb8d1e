"""Settings of a misfit that the record has no room for, as (parameter, text) pairs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anticline_solvers.formats.survey import Survey
from anticline_solvers.seismic.misfits.declaration import TRAVEL_TIME


def faults(parameters: Mapping[str, Any], survey: Survey) -> list[tuple[str, str]]:
    """Say what is wrong with the parameters of MISFIT_PARAMETERS for a survey."""
    longest = parameters["travel_time_longest_s"]
    if parameters["misfit"] != TRAVEL_TIME or longest is None:
        return []
    interval, n = survey.sample_interval_s, survey.n_samples
    duration = interval * (n - 1)
    if interval <= longest <= duration:
        return []
    text = (
        f"{longest:g} s; a lag lies between a sample interval, {interval:g} s, and the "
        f"record, {duration:g} s"
    )
    return [("travel_time_longest_s", text)]
