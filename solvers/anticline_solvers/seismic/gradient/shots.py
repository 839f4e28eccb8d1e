"""The shots of a case: the subset of its iteration, and of that the part it does."""

from __future__ import annotations

from collections.abc import Mapping

from anticline.component import Case
from anticline_solvers.formats.gathers import GatherReader
from anticline_solvers.formats.model import read_numbers
from anticline_solvers.formats.survey import Survey, read_survey
from anticline_solvers.seismic.conditioning import weight_table
from anticline_solvers.seismic.conditioning.operators import Weights
from anticline_solvers.seismic.gradient import subset
from anticline_solvers.seismic.shots import parts

ITERATION, EVALUATION = "iteration", "evaluation"


def taken(case: Case, survey: Survey) -> Survey:
    """Give the survey with the shots of the model's iteration."""
    p = case.parameters
    iteration = numbers_of(case).get(ITERATION, 0)
    count, seed = p["shots_per_gradient"], p["subset_seed"]
    return survey.only(subset.chosen(survey.shot_ids, count, seed, iteration))


def numbers_of(case: Case) -> dict[str, int]:
    """Read `iteration` and `evaluation` of what is sought, where it has them.

    That is the perturbation, where the case has one, else the model.
    """
    sought = case.inputs.get("perturbation", case.inputs["model"])
    return read_numbers(sought, (ITERATION, EVALUATION))


def survey_of(case: Case) -> tuple[Survey, dict[str, int]]:
    """Read the shots that the case does, and the numbers of its model.

    Raises BadInput where traces do not fit the survey.
    """
    with GatherReader(case.inputs["gathers"]) as reader:
        chosen = taken(case, reader.survey)
    return parts.of(chosen, case.parameters), numbers_of(case)


def weights_of(case: Case) -> Mapping[int, Weights]:
    """Read the table of weights, by shot; nothing where there is none.

    It may name any shot of the gathers.
    """
    path = case.inputs.get("weights")
    if path is None:
        return {}
    return weight_table.read(path, read_survey(case.inputs["gathers"]))
