"""Traces of a gradient's shots for pictures: as predicted, and what is left over.

predicted   as modelled, at the survey's samples [Pa]
residuals   predicted less observed, both conditioned: what the misfit looks at
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from anticline.component import Case, RunContext
from anticline_solvers.domain.layout import Array
from anticline_solvers.formats.gathers import combine
from anticline_solvers.formats.survey import Survey
from anticline_solvers.seismic.misfits.objective import Objective
from anticline_solvers.seismic.shots.files import ShotFiles

PREDICTED, RESIDUALS = "predicted", "residuals"


def _predicted(_: Objective, traces: Array) -> Array:
    return traces.astype(np.float32)


def _residuals(aim: Objective, traces: Array) -> Array:
    return np.asarray(aim.chain.apply(traces) - aim.observed, np.float32)


TRACES: dict[str, Callable[[Objective, Array], Array]] = {
    PREDICTED: _predicted,
    RESIDUALS: _residuals,
}


def asked(case: Case) -> list[str]:
    """Name the outputs of traces that a case asks for."""
    return [port for port in TRACES if port in case.outputs]


def path_of(files: ShotFiles, shot_id: int, port: str) -> Path:
    """File of a shot's traces, until they are joined."""
    return files.path(shot_id).with_suffix(f".{port}.h5")


def shown(survey: Survey, count: int) -> tuple[int, ...]:
    """Give so many shots, or all there are, spread evenly over a survey."""
    ids = survey.shot_ids
    places = np.linspace(0, len(ids) - 1, min(count, len(ids)))
    return tuple(ids[round(float(place))] for place in places)


def join(
    case: Case, context: RunContext, files: ShotFiles, survey: Survey, port: str
) -> None:
    """Write the traces of the shots shown."""
    few = survey.only(shown(survey, case.parameters["shots_shown"]))
    found = [path_of(files, shot_id, port) for shot_id in few.shot_ids]
    made = context.provenance, context.fingerprint
    combine(found, case.outputs[port], few, *made)
